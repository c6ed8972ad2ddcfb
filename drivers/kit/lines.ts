import { concatBytes, type ReplyProgress, toHex } from './link.ts';

/** What a line says about the request in flight. */
export type LineVerdict<T> =
  /** The line (and those before it) is the whole reply. */
  | { readonly kind: 'reply'; readonly value: T }
  /** The line belongs to the reply; more lines follow. */
  | { readonly kind: 'more' }
  /** The line is not meant for this request: an unasked power-up line, a running stream. It is passed over. */
  | { readonly kind: 'skip' }
  /** The line answers this request, but not as the protocol allows. */
  | { readonly kind: 'bad'; readonly expected: string };

const LF = 0x0a;
const CR = 0x0d;
/** A longer line can't be a reply of any line protocol we speak: it is noise, or another protocol or speed. */
const MAX_LINE_BYTES = 1024;

/**
 * A reply matcher for text protocols whose lines end in CR, LF or CR LF. `judge` sees each non-empty line in turn, with
 * the reply lines before it (those judged `more`).
 */
export function matchLines<T>(judge: (line: string, before: readonly string[]) => LineVerdict<T>) {
  return (buffer: Uint8Array): ReplyProgress<T> => {
    const before: string[] = [];
    const skipped: Uint8Array[] = [];
    let start = 0;
    let kept = 0;
    for (let index = 0; index < buffer.length; index += 1) {
      const byte = buffer[index];
      if (byte !== CR && byte !== LF) continue;
      const raw = buffer.subarray(start, index + 1);
      const line = decodeLatin1(buffer.subarray(start, index)).trim();
      start = index + 1;
      if (line === '') {
        if (before.length === 0) kept = start;
        continue;
      }
      const verdict = judge(line, before);
      if (verdict.kind === 'reply') {
        const consumed = byte === CR && buffer[start] === LF ? start + 1 : start;
        const passedOver = skipped.length === 0 ? {} : { passedOver: concatBytes(...skipped) };
        return { kind: 'reply', value: verdict.value, consumed, ...passedOver };
      }
      if (verdict.kind === 'bad')
        return { kind: 'bad', expected: verdict.expected, seen: JSON.stringify(line.slice(0, 80)) };
      if (verdict.kind === 'more') before.push(line);
      else {
        skipped.push(raw);
        if (before.length === 0) kept = start;
      }
    }
    if (buffer.length - start > MAX_LINE_BYTES) {
      return { kind: 'bad', expected: 'a line of text', seen: toHex(buffer.subarray(start), 16) };
    }
    return { kind: 'incomplete', discard: kept };
  };
}

/** Bytes to text, one character a byte, so that any byte survives. */
export function decodeLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Text to bytes, one byte a character. */
export function encodeLatin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
