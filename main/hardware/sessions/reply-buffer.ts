/** More than any reply of a serial device; past it something runs on for ever. */
const MAX_BYTES = 1_048_576;

/** What has arrived since a request was written. */
export interface ReplyBuffer {
  append(chunk: Uint8Array): void;
  /** A view, good until the next change. */
  bytes(): Uint8Array;
  /** Drops bytes at the front; false when what is left is too much. */
  discard(count: number): boolean;
}

/** Holds the usual reply, one chunk, as it came; copies only when more follow. */
export function createReplyBuffer(): ReplyBuffer {
  let room: Uint8Array = new Uint8Array();
  let start = 0;
  let end = 0;
  return {
    append(chunk) {
      if (start === end) {
        room = chunk;
        start = 0;
        end = chunk.length;
        return;
      }
      const kept = end - start;
      if (end + chunk.length > room.length) {
        const roomier = new Uint8Array(2 * (kept + chunk.length));
        roomier.set(room.subarray(start, end));
        room = roomier;
        start = 0;
        end = kept;
      }
      room.set(chunk, end);
      end += chunk.length;
    },
    bytes: () => room.subarray(start, end),
    discard(count) {
      start = Math.min(end, start + count);
      return end - start <= MAX_BYTES;
    },
  };
}
