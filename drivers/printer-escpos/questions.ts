import { encodeLatin1, type WireRequest } from '../kit/index.ts';
import { matchAnswer } from './answers.ts';

/** `GS I n` that give texts. */
export const infoNumbers = { firmware: 65, maker: 66, model: 67, serial: 68 } as const;

const statusNames = { 1: 'printer', 2: 'offline cause', 3: 'error', 4: 'paper' } as const;

/** `DLE EOT n`: answered at once, also while it prints or is offline. Gives the status byte. */
export function askStatus(n: 1 | 2 | 3 | 4, replyTimeoutMs: number): WireRequest<number> {
  return {
    bytes: Uint8Array.of(0x10, 0x04, n),
    label: `read the ${statusNames[n]} status (DLE EOT ${n})`,
    replyTimeoutMs,
    match: matchAnswer((answer) => (answer.kind === 'status' ? answer.byte : null)),
  };
}

/** `GS r 1`: waits behind everything sent before it, so that the answer says that all of it was taken from the buffer. */
export function askQueue(replyTimeoutMs: number): WireRequest<number> {
  return {
    bytes: Uint8Array.of(0x1d, 0x72, 0x01),
    label: 'read the paper status behind the queue (GS r 1)',
    replyTimeoutMs,
    match: matchAnswer((answer) => (answer.kind === 'paper' ? answer.byte : null)),
  };
}

/** `GS I n`: waits behind what is being printed. */
export function askInfo(name: keyof typeof infoNumbers, replyTimeoutMs: number): WireRequest<string> {
  return {
    bytes: Uint8Array.of(0x1d, 0x49, infoNumbers[name]),
    label: `read the ${name} (GS I ${infoNumbers[name]})`,
    replyTimeoutMs,
    match: matchAnswer((answer) => (answer.kind === 'text' ? answer.text : null)),
  };
}

/**
 * `GS ( H`, function 48: the printer says `wanted` when everything sent before it has been printed. `sent` is asked for;
 * the answer is the first of `wanted` that comes.
 */
export function askProcessId(sent: string, wanted: readonly string[], replyTimeoutMs: number): WireRequest<string> {
  return {
    bytes: Uint8Array.of(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...encodeLatin1(sent)),
    label: `ask to be told when all is printed (GS ( H, id ${sent})`,
    replyTimeoutMs,
    match: matchAnswer((answer) => (answer.kind === 'process_id' && wanted.includes(answer.id) ? answer.id : null)),
  };
}

/** Questions that change nothing in any state of the printer; whole and alone. Everything else moves paper, or might. */
export function isHarmless(bytes: Uint8Array): boolean {
  const [first, second, third] = bytes;
  if (bytes.length === 3 && third !== undefined) {
    if (first === 0x10 && second === 0x04) return third >= 1 && third <= 4;
    if (first === 0x1d && second === 0x72) return third === 1 || third === 2;
    if (first === 0x1d && second === 0x49) return (third >= 1 && third <= 3) || (third >= 65 && third <= 69);
    return false;
  }
  const processId = [0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30];
  return (
    bytes.length === 11 &&
    processId.every((byte, index) => bytes[index] === byte) &&
    bytes.subarray(7).every((byte) => byte >= 0x20 && byte <= 0x7e)
  );
}
