import type { Identification, Link, LinkType, Resynchronisation, WireRequest } from '../../kit/index.ts';

/** How one board is spoken to. Channels count from 1. Pure data and pure functions, but for what takes a {@link Link}. */
export interface Dialect {
  readonly channels: number;
  /** What boards of this dialect hang on. */
  readonly link: Extract<LinkType, 'serial' | 'hid'>;
  /** Switches one relay. What comes back, if anything, says no more than that it was heard. */
  readonly set: (channel: number, on: boolean) => WireRequest<unknown>;
  /** Reads every relay back, harmlessly; null where the board has nothing to ask. */
  readonly readStates: ((link: Link) => Promise<readonly boolean[]>) | null;
  /** Asks who it is; null where nothing tells it from any other board, so that it must not be asked. */
  readonly identify: ((link: Link) => Promise<Identification>) | null;
  readonly resynchronise: Resynchronisation;
}

/** How long a board may take to answer. They answer within a few milliseconds; a USB adapter adds up to 16. */
export const REPLY_MS = 300;

/** Long enough for the rest of any answer here, and for what an adapter holds back; states that come late look like fresh ones. */
export const quiet: Resynchronisation = { type: 'quiet', quietMs: 50, lateMs: 1_000 };

/** `relay 2 on`, for messages. */
export function describeSwitch(channel: number, on: boolean): string {
  return `relay ${channel} ${on ? 'on' : 'off'}`;
}
