import { z } from 'zod';
import { type DeepReadonly, innerErrorSchema, jsonObjectSchema, timestampSchema } from './common.ts';

const text = z.string().nullable();

/** Who uses a device at the moment. */
export const ownerSchema = z
  .union([
    z.object({ type: z.literal('connector'), id: z.string(), name: z.string() }),
    z.object({ type: z.literal('process'), name: z.string(), pid: z.int() }),
  ])
  .nullable();
/** Who uses a device at the moment; null when it is free. */
export type Owner = DeepReadonly<z.output<typeof ownerSchema>>;

/** A device: one openable interface of a physical unit, or one address on a bus. */
export const deviceSchema = z
  .object({
    id: z.string(),
    object: z.literal('device'),
    parent: text,
    bus: z.enum(['serial', 'tcp', 'hid', 'usb_printer']).describe('What it hangs on'),
    path: z.string(),
    unit: z.int().nullable(),
    present: z.boolean(),
    simulated: z.boolean(),
    declared: z.boolean(),
    added: z.boolean().describe('A person added its network address, and may remove it again'),
    descriptor: z.object({
      vendor_id: text,
      product_id: text,
      manufacturer: text,
      product: text,
      serial_number: text,
      interface: text,
      topology: text,
      usages: z.array(z.string()).describe('Top-level usages of a HID interface, page and usage in hex'),
      ieee1284_id: text.describe('What a USB printer says of itself'),
    }),
    identity: z.object({
      confidence: z.enum(['protocol_serial', 'serial', 'port', 'path', 'ambiguous']),
      explanation: z.string(),
      protocol_serial: text,
      needs_confirmation: z.boolean(),
    }),
    recognition: z.object({
      listing: text,
      certainty: z.enum(['certain', 'likely', 'unclear']),
      reason: z.string(),
      candidates: z.array(z.object({ listing: z.string(), score: z.number(), reason: z.string() })),
      shared_adapter: z.boolean(),
    }),
    found: z
      .object({ listing: z.string(), config: jsonObjectSchema })
      .nullable()
      .describe('What it was found to be set to when it answered, to install it with'),
    owner: ownerSchema,
    problem: z.object({ reason: z.string(), message: z.string(), hint: z.string() }).nullable(),
    first_seen_at: timestampSchema,
    last_seen_at: timestampSchema,
  })
  .meta({ id: 'Device' });
/** A device as the API shows it. */
export type DeviceObject = DeepReadonly<z.output<typeof deviceSchema>>;

const addressSchema = z
  .string()
  .min(1)
  .max(300)
  .describe('tcp://host:port (port 9100 when left out) or rfc2217://host:port');

/** Where a device on the network is. */
export const addDeviceBodySchema = z.strictObject({ address: addressSchema });

/** What is at a network address, as far as can be told without sending anything. */
export const addressCheckSchema = z
  .object({
    object: z.literal('address_check'),
    address: z.string().describe('In the one way it is written'),
    device: text.describe('The device that is known there already'),
    reachable: z
      .boolean()
      .nullable()
      .describe('Whether it took a connection; null: not tried, a device is known there'),
    error: innerErrorSchema.nullable().describe('Why it is not to be reached'),
  })
  .meta({ id: 'AddressCheck' });
/** What is at a network address. */
export type AddressCheckObject = DeepReadonly<z.output<typeof addressCheckSchema>>;

/** A device that was taken back. */
export const deletedDeviceSchema = z.object({
  id: z.string(),
  object: z.literal('device'),
  deleted: z.literal(true),
});

/** What to ask a device with, when it is asked who it is. */
export const identifyBodySchema = z.strictObject({
  listing: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The driver to ask with; without it each family is asked that can be without risk'),
  config: jsonObjectSchema.optional().describe("The listing's settings, for example the speed of the line"),
  dry_run: z.boolean().optional().describe('Say what would be sent, and send nothing'),
});
/** What to ask a device with. */
export type IdentifyBody = DeepReadonly<z.output<typeof identifyBodySchema>>;

/** What a device said when it was asked, and every byte of the asking. */
export const identifyReportSchema = z
  .object({
    object: z.literal('identify_report'),
    device: deviceSchema,
    listing: text.describe('As what it answered or was asked; null when it answered to nobody'),
    recognised: z.boolean(),
    identification: z
      .object({ manufacturer: text, model: text, protocolSerial: text, details: jsonObjectSchema })
      .nullable(),
    error: innerErrorSchema.nullable(),
    config: jsonObjectSchema.describe('What was found to install it with'),
    exchanges: z
      .array(z.object({ label: z.string(), sent: z.string(), received: z.string(), listing: text, line: text }))
      .describe('Every byte both ways, in hex'),
    attempts: z.array(
      z.object({
        listing: z.string(),
        line: text,
        unit: z.int().nullable(),
        outcome: z.enum(['answered', 'possible', 'silent', 'unreadable', 'impossible', 'planned']),
        message: text,
        risks: z.array(z.string()),
        frames: z.array(z.string()).describe('What is sent before there is an answer, in hex'),
      }),
    ),
    left_out: z.array(z.object({ listing: z.string(), reason: z.string() })),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'IdentifyReport' });
/** What a device said when it was asked. */
export type IdentifyReportObject = DeepReadonly<z.output<typeof identifyReportSchema>>;

/** How far the asking is. */
export const identifyProgressSchema = z
  .object({ done: z.int(), total: z.int(), listing: z.string(), line: text, unit: z.int().nullable() })
  .meta({ id: 'IdentifyProgress' });
/** How far the asking is. */
export type IdentifyProgressObject = DeepReadonly<z.output<typeof identifyProgressSchema>>;
