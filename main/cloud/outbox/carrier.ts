import type { Pace } from './pace.ts';
import type { ItemOutcome, OutboxItem } from './terms.ts';

/** How a batch fared. */
export type Carried =
  /** The first items have an outcome; at least one has. */
  | { readonly kind: 'taken'; readonly outcomes: readonly ItemOutcome[]; readonly pace: Pace | null }
  /** Nothing is known to have been taken: the same again later. */
  | { readonly kind: 'later'; readonly reason: string; readonly hint: string | null; readonly pace: Pace | null }
  /** It will not work until a person has done something. */
  | { readonly kind: 'blocked'; readonly reason: string; readonly hint: string }
  /** The batch is too large as a whole, or one of it is not wanted: fewer at once. */
  | { readonly kind: 'fewer' };

/** Takes events to a cloud. */
export interface EventCarrier {
  /** For people: which cloud it is. */
  readonly name: string;
  /** Whether only real devices' events may go there. */
  readonly live: boolean;
  readonly maxItems: number;
  /** Resolves with how it went; rejects only when `signal` aborts. */
  carry(items: readonly OutboxItem[], signal: AbortSignal): Promise<Carried>;
}
