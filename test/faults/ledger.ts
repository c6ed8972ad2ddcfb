import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const count = z.int().min(0);

const countSchema = z.object({
  at: z.string(),
  seed: z.int(),
  trial: count,
  trial_seed: z.int(),
  kill_after_ms: count,
  restart_ms: count,
  effects: count,
  applied: count,
  failed: count,
  refused: count,
  unknown_resolved: count,
  unknown_left: count,
  doubled: count,
  unaccounted: count,
  wrong: z.array(z.string()).readonly(),
});

const trialSchema = countSchema.extend({
  type: z.literal('trial'),
  /** Kills of the agent that followed, while it started. */
  start_kills: count.default(0),
  reads: count,
  reads_failed: count.default(0),
  /** What was said of effects and reads that failed. */
  notes: z.array(z.string()).readonly().default([]),
});

const powerCutSchema = countSchema.extend({
  type: z.literal('power_cut'),
  /** When the power went, for people. */
  moment: z.string(),
  /** Asks that were answered before. */
  answered: count,
  /** Sectors in the disk's cache, and how many of them it lost. */
  unflushed: count,
  lost: count,
});

const scenarioSchema = z.object({
  type: z.literal('scenario'),
  at: z.string(),
  name: z.string(),
  verdict: z.enum(['passed', 'failed', 'skipped']),
  why: z.string().nullable(),
  took_ms: count,
});

const entrySchema = z.discriminatedUnion('type', [trialSchema, powerCutSchema, scenarioSchema]);

/** One killed agent, with its count. */
export type TrialEntry = z.output<typeof trialSchema>;
/** One power cut, with its count. */
export type CutEntry = z.output<typeof powerCutSchema>;
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

/** The power cuts among these lines, in a sentence for people. */
export function describeCuts(title: string, entries: readonly LedgerEntry[]): string {
  const cuts = entries.filter((entry) => entry.type === 'power_cut');
  const sum = (of: (cut: CutEntry) => number) => cuts.reduce((total, cut) => total + of(cut), 0);
  const names = ['effects', 'answered', 'applied', 'failed', 'refused', 'unknown_resolved', 'unknown_left'] as const;
  const words = [...names, 'doubled', 'unaccounted'] as const;
  const told = words.map((name) => `${sum((cut) => cut[name])} ${name.replace('_', ' ')}`).join(', ');
  const sectors = `${sum(({ lost }) => lost)} of ${sum(({ unflushed }) => unflushed)} unflushed sectors lost`;
  return `${title}: ${cuts.length} power cuts; ${told}; ${sectors}. ${soundness(areSound(cuts))}`;
}

/** Whether nothing was done twice and nothing is unaccounted for. */
export function areSound(entries: readonly LedgerEntry[]): boolean {
  return entries.every((entry) => entry.type === 'scenario' || (entry.doubled === 0 && entry.unaccounted === 0));
}

const soundness = (sound: boolean) => (sound ? 'Nothing twice, nothing unaccounted.' : 'NOT SOUND.');

/** One sentence for people; says plainly whether the two counts that have to be zero are. */
export function describeSum(title: string, sum: LedgerSum): string {
  const sound = sum.doubled === 0 && sum.unaccounted === 0;
  const words = counted.map((name) => `${sum[name]} ${name.replace('_', ' ')}`).join(', ');
  return `${title}: ${sum.trials} kills at work, ${sum.start_kills} more at the start; ${words}. ${soundness(sound)}`;
}
