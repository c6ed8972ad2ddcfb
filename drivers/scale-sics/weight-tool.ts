import { z } from 'zod';
import { defineReadTool, type ReadTool, readingShape } from '../kit/index.ts';
import { isZero } from './amount.ts';
import type { Scale } from './scale.ts';

const input = z.strictObject({
  mode: z
    .enum(['immediate', 'stable'])
    .default('immediate')
    .describe('immediate: the weight now, with a flag that says whether it has settled; stable: wait for rest'),
  wait_stable_ms: z
    .int()
    .min(250)
    .max(60_000)
    .optional()
    .describe('Mode stable only: how long to wait, in milliseconds; otherwise as configured'),
  include_tare: z.boolean().default(false).describe('Also ask for the tare memory, in a second question'),
});

const output = z.strictObject({
  ...readingShape,
  device_unit: z.string().describe('The unit symbol the scale sent'),
  net: z.boolean().optional().describe('Whether a tare is deducted from value; absent when unknown'),
  tare: z.string().optional().describe('The tare memory; absent when not asked for or not told'),
  tare_unit: z.string().optional().describe('UCUM unit code of tare'),
});

/** `weight.read`: `SI` or `S`, with `TA` on request. */
export function weightTool(scale: Scale): ReadTool {
  return defineReadTool({
    capability: 'weight.read',
    title: 'Read the weight',
    description:
      'Reads the net weight on the scale (tare deducted, as displayed), exactly in the resolution of the scale. ' +
      'Fails instead of giving a number when the scale is over or under its range, busy, or reports a fault. Changes nothing.',
    input,
    output,
    testArguments: {},
    async read(link, { mode, wait_stable_ms, include_tare }) {
      const weight = mode === 'stable' ? await scale.weightStable(link, wait_stable_ms) : await scale.weightNow(link);
      const at = link.now();
      const tare = include_tare ? await scale.tare(link) : null;
      return {
        value: weight.value,
        unit: weight.unit,
        stable: weight.stable,
        at,
        device_unit: weight.deviceUnit,
        ...(tare === null ? {} : { net: !isZero(tare), tare: tare.value, tare_unit: tare.unit }),
      };
    },
  });
}
