import type { PrinterPortStatus } from './printer-port.ts';

/** What a reply matcher makes of the bytes that have arrived since the request was written. */
export type ReplyProgress<T> =
  /** More bytes are needed. `discard` leading bytes are noise and may be dropped now. */
  | { readonly kind: 'incomplete'; readonly discard?: number }
  /**
   * The reply is whole and took the first `consumed` bytes. Those among them that are no part of it may be given as
   * `passedOver`: what a device sent unasked in between is then not lost to its stream.
   */
  | { readonly kind: 'reply'; readonly value: T; readonly consumed: number; readonly passedOver?: Uint8Array }
  /** What arrived can not be, or become, the reply. */
  | { readonly kind: 'bad'; readonly expected: string; readonly seen: string };

/** One question to a device and how to know its answer. Pure data and a pure function: no timers, no I/O. */
export interface WireRequest<T> {
  /** The bytes to send. None: nothing is sent, and what is awaited is what the device says by itself from now on. */
  readonly bytes: Uint8Array;
  /** What it asks, for messages and traces: `read weight now (SI)`. */
  readonly label: string;
  /**
   * Called with everything received since the write that was not discarded, each time more arrives. It must be a pure
   * function of the buffer, so that splitting a reply over any number of chunks changes nothing.
   */
  readonly match: (buffer: Uint8Array) => ReplyProgress<T>;
  /** How long the device may take to answer, from the last byte written. */
  readonly replyTimeoutMs: number;
  /**
   * The line is held in its break state for so long before `bytes`, in milliseconds, up to {@link LONGEST_BREAK_MS}: some
   * devices are woken, or told to listen, by it. Only where the driver calls that harmless; rejects with `not_supported` off
   * a serial line, and where its port has no break.
   */
  readonly breakMs?: number;
  /** See {@link unanswered}. */
  readonly unanswered?: true;
  /** The transport answers it, not the device: nothing is proven by its answer, or by the lack of one. */
  readonly local?: true;
  /** The parts of `bytes` that are secret (a password, a PIN): `start` to before `end`. No trace ever shows them. */
  readonly secrets?: readonly { readonly start: number; readonly end: number }[];
  /** The answer repeats, or is, a secret: no trace ever shows any of it. */
  readonly secretReply?: true;
}

/** Longer than any device needs to see a break, and short enough to hold up a bus. */
export const LONGEST_BREAK_MS = 1_000;

/** How much longer than the line needs the port may take to let go of a frame that is not answered. */
const SENDING_MS = 1_000;

/**
 * A frame to which the device says nothing, ever: its exchange resolves when the last byte has left the machine, which
 * proves nothing of the device. What arrives meanwhile is dropped. `patienceMs`: how much longer than the line needs the
 * device may hold it back; a printer with a full buffer does until it has printed.
 */
export function unanswered(
  frame: { readonly bytes: Uint8Array; readonly label: string },
  patienceMs = SENDING_MS,
): WireRequest<null> {
  const { bytes, label } = frame;
  const match = () => ({ kind: 'reply', value: null, consumed: 0 }) as const;
  return { bytes, label, match, replyTimeoutMs: patienceMs, unanswered: true };
}

/**
 * What a driver's functions may do with the wire, for the length of one call. The host enforces the rules: a frame that
 * the driver does not declare harmless is refused with `frame_not_permitted`, unless the call is an `act` whose permit
 * covers exactly these bytes, once.
 */
export interface Link {
  /**
   * Sends a request and resolves with its reply. Rejects with `no_reply`, `bad_reply`, `device_unplugged`,
   * `frame_not_permitted`, `cancelled` or `deadline_exceeded`.
   */
  exchange<T>(request: WireRequest<T>): Promise<T>;
  /**
   * What a printer class interface tells of its port, beside the data: harmless, and answered also where the printer
   * answers nothing. Rejects as {@link Link.exchange} does, and with `not_supported` where there is no such interface.
   */
  portStatus(): Promise<PrinterPortStatus>;
  /** Waits without holding anything but the turn. Rejects as {@link Link.exchange} does when the call ends first. */
  pause(durationMs: number): Promise<void>;
  /** Wall-clock time as RFC 3339 UTC with milliseconds. */
  now(): string;
}

/** Joins chunks of bytes. */
export function concatBytes(...chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}

/** Bytes as spaced upper-case hex pairs, at most `limit` of them: `53 49 0D 0A`. */
export function toHex(bytes: Uint8Array, limit = 64): string {
  const shown = Array.from(bytes.subarray(0, limit), (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(
    ' ',
  );
  return bytes.length > limit ? `${shown} … (${bytes.length} bytes)` : shown;
}

/** Bytes from hex pairs, blanks ignored. For literal transcripts. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new RangeError(`not hex pairs: ${text}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}
