import { z } from 'zod';
import type { HidReport } from '../kit/hid/index.ts';
import type { SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { createSimulatedHid } from '../kit/simulator/simulated-hid.ts';

const number = (bits: number) =>
  z
    .int()
    .min(-(2 ** (bits - 1)))
    .max(2 ** bits - 1);

const valuesShape = {
  /** In steps of the scale: the number that goes over the wire. */
  weight: number(16),
  /** Of ten. */
  exponent: number(8),
  /** Codes of the usage tables. */
  unit: z.int().min(0).max(255),
  status: z.int().min(0).max(255),
};
const { weight, exponent, unit, status } = valuesShape;

/** A simulated scale: what it weighs, and when it speaks. */
const optionsSchema = z.strictObject({
  weight: weight.default(0),
  exponent: exponent.default(0),
  unit: unit.default(2),
  status: status.default(2),
  /** `always`: some times a second; `on_change`: only when something has changed. */
  speaks: z.enum(['always', 'on_change']).default('always'),
});

const changeSchema = z.strictObject({
  weight: weight.optional(),
  exponent: exponent.optional(),
  unit: unit.optional(),
  status: status.optional(),
  /** Switched itself off, but still on the bus: it says nothing. */
  asleep: z.boolean().optional(),
});

const REPORT_ID = 3;

/** A scale whose data report has the usual layout. `state()` gives its values and how many reports it sent. */
export const scaleHidSimulator: SimulatorModel = {
  listing: 'cn-scale-hid',
  create: (options) => createSimulatedScale(options, () => performance.now()),
};

/** The same with a clock of the test's. */
export function createSimulatedScale(given: unknown, nowMs: () => number): SimulatedDevice {
  const { speaks, ...values } = optionsSchema.parse(given);
  let asleep = false;
  let said = '';
  let reports = 0;

  const report = (): HidReport => {
    const data = new DataView(new ArrayBuffer(5));
    data.setUint8(0, values.status);
    data.setUint8(1, values.unit);
    data.setInt8(2, values.exponent);
    data.setInt16(3, values.weight, true);
    return { id: REPORT_ID, data: new Uint8Array(data.buffer) };
  };
  const speak = (): readonly HidReport[] => {
    const now = JSON.stringify(values);
    if (asleep || (speaks === 'on_change' && now === said)) return [];
    said = now;
    reports += 1;
    return [report()];
  };
  return createSimulatedHid(
    { speak },
    {
      state: () => ({ ...values, asleep, reports }),
      change(change) {
        const { asleep: sleeps, ...changed } = changeSchema.parse(change);
        Object.assign(values, Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)));
        asleep = sleeps ?? asleep;
      },
    },
    nowMs,
  );
}
