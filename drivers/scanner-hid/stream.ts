import { readHidFrame } from '../kit/hid/index.ts';
import {
  concatBytes,
  type DriverContext,
  defineScanStream,
  type ScanFrame,
  type Stream,
  type StreamProgress,
} from '../kit/index.ts';
import { type ScanLayout, scanLayout } from './layout.ts';
import { optionsSchema } from './options.ts';

/** Silence after which the rest of a code that was to go on does not come any more. */
const HALF_CODE_MS = 500;
/** More than any symbology holds (a QR code: 7,089 digits), with the framing of its reports. */
const LONGEST_BYTES = 32_768;

/** What the scanner sends when somebody scans. */
export function scans(context: DriverContext): Stream {
  const { aim, repeat_ms: repeatMs } = optionsSchema.parse(context.options);
  const layout = scanLayout(context.reportDescriptor);
  return defineScanStream({
    aim,
    repeatMs,
    idleMs: HALF_CODE_MS,
    maxFrameBytes: LONGEST_BYTES,
    // A device that describes no decoded data says nothing that could be read.
    match: (buffer) => (layout === null ? unreadable(buffer) : matchCode(layout, buffer)),
  });
}

function unreadable(buffer: Uint8Array): StreamProgress<ScanFrame> {
  return { kind: 'bad', consumed: buffer.length, expected: 'a report descriptor with decoded data (usage 8C:FE)' };
}

/** One code out of the frames of the HID link, of as many reports as it takes. */
export function matchCode({ reportId, read }: ScanLayout, buffer: Uint8Array): StreamProgress<ScanFrame> {
  const pieces: Uint8Array[] = [];
  let identifier: Uint8Array | null = null;
  let at = 0;
  for (;;) {
    const reading = readHidFrame(buffer, at);
    if (reading.kind === 'incomplete') return { kind: 'incomplete' };
    if (reading.kind === 'bad') return { kind: 'bad', consumed: Math.max(at, 1), expected: 'a frame of the HID link' };
    const { frame, size } = reading;
    const isScan = frame.kind === 'input' && frame.reportId === reportId;
    if (!isScan && pieces.length === 0) return { kind: 'skip', consumed: at + size };
    if (isScan) {
      const piece = read(frame.data);
      if (piece === null) return { kind: 'bad', consumed: at + size, expected: 'a whole report' };
      if (pieces.length > 0 && !sameIdentifier(identifier, piece.identifier)) {
        return { kind: 'bad', consumed: at, expected: 'the rest of the code' };
      }
      identifier ??= piece.identifier;
      pieces.push(piece.data);
      if (!piece.continues) return whole(identifier, pieces, at + size);
    }
    at += size;
  }
}

function whole(
  identifier: Uint8Array | null,
  pieces: readonly Uint8Array[],
  consumed: number,
): StreamProgress<ScanFrame> {
  const data = concatBytes(...pieces);
  if (data.length === 0) return { kind: 'skip', consumed };
  return { kind: 'frame', frame: { data: concatBytes(identifier ?? new Uint8Array(), data) }, consumed };
}

/** Another identifier begins another code; reports after the first may leave it out. */
function sameIdentifier(first: Uint8Array | null, next: Uint8Array | null): boolean {
  return next === null || (first?.every((byte, index) => next[index] === byte) ?? false);
}
