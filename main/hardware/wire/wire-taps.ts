import type { LinkType } from '../../../drivers/kit/index.ts';
import type { Clock } from '../sessions/clock.ts';
import type { MaskedSpan, WireCall, WireFrame } from './wire-frame.ts';

/** Where one connector's wire can be listened to. Costs nothing but the look at {@link WireTap.isOpen} while nobody does. */
export interface WireTap {
  /** Whether anybody listens; the other methods do nothing unless. */
  readonly isOpen: boolean;
  /** The wire is of this kind; a HID report is a frame of its own, all else is a flow of bytes. */
  follow(link: LinkType): void;
  /** About to be written. `secrets` are replaced before anything is kept. */
  sent(bytes: Uint8Array, call: WireCall, secrets: readonly MaskedSpan[]): void;
  /** It arrived. `secret`: nothing of it is kept but how much it was. */
  heard(chunk: Uint8Array, call: WireCall | null, secret?: boolean): void;
  note(code: Extract<WireFrame, { readonly direction: 'note' }>['code'], text: string, call: WireCall | null): void;
}

/** The taps of all connectors. */
export interface WireTaps {
  /** The connector's one tap, over all its bindings. */
  of(connectorId: string): WireTap;
  /** Opens or closes it. What was heard before it closes is still told. */
  open(connectorId: string, open: boolean): void;
  /** Tells what waits, and closes every tap. Idempotent. */
  close(): void;
}

/** Bytes that come so soon after each other are one frame, as long as the same question is out. */
const GATHER_MS = 20;
/** Frames are told together, at the latest this long after the first. */
const TOLD_MS = 100;
/** Of one frame no more is kept. */
const FRAME_BYTES = 16_384;
/** Frames that wait to be told; with more they are told at once. */
const WAITING_BYTES = 65_536;

const ASTERISK = 0x2a;

/** `onFrames` is told what went over a connector's wire, in order, soon after. */
export function createWireTaps(
  clock: Clock,
  onFrames: (connectorId: string, frames: readonly WireFrame[]) => void,
): WireTaps {
  const taps = new Map<string, OwnTap>();
  const of = (connectorId: string): OwnTap => {
    const known = taps.get(connectorId);
    if (known !== undefined) return known;
    const tap = createTap(clock, (frames) => onFrames(connectorId, frames));
    taps.set(connectorId, tap);
    return tap;
  };
  return {
    of,
    open: (connectorId, open) => of(connectorId).setOpen(open),
    close() {
      for (const tap of taps.values()) tap.setOpen(false);
    },
  };
}

interface OwnTap extends WireTap {
  setOpen(open: boolean): void;
}

/** Bytes that may still grow. */
interface Growing {
  readonly at: string;
  readonly call: WireCall | null;
  readonly secret: boolean;
  readonly chunks: Uint8Array[];
  length: number;
  lastMs: number;
}

function createTap(clock: Clock, onFrames: (frames: readonly WireFrame[]) => void): OwnTap {
  let waiting: WireFrame[] = [];
  let waitingBytes = 0;
  let growing: Growing | null = null;
  let firstMs = 0;
  let cancelTimer: (() => void) | null = null;
  let framed = false;
  let isOpen = false;

  const finish = () => {
    if (growing === null) return;
    const { at, call, secret, chunks, length } = growing;
    growing = null;
    const bytes = new Uint8Array(Math.min(length, FRAME_BYTES));
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk.subarray(0, bytes.length - offset), offset);
      offset += Math.min(chunk.length, bytes.length - offset);
    }
    const masked = secret ? [{ start: 0, end: bytes.length }] : [];
    if (secret) bytes.fill(ASTERISK);
    keep({ direction: 'in', at, bytes, omitted: length - bytes.length, masked, call });
  };
  const keep = (frame: WireFrame) => {
    waiting.push(frame);
    waitingBytes += frame.direction === 'note' ? frame.text.length : frame.bytes.length;
  };
  const tell = () => {
    cancelTimer?.();
    cancelTimer = null;
    if (waiting.length === 0) return;
    const frames = waiting;
    waiting = [];
    waitingBytes = 0;
    onFrames(frames);
  };
  const tellAll = () => {
    finish();
    tell();
  };
  const onTime = () => {
    cancelTimer = null;
    const nowMs = clock.nowMs();
    const isQuiet = growing === null || nowMs - growing.lastMs >= GATHER_MS;
    if (isQuiet || nowMs - firstMs >= TOLD_MS) tellAll();
    else cancelTimer = clock.after(GATHER_MS, onTime);
  };
  const soon = () => {
    if (waitingBytes >= WAITING_BYTES) tellAll();
    else if (cancelTimer === null) {
      firstMs = clock.nowMs();
      cancelTimer = clock.after(GATHER_MS, onTime);
    }
  };

  return {
    get isOpen() {
      return isOpen;
    },
    follow(link) {
      framed = link === 'hid';
    },
    sent(bytes, call, secrets) {
      if (!isOpen) return;
      finish();
      const kept = bytes.slice(0, FRAME_BYTES);
      const masked = secrets
        .map(({ start, end }) => ({ start, end: Math.min(end, kept.length) }))
        .filter(({ start, end }) => start < end);
      for (const { start, end } of masked) kept.fill(ASTERISK, start, end);
      const at = clock.wallTime();
      keep({ direction: 'out', at, bytes: kept, omitted: bytes.length - kept.length, masked, call });
      soon();
    },
    heard(chunk, call, secret = false) {
      if (!isOpen || chunk.length === 0) return;
      const nowMs = clock.nowMs();
      const joins =
        growing !== null &&
        growing.call === call &&
        growing.secret === secret &&
        !framed &&
        nowMs - growing.lastMs < GATHER_MS;
      if (!joins) finish();
      growing ??= { at: clock.wallTime(), call, secret, chunks: [], length: 0, lastMs: nowMs };
      if (growing.length < FRAME_BYTES) growing.chunks.push(chunk.slice());
      growing.length += chunk.length;
      growing.lastMs = nowMs;
      if (growing.length >= WAITING_BYTES) finish();
      soon();
    },
    note(code, text, call) {
      if (!isOpen) return;
      finish();
      keep({ direction: 'note', at: clock.wallTime(), code, text, call });
      soon();
    },
    setOpen(open) {
      if (isOpen && !open) tellAll();
      isOpen = open;
    },
  };
}

/** A tap that nobody ever listens at: for what belongs to no connector. */
export const noWireTap: WireTap = { isOpen: false, follow() {}, sent() {}, heard() {}, note() {} };
