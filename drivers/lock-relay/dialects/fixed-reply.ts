import { type ReplyProgress, toHex } from '../../kit/index.ts';

/**
 * A matcher for replies of a known length without checksum. `read` gives null for bytes that can't be the reply: then
 * nothing is guessed, since a state that is misread is worse than none.
 */
export function matchFixed<T>(length: number, expected: string, read: (reply: Uint8Array) => T | null) {
  return (buffer: Uint8Array): ReplyProgress<T> => {
    if (buffer.length < length) return { kind: 'incomplete' };
    const value = read(buffer.subarray(0, length));
    if (value === null || buffer.length > length) return { kind: 'bad', expected, seen: toHex(buffer, 16) };
    return { kind: 'reply', value, consumed: length };
  };
}

/** One byte a relay, 00 or 01; null for anything else. */
export function flagBytes(bytes: Uint8Array): readonly boolean[] | null {
  return bytes.every((byte) => byte <= 1) ? Array.from(bytes, (byte) => byte === 1) : null;
}
