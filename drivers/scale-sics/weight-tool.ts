import { z } from 'zod';
import { defineReadTool, type ReadTool, readingShape } from '../kit/index.ts';
import { isZero } from './amount.ts';
import type { Scale } from './scale.ts';

/** A call lasts 30 seconds at most, waiting for the scale's turn included. */
const LONGEST_WAIT_MS = 25_000;

const input = z
  .strictObject({
    mode: z
      .enum(['immediate', 'stable'])
      .optional()
      .describe(
        'immediate: the weight now, with a flag that says whether it has settled; stable: wait for rest. Left out: stable when wait_stable_ms is given, otherwise immediate',
      ),
    wait_stable_ms: z
      .int()
      .min(250)
      .max(LONGEST_WAIT_MS)
      .optional()
      .describe(
        'How long to wait for the weight to settle, in milliseconds; typically 5000. A weight that does not settle in time is an error that names the last one seen',
      ),
    include_tare: z.boolean().default(false).describe('Also ask for the tare memory, in a second question'),
  })
  .refine(({ mode, wait_stable_ms }) => mode !== 'immediate' || wait_stable_ms === undefined, {
    path: ['wait_stable_ms'],
    message: 'only for mode "stable": leave out mode, or wait_stable_ms',
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
      'Give wait_stable_ms to wait for a settled weight. Typical: {"value":"12.480","unit":"kg","stable":true}. ' +
      'Fails instead of giving a number when the scale is over or under its range, busy, or reports a fault. Changes nothing.',
    input,
    output,
    testArguments: {},
    async read(link, { mode, wait_stable_ms, include_tare }) {
      const waits = mode === 'stable' || wait_stable_ms !== undefined;
      const weight = waits
        ? await scale.weightStable(link, wait_stable_ms, LONGEST_WAIT_MS)
        : await scale.weightNow(link);
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
