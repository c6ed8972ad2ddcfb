import { z } from 'zod';
import { mapNames } from '../maps/index.ts';

const unitAddress = z.int().min(1).max(247);
const relayNumbers = z.array(z.int().min(1));
const values = z.record(z.string(), z.string()).describe('Decimal text by name of the register in the map');
const delayMs = z.int().min(0).max(60_000);

/** One unit when it is switched on. */
const unitOptionsSchema = z.strictObject({
  address: unitAddress,
  map: z.enum(mapNames),
  values: values.default({}),
  relays_on: relayNumbers.default([]),
  stuck_relays: relayNumbers.default([]).describe('Relays whose commands are confirmed and not carried out'),
  silent: z.boolean().default(false).describe('Off or cut from the bus: hears and does nothing'),
  reply_delay_ms: delayMs.default(0),
  identification: z
    .strictObject({ vendor: z.string(), product_code: z.string(), revision: z.string() })
    .nullable()
    .default(null)
    .describe('What it answers to FC 2B/0E; null: it does not offer the function'),
});

export type UnitOptions = z.output<typeof unitOptionsSchema>;

/** A whole bus. */
export const busOptionsSchema = z.strictObject({
  units: z
    .array(unitOptionsSchema)
    .min(1)
    .refine((units) => new Set(units.map((unit) => unit.address)).size === units.length, 'two units have one address'),
});

/** What a person at the bus can change about one unit. */
export const busChangeSchema = z.strictObject({
  address: unitAddress,
  values: values.optional(),
  relays: z.record(z.string().regex(/^\d+$/), z.boolean()).optional().describe('on or off by relay number'),
  stuck_relays: relayNumbers.optional(),
  silent: z.boolean().optional(),
  reply_delay_ms: delayMs.optional(),
});

export type BusChange = z.output<typeof busChangeSchema>;
