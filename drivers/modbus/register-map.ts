import { z } from 'zod';
import { compareDecimals, parseDecimal } from '../kit/index.ts';
import type { RegisterTable, Span } from './pdu.ts';
import { registerCount, valueTypes, wordOrders } from './values.ts';

const name = z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, 'lower-case words joined by _');
const decimalText = z.string().refine((text) => parseDecimal(text) !== null, 'a decimal number as text');
const address = z.int().min(0).max(0xffff).describe('Address on the wire, 0-based');

const registerSchema = z.strictObject({
  name,
  title: z.string().min(1),
  table: z.enum(['input', 'holding']),
  address,
  type: z.enum(valueTypes),
  word_order: z.enum(wordOrders).default('ABCD'),
  scale: decimalText.default('1').describe('The raw number times this is the value'),
  unit: z.string().min(1).describe('UCUM code; 1 for a number without a unit'),
  bounds: z
    .strictObject({ min: decimalText, max: decimalText })
    .refine(({ min, max }) => below(min, max), 'min must be below max')
    .optional()
    .describe('What the device can measure; a value outside is an unreadable answer'),
  access: z.literal('read').default('read'),
});

const relaysSchema = z.strictObject({
  first_coil: address,
  count: z.int().min(1).max(64),
  access: z.enum(['read', 'read_write']),
});

/**
 * What a model keeps where. A map is data: a new model is a new table, no code. Registers with unknown meaning are left
 * out, since order and scale are never guessed from values.
 */
export const registerMapSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: z.string().min(1),
    manufacturer: z.string().nullable(),
    models: z.array(z.string()).min(1),
    manual: z.string().min(1),
    /** Read by `sensor.read`. */
    sensors: z.array(registerSchema),
    relays: relaysSchema.nullable(),
    /** Read to identify a unit that has no device identification (FC 2B/0E). */
    identity: z.array(registerSchema).min(1),
    /** A new value is worth reading after this long; an older one is stale. */
    expected_interval_ms: z.int().min(100),
    /** The most registers the model gives in one answer. */
    max_registers: z.int().min(2).max(125).default(125),
  })
  .refine((map) => map.sensors.length > 0 || map.relays !== null, 'a map needs sensors or relays')
  .refine(
    (map) => new Set(map.sensors.map((sensor) => sensor.name)).size === map.sensors.length,
    'two sensors have one name',
  );

export type RegisterMap = z.output<typeof registerMapSchema>;
export type Register = RegisterMap['sensors'][number];

/** Registers that one request reads. */
export interface RegisterBlock extends Span {
  readonly table: RegisterTable;
  readonly registers: readonly Register[];
}

/** Joins registers that lie side by side in one table into as few reads as the model allows, in order of address. */
export function planBlocks(registers: readonly Register[], maxRegisters: number): readonly RegisterBlock[] {
  const ordered = registers.toSorted((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  const blocks: RegisterBlock[] = [];
  for (const register of ordered) {
    const size = registerCount(register.type);
    const last = blocks.at(-1);
    const joins =
      last !== undefined &&
      last.table === register.table &&
      last.start + last.count === register.address &&
      last.count + size <= maxRegisters;
    if (joins)
      blocks[blocks.length - 1] = { ...last, count: last.count + size, registers: [...last.registers, register] };
    else blocks.push({ table: register.table, start: register.address, count: size, registers: [register] });
  }
  return blocks;
}

function below(min: string, max: string): boolean {
  const [low, high] = [parseDecimal(min), parseDecimal(max)];
  return low !== null && high !== null && compareDecimals(low, high) < 0;
}
