import { z } from 'zod';

const deviceSchema = z.strictObject({
  name: z.string().min(1).max(64),
  listing: z.string().min(1),
  path: z.string().min(1).describe('Where the link to the PTY is made, or tcp://127.0.0.1:port'),
  options: z.record(z.string(), z.json()).default({}).describe("The simulator's own options"),
  baud_pacing: z
    .int()
    .min(50)
    .max(4_000_000)
    .nullable()
    .default(null)
    .describe('Deliver bytes both ways no faster than this many baud; null: at once'),
});

const distinct = (values: readonly string[]) => new Set(values).size === values.length;

/** What a simulator host is started with. */
export const hostSpecSchema = z.strictObject({
  control_socket: z.string().min(1).max(100).describe('Path of the Unix socket that controls the host'),
  seed: z.int().min(0).default(1).describe('For garbage that can be repeated'),
  devices: z
    .array(deviceSchema)
    .refine((devices) => distinct(devices.map((device) => device.name)), 'two devices have one name')
    .refine((devices) => distinct(devices.map((device) => device.path)), 'two devices have one path'),
});

/** A parsed specification. */
export type HostSpec = z.output<typeof hostSpecSchema>;
/** One device of it: at the far end of one wire. */
export type HostedDeviceSpec = HostSpec['devices'][number];
