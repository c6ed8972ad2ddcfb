import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const count = z.int().min(0);

const trialSchema = z.object({
  type: z.literal('trial'),
  at: z.string(),
  seed: z.int(),
  trial: count,
  trial_seed: z.int(),
  kill_after_ms: count,
  /** Kills of the agent that followed, while it started. */
  start_kills: count.default(0),
  restart_ms: count,
  reads: count,
  reads_failed: count.default(0),
  effects: count,
  applied: count,
  failed: count,
  refused: count,
  unknown_resolved: count,
  unknown_left: count,
  doubled: count,
  unaccounted: count,
  wrong: z.array(z.string()).readonly(),
  /** What was said of effects and reads that failed. */
  notes: z.array(z.string()).readonly().default([]),
});

const scenarioSchema = z.object({
  type: z.literal('scenario'),
  at: z.string(),
  name: z.string(),
  verdict: z.enum(['passed', 'failed', 'skipped']),
  why: z.string().nullable(),
  took_ms: count,
});

const entrySchema = z.discriminatedUnion('type', [trialSchema, scenarioSchema]);

/** One killed agent, with its count. */
export type TrialEntry = z.output<typeof trialSchema>;
/** One line of a ledger. */
export type LedgerEntry = z.output<typeof entrySchema>;

/** Adds a line; what was added stays whatever happens to the run afterwards. */
export function addToLedger(file: string, entry: LedgerEntry): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

/** Every line of a ledger; none when there is no file. Throws on a line that is none of ours. */
export function readLedger(file: string): readonly LedgerEntry[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [entrySchema.parse(JSON.parse(line))]));
}

/** What is counted of trials, in the order of the summary. */
export const counted = [
  'effects',
  'applied',
  'failed',
  'refused',
  'unknown_resolved',
  'unknown_left',
  'doubled',
  'unaccounted',
  'reads',
  'reads_failed',
] as const;

/** The sums of a ledger, or of a part of it. */
export type LedgerSum = { readonly trials: number; readonly start_kills: number } & {
  readonly [Name in (typeof counted)[number]]: number;
};

/** Adds up the trials among these lines. */
export function sumTrials(entries: readonly LedgerEntry[]): LedgerSum {
  const trials = entries.filter((entry) => entry.type === 'trial');
  const startKills = trials.reduce((total, trial) => total + trial.start_kills, 0);
  const sum = (name: (typeof counted)[number]) => trials.reduce((total, trial) => total + trial[name], 0);
  return {
    trials: trials.length,
    start_kills: startKills,
    effects: sum('effects'),
    applied: sum('applied'),
    failed: sum('failed'),
    refused: sum('refused'),
    unknown_resolved: sum('unknown_resolved'),
    unknown_left: sum('unknown_left'),
    doubled: sum('doubled'),
    unaccounted: sum('unaccounted'),
    reads: sum('reads'),
    reads_failed: sum('reads_failed'),
  };
}

/** One sentence for people; says plainly whether the two counts that have to be zero are. */
export function describeSum(title: string, sum: LedgerSum): string {
  const sound = sum.doubled === 0 && sum.unaccounted === 0;
  const words = counted.map((name) => `${sum[name]} ${name.replace('_', ' ')}`).join(', ');
  return `${title}: ${sum.trials} kills at work, ${sum.start_kills} more at the start; ${words}. ${sound ? 'Nothing twice, nothing unaccounted.' : 'NOT SOUND.'}`;
}
