import { concatBytes, type ReplyProgress, toHex } from '../link.ts';

/**
 * What goes over the HID link, both ways. USB's reports have an end but no beginning in a stream of bytes, so each is put
 * into a frame of this link's own: `kind, length low, length high, report id, data`. It exists between driver and
 * transport only; a device sees reports.
 */
export type HidFrameKind =
  /** From the device, unasked: an input report. */
  | 'input'
  /** To the device: an output report. Answered with `taken` or `refused`. */
  | 'output'
  /** To the device: a feature report (SET_REPORT). Answered with `taken` or `refused`. */
  | 'set_feature'
  /** To the device: asks for a feature report (GET_REPORT); its data is the length wanted. Answered with `feature` or `refused`. */
  | 'get_feature'
  /** A feature report that was asked for. */
  | 'feature'
  /** The device acknowledged the report of this id. */
  | 'taken'
  /** The device stalled the request for this report; its data is the system's word for it, as text. */
  | 'refused'
  /** Asks the transport, not the device, for the last input report with this id. Answered with `recalled`. */
  | 'recall'
  /** Its data: the age in milliseconds (four bytes, low first) and the report; none when nothing was heard yet. */
  | 'recalled';

/** One frame of the link. */
export interface HidFrame {
  readonly kind: HidFrameKind;
  /** 0 where the device numbers no reports. */
  readonly reportId: number;
  /** Without the report id. */
  readonly data: Uint8Array;
}

/** Codes that begin no frame of a serial protocol we speak. */
const codes: Readonly<Record<HidFrameKind, number>> = {
  input: 0xe1,
  output: 0xe2,
  set_feature: 0xe3,
  get_feature: 0xe4,
  feature: 0xe5,
  taken: 0xe6,
  refused: 0xe7,
  recall: 0xe8,
  recalled: 0xe9,
};
const kinds = new Map<number, HidFrameKind>([
  [0xe1, 'input'],
  [0xe2, 'output'],
  [0xe3, 'set_feature'],
  [0xe4, 'get_feature'],
  [0xe5, 'feature'],
  [0xe6, 'taken'],
  [0xe7, 'refused'],
  [0xe8, 'recall'],
  [0xe9, 'recalled'],
]);
const HEADER_BYTES = 4;
/** The most data a frame holds. */
export const MAX_REPORT_BYTES = 0xffff;

/** A frame as bytes. Throws a `RangeError` for a report id or a length that there is not. */
export function encodeHidFrame({ kind, reportId, data }: HidFrame): Uint8Array {
  if (!Number.isInteger(reportId) || reportId < 0 || reportId > 0xff) throw new RangeError(`report id ${reportId}`);
  if (data.length > MAX_REPORT_BYTES) throw new RangeError(`a report of ${data.length} bytes`);
  return concatBytes(Uint8Array.of(codes[kind], data.length & 0xff, data.length >> 8, reportId), data);
}

/** The first frame of a buffer and the bytes it took. */
export type HidFrameReading =
  | { readonly kind: 'frame'; readonly frame: HidFrame; readonly size: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'bad'; readonly seen: string };

/** Takes the frame at `start`. */
export function readHidFrame(buffer: Uint8Array, start = 0): HidFrameReading {
  const code = buffer[start];
  if (code === undefined) return { kind: 'incomplete' };
  const kind = kinds.get(code);
  if (kind === undefined) return { kind: 'bad', seen: toHex(buffer.subarray(start), 16) };
  const [low, high, reportId] = buffer.subarray(start + 1, start + HEADER_BYTES);
  if (low === undefined || high === undefined || reportId === undefined) return { kind: 'incomplete' };
  const size = HEADER_BYTES + low + high * 0x100;
  if (buffer.length < start + size) return { kind: 'incomplete' };
  const data = buffer.slice(start + HEADER_BYTES, start + size);
  return { kind: 'frame', frame: { kind, reportId, data }, size };
}

/** The one frame that these bytes are; null when they are none, or more than one. */
export function decodeHidFrame(bytes: Uint8Array): HidFrame | null {
  const reading = readHidFrame(bytes);
  return reading.kind === 'frame' && reading.size === bytes.length ? reading.frame : null;
}

/** What a frame says about the request in flight. */
export type HidVerdict<T> =
  | { readonly kind: 'reply'; readonly value: T }
  /** Not meant for this request: passed over. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'bad'; readonly expected: string; readonly seen?: string };

/** A reply matcher for the HID link: `judge` sees each frame in turn. */
export function matchHidFrames<T>(judge: (frame: HidFrame) => HidVerdict<T>) {
  return (buffer: Uint8Array): ReplyProgress<T> => {
    let at = 0;
    for (;;) {
      const reading = readHidFrame(buffer, at);
      if (reading.kind === 'incomplete') return { kind: 'incomplete', discard: at };
      if (reading.kind === 'bad') return { kind: 'bad', expected: 'a frame of the HID link', seen: reading.seen };
      const { frame, size } = reading;
      at += size;
      const verdict = judge(frame);
      if (verdict.kind === 'reply') return { kind: 'reply', value: verdict.value, consumed: at };
      if (verdict.kind === 'bad') {
        const seen = verdict.seen ?? describeHidFrame(frame);
        return { kind: 'bad', expected: verdict.expected, seen };
      }
    }
  };
}

/** `input report 3: 04 02 00`, for messages. */
export function describeHidFrame({ kind, reportId, data }: HidFrame): string {
  if (kind === 'refused') return `a refusal (${new TextDecoder().decode(data)})`;
  return `${kind.replace('_', ' ')} ${reportId}: ${toHex(data, 32) || 'no data'}`;
}
