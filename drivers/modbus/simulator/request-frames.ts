import { concatBytes } from '../../kit/index.ts';
import { hasValidCrc } from '../crc.ts';

/** One request as it was on the bus. */
export interface RequestFrame {
  readonly bytes: Uint8Array;
  readonly unit: number;
  /** Function code and data. */
  readonly pdu: Uint8Array;
}

const LONGEST_FRAME = 256;
const SHORTEST_FRAME = 4;

/**
 * Cuts requests out of a stream of bytes. A unit on a real bus uses the silences; here a frame is what has the length
 * of its function and a valid CRC, so that a torn frame before it is passed over.
 */
export function createRequestFrames(): { take(chunk: Uint8Array): readonly RequestFrame[]; clear(): void } {
  let buffer: Uint8Array = new Uint8Array();

  const next = (): RequestFrame | null => {
    for (let offset = 0; offset + SHORTEST_FRAME <= buffer.length; offset += 1) {
      const rest = buffer.subarray(offset);
      const length = requestLength(rest);
      if (length === null || length > rest.length || !hasValidCrc(rest.subarray(0, length))) continue;
      const bytes = rest.slice(0, length);
      buffer = rest.slice(length);
      return { bytes, unit: bytes[0] ?? 0, pdu: bytes.subarray(1, -2) };
    }
    return null;
  };

  return {
    take(chunk) {
      buffer = concatBytes(buffer, chunk);
      const frames: RequestFrame[] = [];
      for (let frame = next(); frame !== null; frame = next()) frames.push(frame);
      buffer = buffer.slice(-LONGEST_FRAME);
      return frames;
    },
    clear() {
      buffer = new Uint8Array();
    },
  };
}

/** Length of the request that begins here; for an unknown function all there is; null when it can't be told yet. */
function requestLength(bytes: Uint8Array): number | null {
  switch (bytes[1]) {
    case 0x01:
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x05:
    case 0x06:
    case 0x08:
      return 8;
    case 0x0f:
    case 0x10:
      return bytes[6] === undefined ? null : 9 + bytes[6];
    case 0x11:
      return 4;
    case 0x2b:
      return 7;
    default:
      return Math.min(bytes.length, LONGEST_FRAME);
  }
}
