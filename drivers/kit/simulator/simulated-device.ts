import type { JsonObject } from '../json.ts';

/** Sends bytes from the simulated device to the host, after `delayMs` (0 when absent). */
export type Send = (bytes: Uint8Array, delayMs?: number) => void;

/**
 * The device at the far end of the wire, speaking its published protocol. Pure state: it gets bytes and sends bytes;
 * the harness owns the wire, the faults and the clock.
 */
export interface SimulatedDevice {
  /** Bytes from the host, in chunks of any size. */
  receive(bytes: Uint8Array, send: Send): void;
  /** The cable was plugged in or power came on: forget half-received input, send a banner if the device has one. */
  powerOn?(send: Send): void;
  /** What a person standing in front of it would see. */
  state(): JsonObject;
  /**
   * What a person standing in front of it could change: put a weight on, flip a switch, scan a code, which it sends.
   * Throws on a bad key or value.
   */
  change?(change: JsonObject, send?: Send): void;
  /** What it sends by itself, as long as it is plugged in; the harness calls `tick` at this pace. */
  readonly beat?: { readonly intervalMs: number; tick(send: Send): void };
  /** A closer look at what {@link SimulatedDevice.state} only counts: the paper of a printer. Throws on a bad request. */
  view?(request: JsonObject): JsonObject;
}

/** Makes one simulated device from the options in a simulator's configuration. */
export interface SimulatorModel {
  /** The listing whose driver speaks to it. */
  readonly listing: string;
  /** Parses `options` itself and throws a readable error on bad ones. */
  readonly create: (options: JsonObject) => SimulatedDevice;
}
