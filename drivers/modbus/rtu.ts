import { concatBytes, type ReplyProgress, toHex, type WireRequest } from '../kit/index.ts';
import { hasValidCrc, withCrc } from './crc.ts';
import { functionCode, MEI_DEVICE_IDENTIFICATION, type PduRequest } from './pdu.ts';

/** What a unit answered. */
export type PduReply<T> =
  | { readonly kind: 'normal'; readonly value: T }
  /** The unit answered with the exception bit set. */
  | { readonly kind: 'exception'; readonly code: number };

/** How frames reach one unit on a two-wire bus. */
export interface RtuOptions {
  /** 1 to 247. */
  readonly unit: number;
  /** How long the unit may take to begin its answer, in milliseconds. */
  readonly replyTimeoutMs: number;
  /** Time one character takes on the wire, in milliseconds. */
  readonly characterTimeMs: number;
  /** The adapter hears its own transmission, so the first copy of a request is never the reply to it. */
  readonly adapterEchoes: boolean;
}

/** More than this before a reply is not noise any more: a whole frame of another unit, an echo, and some. */
const MAX_BYTES_BEFORE_REPLY = 256 + 256 + 16;
const EXCEPTION_BIT = 0x80;
const EXCEPTION_FRAME_BYTES = 5;

/**
 * Puts the RTU envelope around a request: address before, CRC after (MODBUS over Serial Line V1.02, 2.5.1). A reply is
 * told by address, function, length and CRC, since a host behind USB can't see the silences between frames.
 *
 * What comes before the reply is passed over: glitch bytes, late frames of other units, and the adapter's echo of the
 * request. A reply to function 05 is byte for byte the request: without {@link RtuOptions.adapterEchoes} the first copy
 * is taken as the reply, with it as the echo, so that the setting decides and nothing is guessed.
 */
export function rtuRequest<T>(pdu: PduRequest<T>, options: RtuOptions): WireRequest<PduReply<T>> {
  const bytes = withCrc(concatBytes(Uint8Array.of(options.unit), pdu.bytes));
  const longestFrame = pdu.longestReply + 3;
  return {
    bytes,
    label: `${pdu.label} of unit ${options.unit}`,
    replyTimeoutMs: Math.ceil(options.replyTimeoutMs + longestFrame * options.characterTimeMs),
    match: (buffer) => matchReply(buffer, pdu, bytes, options),
  };
}

type Candidate =
  | { readonly kind: 'none' }
  | { readonly kind: 'partial' }
  | { readonly kind: 'whole'; readonly frame: Uint8Array };

/** Address, function, and the byte that settles the length. */
const HEADER_BYTES = 3;

/**
 * Scans from the left and decides at the first frame that is addressed as the reply must be. A decision rests only on
 * bytes up to the end of that frame, so it is the same however the bytes were cut into chunks. When its CRC is wrong,
 * only a frame that begins inside it may still be the reply: noise had looked like a header.
 */
function matchReply<T>(
  buffer: Uint8Array,
  pdu: PduRequest<T>,
  request: Uint8Array,
  { unit, adapterEchoes }: RtuOptions,
): ReplyProgress<PduReply<T>> {
  let echoToSkip = adapterEchoes || !pdu.replyRepeatsRequest;
  let damaged: Uint8Array | null = null;
  let headersBefore = Number.POSITIVE_INFINITY;

  for (let offset = 0; offset < buffer.length && offset + HEADER_BYTES <= headersBefore; offset += 1) {
    const rest = buffer.subarray(offset);
    if (echoToSkip && startsAlike(rest, request)) {
      if (rest.length < request.length) return { kind: 'incomplete' };
      echoToSkip = false;
      offset += request.length - 1;
      continue;
    }
    const candidate = candidateAt(rest, pdu, unit);
    if (candidate.kind === 'none') continue;
    if (candidate.kind === 'partial') return { kind: 'incomplete' };
    if (hasValidCrc(candidate.frame)) {
      const value = readFrame(candidate.frame, pdu);
      return { kind: 'reply', value, consumed: offset + candidate.frame.length };
    }
    damaged = candidate.frame;
    headersBefore = offset + candidate.frame.length;
  }
  if (damaged !== null) return bad(`a valid CRC at the end of the reply to ${pdu.label}`, damaged);
  if (buffer.length > MAX_BYTES_BEFORE_REPLY) return bad(`a reply of unit ${unit} to ${pdu.label}`, buffer);
  return { kind: 'incomplete' };
}

function candidateAt<T>(rest: Uint8Array, pdu: PduRequest<T>, unit: number): Candidate {
  if (rest[0] !== unit) return { kind: 'none' };
  if (rest.length < 2) return { kind: 'partial' };
  const code = pdu.bytes[0] ?? 0;
  if (rest[1] === (code | EXCEPTION_BIT)) return cut(rest, EXCEPTION_FRAME_BYTES);
  const length = pdu.replyLength(rest.subarray(1));
  if (length.kind === 'foreign') return { kind: 'none' };
  if (length.kind === 'more') return { kind: 'partial' };
  return cut(rest, length.bytes + 3);
}

function cut(rest: Uint8Array, frameBytes: number): Candidate {
  return rest.length < frameBytes ? { kind: 'partial' } : { kind: 'whole', frame: rest.subarray(0, frameBytes) };
}

function readFrame<T>(frame: Uint8Array, pdu: PduRequest<T>): PduReply<T> {
  const code = frame[1] ?? 0;
  if ((code & EXCEPTION_BIT) !== 0) return { kind: 'exception', code: frame[2] ?? 0 };
  return { kind: 'normal', value: pdu.decode(frame.subarray(1, -2)) };
}

function bad(expected: string, seen: Uint8Array) {
  return { kind: 'bad', expected, seen: toHex(seen, 32) } as const;
}

/** Whether the shorter of both is the start of the other. */
function startsAlike(left: Uint8Array, right: Uint8Array): boolean {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

/**
 * Whether a frame is one of the questions that change nothing: FC 01 to 04, 2B/0E and 11, whole, with a valid CRC, to
 * one unit (1 to 247). Broadcasts, writes, diagnostics and makers' own functions are not.
 */
export function isHarmlessFrame(frame: Uint8Array): boolean {
  const unit = frame[0] ?? 0;
  if (unit < 1 || unit > 247 || !hasValidCrc(frame)) return false;
  switch (frame[1]) {
    case functionCode.readCoils:
    case functionCode.readDiscreteInputs:
    case functionCode.readHoldingRegisters:
    case functionCode.readInputRegisters:
      return frame.length === 8;
    case functionCode.reportServerId:
      return frame.length === 4;
    case functionCode.encapsulatedInterface:
      return frame.length === 7 && frame[2] === MEI_DEVICE_IDENTIFICATION;
    default:
      return false;
  }
}
