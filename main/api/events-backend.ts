import type { AgentError } from '../../drivers/kit/index.ts';
import type { Page, PageRequest } from './backend.ts';
import type { Principal } from './principal.ts';
import type { EventBody, EventFilter, EventObject } from './schemas/index.ts';

/** An event with the key that makes it one, however often it is sent. */
export interface KeyedEvent {
  /** 1 to 255 characters; null: every time it is sent it is another one. */
  readonly key: string | null;
  readonly body: EventBody;
}

/** What became of one event. */
export type Ingested =
  | { readonly status: 'accepted' | 'duplicate'; readonly event: EventObject }
  /** Its key belongs to an event with another content. */
  | { readonly status: 'conflict' }
  /** It is never taken with this key. */
  | { readonly status: 'refused'; readonly error: AgentError };

/** Where a reader of the stream is. */
export interface EventPosition {
  /** Behind this event; positions grow in the order in which events became visible. */
  readonly position: number;
}

/** An event and its place. */
export interface PlacedEvent extends EventPosition {
  readonly event: EventObject;
}

/**
 * Keeps the events of tenants. A tenant's events, and those of its live and its test keys, are out of sight of all others:
 * their ids are `not_found`. Who serves no events has none of it.
 */
export interface EventsBackend {
  /**
   * Takes events: when it resolves they survive a power cut. One answer for each, in order. Rejects with
   * `tenant_mismatch` when a body names another tenant, `store_unavailable`.
   */
  ingest(principal: Principal, events: readonly KeyedEvent[]): Promise<readonly Ingested[]>;
  /** Newest first. */
  list(principal: Principal, filter: EventFilter, page: PageRequest): Promise<Page<EventObject>>;
  get(principal: Principal, eventId: string): Promise<EventObject>;
  /** The place behind an event, or null when it is not there (any more). */
  positionOf(principal: Principal, eventId: string): Promise<EventPosition | null>;
  /** Behind everything there is. */
  end(principal: Principal): Promise<EventPosition>;
  /** What came after a place, oldest first. `position` is how far was looked, also where the filter let nothing through. */
  after(
    principal: Principal,
    filter: EventFilter,
    from: EventPosition,
    limit: number,
  ): Promise<{ readonly events: readonly PlacedEvent[]; readonly position: number; readonly more: boolean }>;
  /** Calls `wake` when something may have come for this principal. Returns what ends it. */
  onNews(principal: Principal, wake: () => void): () => void;
}
