import { decodeLatin1, type ReplyProgress, toHex } from '../kit/index.ts';

/** One thing a printer says. Every kind can be told from the others by its first byte. */
export type Answer =
  /** `DLE EOT n`: bits 0 and 7 are 0, bits 1 and 4 are 1. */
  | { readonly kind: 'status'; readonly byte: number }
  /** Automatic status, four bytes, unasked: bits 0, 1 and 7 of the first are 0, bit 4 is 1. */
  | { readonly kind: 'automatic_status'; readonly bytes: readonly [number, number, number, number] }
  /** `GS r n`: bits 4 and 7 are 0. */
  | { readonly kind: 'paper'; readonly byte: number }
  /** `GS I 65..69`: `5F` text `00`. */
  | { readonly kind: 'text'; readonly text: string }
  /** `GS ( H`: `37 22` four characters `00`. */
  | { readonly kind: 'process_id'; readonly id: string }
  /** Flow control, or noise. */
  | { readonly kind: 'other'; readonly byte: number };

const TEXT_BYTES_AT_MOST = 80;

interface Read {
  readonly answer: Answer;
  readonly length: number;
}

/** The first answer in the buffer; null while it is not whole. */
function readAnswer(buffer: Uint8Array): Read | null {
  const first = buffer[0];
  if (first === undefined) return null;
  const other: Read = { answer: { kind: 'other', byte: first }, length: 1 };
  if (first === 0x37) return readProcessId(buffer, other);
  if (first === 0x5f) return readText(buffer, other);
  if ((first & 0x93) === 0x12) return { answer: { kind: 'status', byte: first }, length: 1 };
  if ((first & 0x93) === 0x10) return readAutomaticStatus(buffer, other);
  if ((first & 0x90) === 0x00) return { answer: { kind: 'paper', byte: first }, length: 1 };
  return other;
}

function readProcessId(buffer: Uint8Array, other: Read): Read | null {
  if (buffer.length > 1 && buffer[1] !== 0x22) return other;
  for (let index = 2; index < Math.min(buffer.length, 6); index += 1) if (!isProcessIdByte(buffer[index])) return other;
  if (buffer.length < 7) return null;
  if (buffer[6] !== 0x00) return other;
  return { answer: { kind: 'process_id', id: decodeLatin1(buffer.subarray(2, 6)) }, length: 7 };
}

function isProcessIdByte(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte <= 0x7e;
}

function readText(buffer: Uint8Array, other: Read): Read | null {
  const end = buffer.indexOf(0x00);
  const text = buffer.subarray(1, end < 0 ? buffer.length : end);
  if (text.some((byte) => byte < 0x20) || text.length > TEXT_BYTES_AT_MOST) return other;
  return end < 0 ? null : { answer: { kind: 'text', text: decodeLatin1(text).trim() }, length: end + 1 };
}

function readAutomaticStatus(buffer: Uint8Array, other: Read): Read | null {
  for (let index = 1; index < Math.min(buffer.length, 4); index += 1) {
    // Bits 4 and 7 of what follows are 0: else this was noise, or the rest of it was lost.
    if (((buffer[index] ?? 0) & 0x90) !== 0) return other;
  }
  const [one, two, three, four] = buffer;
  if (one === undefined || two === undefined || three === undefined || four === undefined) return null;
  return { answer: { kind: 'automatic_status', bytes: [one, two, three, four] }, length: 4 };
}

/** A reply matcher: the first answer that `pick` takes (gives no null for); all before it is passed over. */
export function matchAnswer<T>(pick: (answer: Answer) => T | null) {
  return (buffer: Uint8Array): ReplyProgress<T> => {
    let start = 0;
    for (;;) {
      const read = readAnswer(buffer.subarray(start));
      if (read === null) return { kind: 'incomplete', discard: start };
      start += read.length;
      const value = pick(read.answer);
      if (value !== null) return { kind: 'reply', value, consumed: start };
    }
  };
}

const XON = 0x11;
const XOFF = 0x13;

/** A status with nothing before it but what printers say unasked: of a device that may be something else. */
export function matchStatusAlone(buffer: Uint8Array): ReplyProgress<number> {
  let start = 0;
  for (;;) {
    const read = readAnswer(buffer.subarray(start));
    if (read === null) return { kind: 'incomplete' };
    start += read.length;
    const { answer } = read;
    if (answer.kind === 'status') return { kind: 'reply', value: answer.byte, consumed: start };
    const isUnasked = answer.kind === 'automatic_status' || ('byte' in answer && [XON, XOFF].includes(answer.byte));
    if (!isUnasked) return { kind: 'bad', expected: 'one status byte', seen: toHex(buffer, 16) };
  }
}
