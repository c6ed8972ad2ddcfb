import { z } from 'zod';
import { defineSideEffectTool, type Resolution, type SideEffectTool } from '../kit/index.ts';
import { isZero, sameWeight, showWeight, weightSchema } from './amount.ts';
import { encode, zero } from './protocol.ts';
import { refusalError } from './refusals.ts';
import { frameOf, type Scale, settledWeight } from './scale.ts';

/**
 * `scale.zero`: `Z`. Whether it happened can be proven only one way afterwards: a zero clears the tare memory, so a tare
 * that is still there says that it did not. A weight of zero proves nothing, the load may have gone.
 */
export function zeroTool(scale: Scale): SideEffectTool {
  return defineSideEffectTool({
    capability: 'scale.zero',
    title: 'Set the scale to zero',
    description:
      'Makes the present load the zero point and clears the tare. Only near the zero point (on most models within 2 % of ' +
      'the capacity) and only at rest. Use it with an empty pan; to deduct a container use scale.tare.',
    input: z.strictObject({}),
    output: z.strictObject({ at: z.iso.datetime().describe('When the scale confirmed it, RFC 3339 UTC') }),
    data: z.strictObject({}),
    witness: z.strictObject({ weight: weightSchema, tare: weightSchema.nullable() }),
    testArguments: {},
    bestEvidence: 'device_ack',
    destructive: false,
    idempotent: true,
    plan: () => ({
      summary: 'Set the scale to zero and clear its tare',
      question: 'Did the scale go to zero, with its tare cleared?',
      frames: [{ bytes: encode(zero), label: zero.label }],
      data: {},
    }),
    async check(link) {
      const weight = await settledWeight(scale, link, 'zero');
      return { weight, tare: await scale.tare(link) };
    },
    async act(link, _data, plan) {
      const answer = await scale.perform(link, zero, frameOf(plan));
      if (answer.kind === 'refused') return { outcome: 'failed', error: refusalError(answer, 'set itself to zero') };
      return { outcome: 'applied', evidence: 'device_ack', result: { at: link.now() } };
    },
    async resolve(link, _data, _plan, before): Promise<Resolution> {
      const tare = await scale.tare(link);
      if (before.tare !== null && !isZero(before.tare) && tare !== null && sameWeight(before.tare, tare)) {
        return { happened: false, evidence: 'read_back' };
      }
      const weight = await scale.weightNow(link);
      return {
        happened: 'unknown',
        reason:
          `A scale keeps no record of being set to zero. It showed ${showWeight(before.weight)} before and shows ` +
          `${showWeight(weight)} now; look at the scale and settle it.`,
      };
    },
  });
}
