import { decodeLatin1, type StreamProgress } from '../kit/index.ts';

/** A sentence whose checksum is right: `$GPGGA,...`. */
export interface Sentence {
  /** `GP`, `GN`, `GL`...; `P` for a maker's own. */
  readonly talker: string;
  /** `GGA`; of a maker's own sentence all that follows the `P`. */
  readonly type: string;
  /** The fields behind the first comma. */
  readonly fields: readonly string[];
}

const LF = 0x0a;
const CR = 0x0d;
const DOLLAR = 0x24;
const BANG = 0x21;
/** The standard says 82; receivers send longer ones. */
const MAX_SENTENCE_BYTES = 512;
/** UBX frames have a length of their own; longer ones than this are noise that looks like one. */
const MAX_UBX_PAYLOAD_BYTES = 4_096;

/** Nothing on this line is longer. */
export const MAX_FRAME_BYTES = MAX_UBX_PAYLOAD_BYTES + 8;

/**
 * The next sentence on the line. Line ends between sentences, and u-blox's own binary frames (UBX) where their checksum is
 * right, are passed over; everything else is lost up to the next possible beginning.
 */
export function matchSentence(buffer: Uint8Array): StreamProgress<Sentence> {
  const [first] = buffer;
  if (first === CR || first === LF) return { kind: 'skip', consumed: 1 };
  if (first === DOLLAR || first === BANG) return matchText(buffer);
  if (first === 0xb5) return matchUbx(buffer);
  const next = buffer.findIndex((byte) => [CR, LF, DOLLAR, BANG, 0xb5].includes(byte));
  return { kind: 'bad', consumed: next < 0 ? buffer.length : next, expected: 'a sentence ($)' };
}

function matchText(buffer: Uint8Array): StreamProgress<Sentence> {
  const end = buffer.findIndex((byte, index) => index > 0 && !isText(byte));
  const bad = (consumed: number, expected: string) => ({ kind: 'bad', consumed, expected }) as const;
  if (end < 0) {
    return buffer.length < MAX_SENTENCE_BYTES ? { kind: 'incomplete' } : bad(buffer.length, 'the end of a sentence');
  }
  if (end >= MAX_SENTENCE_BYTES) return bad(MAX_SENTENCE_BYTES, 'the end of a sentence');
  // Another one begins, or noise does: this one was cut off.
  if (buffer[end] !== CR && buffer[end] !== LF) return bad(end, 'the end of a sentence');
  const sentence = readSentence(decodeLatin1(buffer.subarray(0, end)));
  if (sentence === null) return bad(end, 'a sentence with its checksum');
  return { kind: 'frame', frame: sentence, consumed: end };
}

/** Null when the checksum is missing or wrong, or it is no sentence. */
export function readSentence(text: string): Sentence | null {
  const [, body = '', digits = ''] = /^[$!](.+)\*([0-9A-Fa-f]{2})\s*$/.exec(text) ?? [];
  if (body === '' || checksum(body) !== Number.parseInt(digits, 16)) return null;
  const [address = '', ...fields] = body.split(',');
  if (/^P[A-Z0-9]+$/.test(address)) return { talker: 'P', type: address.slice(1), fields };
  if (!/^[A-Z]{2}[A-Z0-9]{3}$/.test(address)) return null;
  return { talker: address.slice(0, 2), type: address.slice(2), fields };
}

/** A sentence as it is sent, with its checksum and line end. */
export function writeSentence(body: string): string {
  return `$${body}*${checksum(body).toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

function checksum(body: string): number {
  let sum = 0;
  for (let index = 0; index < body.length; index += 1) sum ^= body.charCodeAt(index);
  return sum;
}

/** B5 62, class, id, length (little-endian), payload, two checksum bytes (8-bit Fletcher from the class on). */
function matchUbx(buffer: Uint8Array): StreamProgress<Sentence> {
  const noise = { kind: 'bad', consumed: 1, expected: 'a UBX frame' } as const;
  if (buffer.length > 1 && buffer[1] !== 0x62) return noise;
  if (buffer.length < 6) return { kind: 'incomplete' };
  const payloadBytes = (buffer[4] ?? 0) + 256 * (buffer[5] ?? 0);
  if (payloadBytes > MAX_UBX_PAYLOAD_BYTES) return noise;
  const bytes = payloadBytes + 8;
  if (buffer.length < bytes) return { kind: 'incomplete' };
  let [a, b] = [0, 0];
  for (const byte of buffer.subarray(2, bytes - 2)) {
    a = (a + byte) & 0xff;
    b = (b + a) & 0xff;
  }
  if (buffer[bytes - 2] !== a || buffer[bytes - 1] !== b) return noise;
  return { kind: 'skip', consumed: bytes };
}

/** Printable ASCII but for what begins a sentence. */
function isText(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== DOLLAR;
}
