import { z } from 'zod';
import { faultKinds } from '../kit/simulator/faults.ts';

const id = z.int().min(0);
const name = z.string();
const json = z.record(z.string(), z.json());

/** One line from a client. */
export const controlRequestSchema = z.discriminatedUnion('method', [
  z.strictObject({ id, method: z.literal('list') }),
  z.strictObject({ id, method: z.literal('plug'), name }),
  z.strictObject({ id, method: z.literal('unplug'), name }),
  z.strictObject({ id, method: z.literal('fault'), name, kind: z.enum(faultKinds), count: z.int().min(1).optional() }),
  z.strictObject({ id, method: z.literal('change'), name, change: json }),
  z.strictObject({ id, method: z.literal('state'), name }),
  z.strictObject({ id, method: z.literal('view'), name, request: json.default({}) }),
  z.strictObject({ id, method: z.literal('stop') }),
]);

export type ControlRequest = z.output<typeof controlRequestSchema>;

/** One line to a client. `id` is null when the request could not be read at all. */
export const controlResponseSchema = z.discriminatedUnion('ok', [
  z.strictObject({ id, ok: z.literal(true), result: z.json() }),
  z.strictObject({ id: id.nullable(), ok: z.literal(false), message: z.string() }),
]);

export type ControlResponse = z.output<typeof controlResponseSchema>;

/** One simulated device as `list` shows it. */
export const hostedDeviceSchema = z.strictObject({
  name,
  listing: z.string(),
  path: z.string(),
  plugged: z.boolean(),
  fault: z.enum(faultKinds),
  /** Bytes received since the host began, and the last of them in hex. */
  received_count: z.int().min(0),
  received_tail: z.string(),
  state: json,
});

export type HostedDeviceStatus = z.output<typeof hostedDeviceSchema>;

export const stateSchema = json;
