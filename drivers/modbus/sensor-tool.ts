import { z } from 'zod';
import {
  AgentError,
  compareDecimals,
  type DriverContext,
  defineReadTool,
  formatDecimal,
  type JsonObject,
  type Link,
  parseDecimal,
  type ReadTool,
  readingShape,
} from '../kit/index.ts';
import { readRegisters } from './pdu.ts';
import { planBlocks, type Register, type RegisterMap } from './register-map.ts';
import { mapOf, type Unit, unitOf } from './unit.ts';
import { decodeValue, registerCount } from './values.ts';

/** A value with its register's unit, in the resolution of the register. */
export interface SensorReading extends JsonObject {
  readonly value: string;
  readonly unit: string;
  readonly stable: boolean;
  readonly at: string;
}

/**
 * `sensor.read` for a map with sensors. Every sensor is read each time. `stable` is always true: a register holds the
 * last finished measurement.
 */
export function sensorReadTool(context: DriverContext): ReadTool {
  const map = mapOf(context);
  const list = map.sensors.map(describeSensor).join('; ');
  return defineReadTool({
    capability: 'sensor.read',
    title: `Read ${map.sensors.map((sensor) => sensor.title.toLowerCase()).join(', ')}`,
    description: `Reads the sensor's present values (${list}). Changes nothing.`,
    input: z.strictObject({}),
    output: z.strictObject({ values: valuesSchema(map), at: readingShape.at }),
    testArguments: {},
    expectedIntervalMs: map.expected_interval_ms,
    async read(link) {
      const values = await readValues(unitOf(context), link, map.sensors);
      return { values, at: link.now() };
    },
  });
}

/** Reads registers in as few requests as can be, and checks each against its bounds (`bad_reply`). */
export async function readValues(
  unit: Unit,
  link: Link,
  registers: readonly Register[],
): Promise<Record<string, SensorReading>> {
  const readings = new Map<string, SensorReading>();
  for (const block of planBlocks(registers, unit.map.max_registers)) {
    const words = await unit.ask(link, readRegisters(block.table, block));
    const at = link.now();
    for (const register of block.registers) {
      const first = register.address - block.start;
      const value = readRegister(unit, register, words.slice(first, first + registerCount(register.type)));
      readings.set(register.name, { value, unit: register.unit, stable: true, at });
    }
  }
  return Object.fromEntries(
    registers.flatMap(({ name }) => {
      const reading = readings.get(name);
      return reading === undefined ? [] : [[name, reading] as const];
    }),
  );
}

function readRegister(unit: Unit, register: Register, words: readonly number[]): string {
  const value = decodeValue(words, register);
  const seen =
    value === null ? `0x${words.map((word) => word.toString(16).padStart(4, '0')).join('')}` : formatDecimal(value);
  const { bounds } = register;
  const min = bounds === undefined ? null : parseDecimal(bounds.min);
  const max = bounds === undefined ? null : parseDecimal(bounds.max);
  const outside =
    value === null ||
    (min !== null && compareDecimals(value, min) < 0) ||
    (max !== null && compareDecimals(value, max) > 0);
  if (!outside) return seen;
  const expected = bounds === undefined ? 'a number' : `${bounds.min} to ${bounds.max} ${register.unit}`;
  throw new AgentError(
    'bad_reply',
    `Modbus ${unit.name} gave no usable ${register.title.toLowerCase()}: expected ${expected}, saw ${seen}.`,
    {
      hint: `Check that the unit is a ${unit.map.models.join(' or ')} (register map ${unit.map.id}), and that its probe is not broken or disconnected.`,
      details: { unit: unit.name, register: register.name, expected, seen },
    },
  );
}

function valuesSchema(map: RegisterMap) {
  return z.strictObject(
    Object.fromEntries(
      map.sensors.map((sensor) => [
        sensor.name,
        z.strictObject({ ...readingShape, unit: z.literal(sensor.unit) }).describe(describeSensor(sensor)),
      ]),
    ),
  );
}

function describeSensor({ name, title, unit, bounds }: Register): string {
  const range = bounds === undefined ? '' : `, ${bounds.min} to ${bounds.max}`;
  return `${name}: ${title.toLowerCase()} in ${unit}${range}`;
}
