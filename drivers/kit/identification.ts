import type { JsonObject } from './json.ts';

/** What a device says of itself when asked. */
export interface Identification {
  readonly manufacturer: string | null;
  readonly model: string | null;
  /** The serial number the device itself reports over its protocol; the best identity there is. */
  readonly protocolSerial: string | null;
  /** Firmware, capacity and whatever else was said. */
  readonly details: JsonObject;
}
