import type { z } from 'zod';
import type { JsonObject } from './json.ts';

/** What a stream's matcher makes of the bytes at the front of what arrived unasked. */
export type StreamProgress<Frame> =
  /** More bytes are needed. */
  | { readonly kind: 'incomplete' }
  /** The first `consumed` bytes are one whole frame. */
  | { readonly kind: 'frame'; readonly frame: Frame; readonly consumed: number }
  /** The first `consumed` bytes are sound, and of no interest: an empty line, an answer that came late. */
  | { readonly kind: 'skip'; readonly consumed: number }
  /** The first `consumed` bytes are lost: noise, a damaged frame, half of one. They are counted and told. */
  | { readonly kind: 'bad'; readonly consumed: number; readonly expected: string };

/** How items are made of frames: a fold, pure. `atMs` is monotonic time. */
export interface Gathering<Frame, State, Item> {
  readonly start: State;
  /** One more frame. */
  readonly next: (state: State, frame: Frame, atMs: number) => Gathered<State, Item>;
  /** The line has been silent for {@link StreamDefinition.idleMs}: what is complete now need not wait for more. */
  readonly rest: (state: State, atMs: number) => Gathered<State, Item>;
}

/** What a step of {@link Gathering} gives. */
export interface Gathered<State, Item> {
  readonly state: State;
  readonly items: readonly Item[];
}

/** What the host must know of a stream: data. */
export interface StreamFacts {
  /** The capability whose tool reads the stream: `scan.read`. The host makes that tool; the driver has none of that name. */
  readonly capability: string;
  readonly title: string;
  /** For a model and for a person: what an item is, and when one comes. */
  readonly description: string;
  /** One item. `at` and `cursor` are the host's and not in it. */
  readonly item: z.ZodObject;
  /** `each`: every item counts and is read once or more by cursor (scans). `latest`: only the newest says what is so (a position). */
  readonly delivery: 'each' | 'latest';
  /** Items may tell of persons, so that the host keeps them no longer than it is told to. */
  readonly personal: boolean;
  /** A device that works sends at least this often; null when it only sends if something happens (a scan). */
  readonly expectedIntervalMs: number | null;
}

/** What {@link defineStream} takes. */
export interface StreamDefinition<Frame, State, Item> extends StreamFacts {
  /** Silence on the line after which the matcher is asked about what is left, and {@link Gathering.rest} is called. */
  readonly idleMs: number;
  /** A frame is never longer; what is, is lost up to the next end of a frame. */
  readonly maxFrameBytes: number;
  /**
   * Called with what was not consumed, at most {@link StreamDefinition.maxFrameBytes} of it, each time more arrives. A pure function of the
   * buffer: what it said of a buffer it must say of every longer one, so that splitting changes nothing. With `idle` the
   * line has been silent: what is incomplete is either whole as it is (`frame`), or will never be (`bad`).
   * Answers to the driver's own questions that come late arrive here too: `skip` them.
   */
  readonly match: (buffer: Uint8Array, idle: boolean) => StreamProgress<Frame>;
  readonly gather: Gathering<Frame, State, Item>;
}

/** What was made of the bytes. */
export type Decoded =
  | { readonly kind: 'item'; readonly item: JsonObject }
  /** Bytes that are part of no item. `seen`: the first of them, in hex. */
  | { readonly kind: 'unreadable'; readonly bytes: number; readonly expected: string; readonly seen: string };

/** Makes items of the bytes of one opening of a port. */
export interface StreamDecoder {
  push(chunk: Uint8Array, atMs: number): readonly Decoded[];
  /** To be called when nothing has come for {@link Stream.idleMs}. */
  idle(atMs: number): readonly Decoded[];
  /** Bytes that are neither taken nor given up yet. */
  pending(): number;
}

/** A device that sends without being asked, as the host uses it. */
export interface Stream extends StreamFacts {
  readonly idleMs: number;
  /** Begins with nothing; for each opening of the port. */
  readonly decoder: () => StreamDecoder;
}

/** The gathering of streams whose frames are their items. */
export function eachFrame<Item>(): Gathering<Item, null, Item> {
  return {
    start: null,
    next: (state, frame) => ({ state, items: [frame] }),
    rest: (state) => ({ state, items: [] }),
  };
}
