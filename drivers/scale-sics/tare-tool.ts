import { z } from 'zod';
import {
  type ActOutcome,
  AgentError,
  defineSideEffectTool,
  type Link,
  type Resolution,
  type SideEffectTool,
} from '../kit/index.ts';
import { type Amount, isZero, sameWeight, shows, showWeight, sum, weightSchema } from './amount.ts';
import type { Weight } from './answer.ts';
import { encode } from './protocol.ts';
import { refusalError } from './refusals.ts';
import { frameOf, type Scale, settledWeight } from './scale.ts';
import { commandFor, presetOf, questionOf, summarise, type TareData, tareData, tareInput } from './tare-arguments.ts';

const witness = z.strictObject({
  /** The load in front of a `take`. */
  weight: weightSchema.nullable(),
  /** The tare memory before; null when the scale does not tell it. */
  tare: weightSchema.nullable(),
});

/**
 * `scale.tare`: `T`, `TA v u` or `TAC`. Afterwards the tare memory (`TA`) says whether it happened: it holds what was
 * wanted, or what was there before. Tare is a state, so a tare that a restart of the scale has cleared counts as not done.
 */
export function tareTool(scale: Scale): SideEffectTool {
  return defineSideEffectTool({
    capability: 'scale.tare',
    title: 'Tare the scale',
    description:
      'Sets the tare, which the scale deducts from every weight until it is cleared, set to zero or switched off: ' +
      'the present load (at rest), a given amount, or none.',
    input: tareInput,
    output: z.strictObject({
      action: tareData.shape.action,
      tare: z
        .string()
        .nullable()
        .describe('The tare memory afterwards, decimal text; null when the scale does not tell'),
      unit: z.string().nullable().describe('UCUM unit code of tare'),
      at: z.iso.datetime().describe('When the scale confirmed it, RFC 3339 UTC'),
    }),
    data: tareData,
    witness,
    testArguments: {},
    bestEvidence: 'device_ack',
    destructive: false,
    idempotent: true,
    plan(args) {
      const { action } = args;
      const preset = presetOf(args);
      const command = commandFor({ action, preset });
      return {
        summary: summarise({ action, preset }),
        question: questionOf({ action, preset }),
        frames: [{ bytes: encode(command), label: command.label }],
        data: { action, preset },
      };
    },
    async check(link, { action, preset }) {
      if (action === 'take') {
        const weight = await settledWeight(scale, link, 'tare');
        return { weight, tare: await scale.tare(link) };
      }
      const tare = await scale.tare(link);
      if (preset !== null && tare !== null && tare.unit !== preset.unit) throw otherUnit(preset, tare);
      return { weight: null, tare };
    },
    async act(link, args, plan): Promise<ActOutcome> {
      const answer = await scale.perform(link, commandFor(args), frameOf(plan));
      if (answer.kind === 'refused') return { outcome: 'failed', error: refusalError(answer, purposes[args.action]) };
      const at = link.now();
      const tare = answer.value ?? (await tareIfTold(scale, link));
      const result = { action: args.action, tare: tare?.value ?? null, unit: tare?.unit ?? null, at };
      return { outcome: 'applied', evidence: 'device_ack', result };
    },
    async resolve(link, args, _plan, before): Promise<Resolution> {
      const tare = await scale.tare(link);
      if (tare === null)
        return { happened: 'unknown', reason: 'This scale does not tell its tare; look at its display.' };
      const asBefore = before.tare !== null && sameWeight(before.tare, tare);
      // What was so before can't show whether our command made it so: the caller has it, and more is not claimed.
      if (holdsWanted(args, before, tare)) return { happened: true, evidence: asBefore ? 'status_after' : 'read_back' };
      if (asBefore) return { happened: false, evidence: 'read_back' };
      const was = before.tare === null ? 'an unknown tare' : showWeight(before.tare);
      return {
        happened: 'unknown',
        reason: `The tare is ${showWeight(tare)}; before it was ${was}. Neither that nor what was wanted: look at the scale and settle it.`,
      };
    },
  });
}

const purposes = { take: 'tare', preset: 'take the given tare', clear: 'clear its tare' } as const;

/** Whether the tare memory holds what the effect was to put there. */
function holdsWanted({ action, preset }: TareData, before: z.output<typeof witness>, tare: Weight): boolean {
  if (preset !== null) return shows(tare, preset);
  if (action === 'clear') return isZero(tare);
  if (before.weight === null || before.tare === null) return false;
  const wanted = sum(before.weight, before.tare);
  return wanted !== null && sameWeight(tare, wanted);
}

/** The effect is done; a scale that then fails to tell its tare does not undo it. */
async function tareIfTold(scale: Scale, link: Link): Promise<Weight | null> {
  try {
    return await scale.tare(link);
  } catch (error) {
    if (error instanceof AgentError) return null;
    throw error;
  }
}

function otherUnit(preset: Amount, tare: Weight): AgentError {
  return new AgentError(
    'device_refused',
    `The scale takes a tare only in its own unit: it is set to ${tare.deviceUnit}, the tare was given in ${preset.unit}.`,
    {
      hint: `Give the tare in ${tare.unit}, or switch the unit at the scale.`,
      details: { reason: 'other_unit', expected: tare.unit, seen: preset.unit },
    },
  );
}
