import { z } from 'zod';
import { awaitInputReport, recallInputReport } from '../kit/hid/index.ts';
import { AgentError, defineReadTool, type Link, type ReadTool, readingShape } from '../kit/index.ts';
import type { ConfiguredScale } from './options.ts';
import { type Reading, readWeight, type Weight } from './weight.ts';

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
    fresh_only: z
      .boolean()
      .default(false)
      .describe(
        'Refuse a weight that the scale said before this call. Scales that speak only when the load changes have no other while nothing moves',
      ),
  })
  .refine(({ mode, wait_stable_ms }) => mode !== 'immediate' || wait_stable_ms === undefined, {
    path: ['wait_stable_ms'],
    message: 'only for mode "stable": leave out mode, or wait_stable_ms',
  });

const output = z.strictObject({
  ...readingShape,
  at: readingShape.at.describe('When the scale said it, RFC 3339 UTC'),
  device_unit: z.string().describe('What the unit is called on the scale'),
  status: z
    .enum(['zero', 'in_motion', 'stable', 'below_zero'])
    .describe('What the scale says of the load; below_zero: whether it has settled is not said'),
  fresh: z.boolean().describe('Whether the scale said it during this call'),
  age_ms: z.int().describe('How long before the answer the scale said it, in milliseconds'),
});

const DEFAULT_STABLE_WAIT_MS = 5_000;

/** `weight.read`: waits for a report; sends nothing. */
export function weightTool(scale: ConfiguredScale): ReadTool {
  return defineReadTool({
    capability: 'weight.read',
    title: 'Read the weight',
    description:
      'Reads the weight that the scale shows, exactly in the resolution of the scale. Give wait_stable_ms to wait for a ' +
      'settled weight. Typical: {"value":"4.9","unit":"[oz_av]","stable":true,"fresh":true}. With "fresh": false the scale ' +
      'said it before this call, age_ms ago, and has been silent since: scales that speak only on change do that while ' +
      'nothing moves. Fails instead of giving a number when the load is over the limit or the scale reports a fault. Changes nothing.',
    input,
    output,
    testArguments: {},
    async read(link, { mode, wait_stable_ms, fresh_only }) {
      const waits = mode === 'stable' || wait_stable_ms !== undefined;
      const found = waits
        ? await stableWeight(scale, link, wait_stable_ms ?? DEFAULT_STABLE_WAIT_MS, fresh_only)
        : await weightNow(scale, link, fresh_only);
      return present(found, link);
    },
  });
}

/** A weight and how old it is; 0: said just now. */
interface Found {
  readonly weight: Weight;
  readonly fresh: boolean;
  readonly ageMs: number;
}

async function weightNow(scale: ConfiguredScale, link: Link, freshOnly: boolean): Promise<Found> {
  const fresh = await listen(scale, link, scale.freshWaitMs, () => true);
  if (fresh !== null) return { weight: requireWeight(fresh), fresh: true, ageMs: 0 };
  const last = await recall(scale, link);
  if (last === null || freshOnly) throw silent(scale.freshWaitMs, last);
  return { ...last, weight: requireWeight(last.reading), fresh: false };
}

async function stableWeight(scale: ConfiguredScale, link: Link, waitMs: number, freshOnly: boolean): Promise<Found> {
  const isStable = (reading: Reading) => reading.kind === 'none' || reading.weight.stable;
  const first = await listen(scale, link, Math.min(scale.freshWaitMs, waitMs), () => true);
  if (first !== null && isStable(first)) return { weight: requireWeight(first), fresh: true, ageMs: 0 };
  if (first === null && !freshOnly) {
    // It says nothing: then nothing has moved since it said that the load was at rest.
    const last = await recall(scale, link);
    if (last !== null && isStable(last.reading)) return { ...last, weight: requireWeight(last.reading), fresh: false };
  }
  const left = waitMs - (first === null ? scale.freshWaitMs : 0);
  const settled = left > 0 ? await listen(scale, link, left, isStable) : null;
  if (settled !== null) return { weight: requireWeight(settled), fresh: true, ageMs: 0 };
  const last = await recall(scale, link);
  if (last === null || last.reading.kind === 'none') throw silent(waitMs, last);
  const seen = `${last.reading.weight.value} ${last.reading.weight.unitName}`;
  throw new AgentError('device_not_ready', `The weight did not settle within ${waitMs} ms; the last one was ${seen}.`, {
    hint: 'Keep the scale free of draught and vibration, or read with mode "immediate".',
    details: { reason: 'not_settled', expected: 'a settled weight', seen },
  });
}

/** The next report that is `wanted`; null when there is none in time. */
async function listen(
  { layout }: ConfiguredScale,
  link: Link,
  waitMs: number,
  wanted: (reading: Reading) => boolean,
): Promise<Reading | null> {
  const { reportId, read } = layout();
  const request = awaitInputReport(
    ({ id, data }) => {
      const raw = id === reportId ? read(data) : null;
      const reading = raw === null ? null : readWeight(raw);
      return reading !== null && wanted(reading) ? reading : null;
    },
    'a weight that the scale says by itself',
    waitMs,
  );
  try {
    return await link.exchange(request);
  } catch (error) {
    if (AgentError.is(error, 'no_reply')) return null;
    throw error;
  }
}

async function recall(
  { layout }: ConfiguredScale,
  link: Link,
): Promise<{ readonly reading: Reading; readonly ageMs: number } | null> {
  const { reportId, read } = layout();
  const report = await link.exchange(recallInputReport(reportId, 'the last weight that the scale said'));
  const raw = report === null ? null : read(report.data);
  return report === null || raw === null ? null : { reading: readWeight(raw), ageMs: report.ageMs };
}

function present({ weight, fresh, ageMs }: Found, link: Link) {
  const { value, unit, stable, unitName, status } = weight;
  const at = new Date(Date.parse(link.now()) - ageMs).toISOString();
  return { value, unit, stable, at, device_unit: unitName, status: shownStatus(status), fresh, age_ms: ageMs };
}

function shownStatus(status: Weight['status']): z.output<typeof output>['status'] {
  const shown = output.shape.status.safeParse(status);
  if (shown.success) return shown.data;
  throw new RangeError(`no weight comes with the status ${status}`);
}

function requireWeight(reading: Reading): Weight {
  if (reading.kind === 'none') throw reading.error;
  return reading.weight;
}

function silent(waitMs: number, last: { readonly ageMs: number } | null): AgentError {
  const since = last === null ? 'and nothing since it was plugged in' : `and has been silent for ${last.ageMs} ms`;
  return new AgentError('no_reply', `The scale said no weight within ${waitMs} ms, ${since}.`, {
    hint: 'Switch it on: many switch themselves off after minutes without use. Some speak only when the load changes: put something on it, or read without fresh_only.',
    details: { expected: 'a weight', seen: 'nothing', ...(last === null ? {} : { last_heard_ms_ago: last.ageMs }) },
  });
}
