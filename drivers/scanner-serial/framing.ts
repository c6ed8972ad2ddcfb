import type { ScanFrame, StreamProgress } from '../kit/index.ts';
import { bytesOf, type ScannerOptions } from './options.ts';

const STX = 0x02;
const ETX = 0x03;
const LF = 0x0a;
const CR = 0x0d;

/** Silence in the middle of a code after which its rest will not come any more; longer than a radio link's pauses. */
const HALF_CODE_MS = 500;

/** Longest frame around a code: prefix, suffix, STX and ETX. */
const FRAME_BYTES = 20;

type Match = (buffer: Uint8Array, idle: boolean) => StreamProgress<ScanFrame>;

/** How codes are told apart on the line, by the configuration. */
export interface Framing {
  readonly match: Match;
  readonly idleMs: number;
  readonly maxFrameBytes: number;
}

/** The framing that these options describe. */
export function framingOf(options: ScannerOptions): Framing {
  const prefix = bytesOf(options.prefix_hex);
  const match = ends(options);
  return {
    idleMs: options.framing === 'idle' ? options.idle_gap_ms : HALF_CODE_MS,
    maxFrameBytes: options.max_length + FRAME_BYTES,
    match(buffer, idle) {
      const progress = match(buffer, idle);
      if (progress.kind !== 'frame') return progress;
      const { frame, consumed } = progress;
      if (!startsWith(frame.data, prefix)) return { kind: 'bad', consumed, expected: `prefix ${options.prefix_hex}` };
      const data = frame.data.subarray(prefix.length);
      if (data.length === 0) return { kind: 'skip', consumed };
      if (data.length > options.max_length) return { kind: 'bad', consumed, expected: `${options.max_length} bytes` };
      return { kind: 'frame', frame: { data }, consumed };
    },
  };
}

function ends({ framing, suffix_hex }: ScannerOptions): Match {
  switch (framing) {
    case 'lines':
      return matchLine;
    case 'cr':
      return endedBy([CR]);
    case 'lf':
      return endedBy([LF]);
    case 'crlf':
      return endedBy([CR, LF]);
    case 'suffix':
      return endedBy(bytesOf(suffix_hex));
    case 'stx_etx':
      return matchEnclosed;
    case 'idle':
      return (buffer, idle) =>
        idle ? { kind: 'frame', frame: { data: buffer }, consumed: buffer.length } : { kind: 'incomplete' };
  }
}

function matchLine(buffer: Uint8Array): StreamProgress<ScanFrame> {
  const end = buffer.findIndex((byte) => byte === CR || byte === LF);
  if (end < 0) return { kind: 'incomplete' };
  // The other half of CR LF is an empty line of its own, whenever it comes.
  if (end === 0) return { kind: 'skip', consumed: 1 };
  return { kind: 'frame', frame: { data: buffer.subarray(0, end) }, consumed: end + 1 };
}

function endedBy(suffix: ArrayLike<number>): Match {
  return (buffer) => {
    const end = indexOf(buffer, suffix);
    if (end < 0) return { kind: 'incomplete' };
    const consumed = end + suffix.length;
    return end === 0
      ? { kind: 'skip', consumed }
      : { kind: 'frame', frame: { data: buffer.subarray(0, end) }, consumed };
  };
}

/** Between STX and ETX; line ends between two codes are passed over. */
function matchEnclosed(buffer: Uint8Array): StreamProgress<ScanFrame> {
  const [first] = buffer;
  if (first === CR || first === LF) return { kind: 'skip', consumed: 1 };
  if (first !== STX) {
    const start = buffer.findIndex((byte) => byte === STX || byte === CR || byte === LF);
    return { kind: 'bad', consumed: start < 0 ? buffer.length : start, expected: 'STX' };
  }
  const end = buffer.indexOf(ETX);
  if (end < 0) return { kind: 'incomplete' };
  const data = buffer.subarray(1, end);
  // Half a code and a whole one, or one that contains STX: what it says can't be known.
  if (data.includes(STX)) return { kind: 'bad', consumed: end + 1, expected: 'one STX before ETX' };
  return { kind: 'frame', frame: { data }, consumed: end + 1 };
}

function indexOf(buffer: Uint8Array, part: ArrayLike<number>): number {
  for (let start = 0; start + part.length <= buffer.length; start += 1) {
    let same = 0;
    while (same < part.length && buffer[start + same] === part[same]) same += 1;
    if (same === part.length) return start;
  }
  return -1;
}

function startsWith(data: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, index) => data[index] === byte);
}
