import type { JsonObject } from '../../../drivers/kit/index.ts';

/** The last value a read gave. */
export interface Reading {
  readonly connector_id: string;
  /** The device that gave it; null where that is not known any more, and of a software source. */
  readonly device_id: string | null;
  readonly tool: string;
  readonly value: JsonObject;
  readonly at: string;
  /** After this long without a new one the value is stale; null where there is no such thing. */
  readonly expected_interval_ms: number | null;
}

/** A value that a read gave earlier. */
export interface PastReading {
  readonly at: string;
  /** The device that gave it; null where that is not known any more. */
  readonly device_id: string | null;
  readonly value: JsonObject;
}
