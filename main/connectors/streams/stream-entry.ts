import type { GapReason, JsonObject } from '../../../drivers/kit/index.ts';

/** What came over a stream: something that the device sent. */
export interface StreamItem {
  readonly kind: 'item';
  readonly item: JsonObject;
}

/** A place where something may be missing. */
export interface StreamGap {
  readonly kind: 'gap';
  readonly reason: GapReason;
  /** Since when; null when unknown. */
  readonly since: string | null;
  /** Items that are missing; null when unknown, and it may be none. */
  readonly lost: number | null;
  /** Bytes that could not be used; null when unknown. */
  readonly bytes: number | null;
}

/** One of them with its place. */
export interface StreamEntry {
  /** Grows with each entry of a connector, also over restarts; with holes. */
  readonly seq: number;
  /** Items up to this one, itself included. */
  readonly items: number;
  readonly at: string;
  /** The device that sent it, or would have; null where that is not known any more. */
  readonly deviceId: string | null;
  readonly body: StreamItem | StreamGap;
}

/** What happened on a stream, for who follows it. */
export interface StreamNews {
  readonly connector_id: string;
  readonly device_id: string;
  readonly tool: string;
  readonly at: string;
  /** To go on from here with the stream's tool. */
  readonly cursor: string;
  readonly entry: StreamItem | StreamGap;
}
