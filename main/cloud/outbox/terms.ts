import type { JsonObject } from '../../../drivers/kit/index.ts';

/**
 * What an event is about, which says how long and how much of it is kept: `effects`, outcomes of side effects; `state`,
 * installs, health, pause; `streams`, what devices send by themselves; `readings`, values that were read.
 */
export type EventClass = 'effects' | 'state' | 'streams' | 'readings';

/** Every class, the most valuable first. */
export const eventClasses = ['effects', 'state', 'streams', 'readings'] as const satisfies readonly EventClass[];

/** How much of a class may wait. */
export interface ClassBounds {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/** The bounds of every class. */
export type OutboxBounds = Readonly<Record<EventClass, ClassBounds>>;

/** Something that happened, on its way into the outbox. */
export interface EventDraft {
  readonly class: EventClass;
  /** The device's id, or the connector's where it has none. Numbers count per device and stream. */
  readonly device: string;
  /** What of the device it is: a capability, `effects`, `health`... */
  readonly stream: string;
  /** The connector's name. */
  readonly source: string;
  readonly eventType: string;
  readonly correlationId: string | null;
  /** When it happened, as the device or this machine knows it; RFC 3339. */
  readonly at: string;
  readonly connectorId: string | null;
  readonly simulated: boolean;
  readonly data: JsonObject;
  /** Where the stream's source stands behind it; kept with it in one commit, and given back by `origin`. */
  readonly origin?: string;
}

/** One request's worth: the bytes that are sent, each time the same, under a key that makes them one event. */
export interface OutboxItem {
  readonly key: string;
  /** JSON text of the event as the cloud takes it. */
  readonly body: string;
  readonly simulated: boolean;
}

/** What became of an item. */
export type ItemOutcome =
  | { readonly kind: 'delivered' }
  /** It may not go to this cloud: a simulated device's, to a live key. */
  | { readonly kind: 'withheld' }
  /** The cloud will never take it. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Why events of a stream were given up. */
export type GapReason = 'bytes' | 'age' | 'disk' | 'refused' | 'several';

/** Events that will never arrive: told to the cloud in their place. */
export interface Gap {
  readonly class: EventClass;
  readonly device: string;
  readonly stream: string;
  readonly source: string;
  readonly simulated: boolean;
  readonly reason: GapReason;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly lost: number;
  readonly fromAt: string;
  readonly toAt: string;
}

/** How full a class is. */
export interface ClassStatus {
  readonly waiting: number;
  readonly bytes: number;
  readonly oldestAt: string | null;
  readonly dropped: number;
}

/** How the outbox stands. */
export interface OutboxStatus {
  readonly classes: Readonly<Record<EventClass, ClassStatus>>;
  readonly gapsWaiting: number;
  readonly sent: number;
  readonly refused: number;
  readonly withheld: number;
  readonly lastSentAt: string | null;
  readonly lastEventAt: string | null;
}
