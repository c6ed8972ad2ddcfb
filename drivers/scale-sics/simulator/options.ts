import { z } from 'zod';
import { parseDecimal } from '../../kit/index.ts';
import { sicsUnits } from '../units.table.ts';

const decimal = z.string().refine((text) => parseDecimal(text) !== null, 'decimal text, for example 12.480');
const printable = z.string().regex(/^[ !#-~]{0,80}$/, 'printable characters without the double quote');

/** What a simulator's configuration may say about a scale. */
const optionsSchema = z.strictObject({
  serial: printable.default('B000000001'),
  model: printable.default('MS32001L'),
  firmware: printable.default('2.30 10.28.0.493.142'),
  /** The load at start. Its digits after the point are the resolution of the scale. */
  gross: decimal.default('0.00'),
  unit: z
    .string()
    .default('g')
    .refine((symbol) => Object.hasOwn(sicsUnits, symbol), 'a unit symbol of MT-SICS, for example kg'),
  /** In the unit at start; 32 kg, else 32000, when not given. */
  capacity: decimal.optional(),
  stable: z.boolean().default(true),
  /** How long S, Z and T wait for rest before they answer I. */
  stability_timeout_ms: z.int().min(0).max(120_000).default(2_000),
  /** Level 0 scales answer ES to tare commands. */
  level: z.literal([0, 1]).default(1),
  /** Answers as some clones do: no padding, no quotes, a bare `T A` and `TA A`. */
  terse: z.boolean().default(false),
});

/** Options with every default filled in. */
export type SimulatorOptions = Required<z.output<typeof optionsSchema>>;

/** Reads a simulator's options; throws a readable error on bad ones. */
export function parseOptions(options: unknown): SimulatorOptions {
  const parsed = optionsSchema.parse(options);
  return { ...parsed, capacity: parsed.capacity ?? (parsed.unit === 'kg' ? '32' : '32000') };
}

/** What a person in front of the scale can change. */
export const changeSchema = z.strictObject({
  /** The load, in the unit and resolution of the scale. */
  gross: decimal.optional(),
  tare: decimal.optional(),
  stable: z.boolean().optional(),
  unit: optionsSchema.shape.unit.unwrap().optional(),
  /** The number of a hardware fault (`10b`) that stands in place of every weight; null mends it. */
  fault: z
    .string()
    .regex(/^[0-9a-z]{1,6}$/)
    .nullable()
    .optional(),
});

/** A parsed {@link changeSchema}. */
export type ScaleChange = z.output<typeof changeSchema>;
