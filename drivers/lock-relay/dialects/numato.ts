import { decodeLatin1, encodeLatin1, type Link, type ReplyProgress, type WireRequest } from '../../kit/index.ts';
import { type Dialect, describeSwitch, REPLY_MS } from './dialect.ts';

const CR = '\r';
const PROMPT = '>';
/** Longer than any answer here: what comes is no answer of such a board. */
const LONGEST_ANSWER = 128;

/** Relays count from 0, in one character: 0 to 9, then A to V. */
export function numatoIndex(channel: number): string {
  return (channel - 1).toString(36).toUpperCase();
}

/**
 * Numato boards: lines of text, which the board echoes, answered up to a prompt.
 *
 * Sent to a board of another maker, such a line would be dangerous: the `e` in `relay` is "relay 1 on" for a Devantech
 * board. So a session opens with an empty line, which is nothing to any of them, and says no word before the prompt came.
 */
export function numatoDialect(channels: number): Dialect {
  return {
    channels,
    link: 'serial',
    set: (channel, on) => ({
      ...numatoRequest(`relay ${on ? 'on' : 'off'} ${numatoIndex(channel)}`, (lines) => lines.length === 0 || null),
      label: describeSwitch(channel, on),
    }),
    readStates: (link) => link.exchange(numatoStates(channels)),
    async identify(link: Link) {
      const firmware = await link.exchange(numatoRequest('ver', ([line]) => line ?? null));
      const id = await link.exchange(numatoRequest('id get', ([line]) => line ?? null));
      // The id is set by whoever likes to, so it is no proof of which board this is.
      return { manufacturer: 'Numato', model: null, protocolSerial: null, details: { firmware, id } };
    },
    resynchronise: { type: 'question', request: numatoPrompt() },
  };
}

/** An empty line, answered with the prompt. */
export function numatoPrompt(): WireRequest<null> {
  return { bytes: encodeLatin1(CR), label: 'ask for the prompt', replyTimeoutMs: REPLY_MS, match: matchPrompt };
}

/** All relays as hexadecimal digits, relay 0 in the lowest bit. */
export function numatoStates(channels: number): WireRequest<readonly boolean[]> {
  return numatoRequest('relay readall', ([digits = '']) => {
    if (!/^[0-9a-f]{1,8}$/i.test(digits)) return null;
    const mask = BigInt(`0x${digits}`);
    if (mask >= 2n ** BigInt(channels)) return null;
    return Array.from({ length: channels }, (_, index) => ((mask >> BigInt(index)) & 1n) === 1n);
  });
}

/** A command whose answer is its echo, the lines that `read` understands (null: it does not), and the prompt. */
export function numatoRequest<T>(command: string, read: (lines: readonly string[]) => T | null): WireRequest<T> {
  return {
    bytes: encodeLatin1(command + CR),
    label: command,
    replyTimeoutMs: REPLY_MS,
    match(buffer): ReplyProgress<T> {
      const text = decodeLatin1(buffer);
      const end = text.indexOf(PROMPT);
      const seen = JSON.stringify(text.slice(0, 80));
      if (end < 0) {
        const tooLong = text.length > LONGEST_ANSWER;
        return tooLong ? { kind: 'bad', expected: `an answer to ${command}, then ">"`, seen } : { kind: 'incomplete' };
      }
      const [echo, ...lines] = text
        .slice(0, end)
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
      const value = echo === command ? read(lines) : null;
      if (value === null) return { kind: 'bad', expected: `the echo of ${command}, its answer, and ">"`, seen };
      return { kind: 'reply', value, consumed: end + 1 };
    },
  };
}

/** Whatever stands before the prompt: a command that was left half said is over with it. */
function matchPrompt(buffer: Uint8Array): ReplyProgress<null> {
  const end = decodeLatin1(buffer).lastIndexOf(PROMPT);
  if (end >= 0) return { kind: 'reply', value: null, consumed: end + 1 };
  if (buffer.length <= LONGEST_ANSWER) return { kind: 'incomplete' };
  return { kind: 'bad', expected: 'the prompt ">"', seen: JSON.stringify(decodeLatin1(buffer.subarray(0, 80))) };
}

/** Whether it only asks. */
export function isNumatoHarmless(bytes: Uint8Array): boolean {
  return /^(|ver|id get|relay readall|relay read [0-9A-V])\r$/.test(decodeLatin1(bytes));
}
