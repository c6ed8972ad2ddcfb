import { makeToken } from '../../whole/support/mcp.ts';
import type { TrialEntry } from '../ledger.ts';
import type { Load } from '../loads/load.ts';
import { openBench } from '../support/bench.ts';
import { createPace } from './pace.ts';
import { runTrial } from './trial.ts';

/** What a run of trials is. */
export interface KillRun {
  readonly loads: readonly Load[];
  readonly seed: number;
  /** The first trial's number; a run that was broken off goes on from here. */
  readonly from: number;
  readonly trials: number;
  /** Whether a Ctrl-C at this terminal is ours alone; else agents hear it too. */
  readonly apart: boolean;
  /** Ends the run after the trial that is on its way. */
  readonly stop: AbortSignal;
  readonly onTrial: (entry: TrialEntry) => void;
}

/** Runs trials `from`, `from + 1`, ... each with its own seed, on one data folder that lives through all of them. */
export async function runKills({ loads, seed, from, trials, apart, stop, onTrial }: KillRun): Promise<void> {
  const bench = await openBench(loads, { apart });
  try {
    let agent = await bench.start();
    const token = await makeToken(agent);
    const pace = createPace();
    for (let trial = from; trial < from + trials && !stop.aborted; trial += 1) {
      const trialSeed = seedOf(seed, trial);
      const { result, agent: next } = await runTrial(bench, agent, token, loads, trialSeed, `${seed}-${trial}`, pace);
      agent = next;
      onTrial({ type: 'trial', at: new Date().toISOString(), seed, trial, trial_seed: trialSeed, ...result });
    }
  } finally {
    await bench.close();
  }
}

/** The seed of one trial: depends on the run's seed and the trial's number only (a finaliser of MurmurHash3). */
export function seedOf(runSeed: number, trial: number): number {
  let mixed = Math.imul(runSeed ^ Math.imul(trial + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
