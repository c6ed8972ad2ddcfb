import { packageFolder } from '../../kernel/bench/image.ts';
import { whyNoGuest, whyNoPackages } from '../../kernel/bench/packages.ts';
import { makeToken } from '../../whole/support/mcp.ts';
import { seedOf } from '../kills/run.ts';
import type { CutEntry } from '../ledger.ts';
import { lacking } from '../support/programs.ts';
import { runCut } from './cut.ts';
import { makeMachine } from './machine.ts';

/** What a run of power cuts is. */
export interface PowerRun {
  readonly seed: number;
  /** The first cut's number; a run that was broken off goes on from here. */
  readonly from: number;
  readonly cuts: number;
  /** The disk forgets what it was told to keep: the run has to find out. */
  readonly lying?: boolean;
  /** Ends the run after the cut that is on its way. */
  readonly stop: AbortSignal;
  readonly onCut: (entry: CutEntry) => void;
}

/** Why no power can be cut here; null when it can. */
export function whyNoPowerCuts(): string | null {
  return whyNoGuest() ?? lacking('mke2fs', 'e2fsprogs') ?? whyNoPackages(packageFolder);
}

/** Cuts `from`, `from + 1`, ... each with its own seed, on one disk that lives through all of them. */
export async function runPowerCuts({ seed, from, cuts, lying = false, stop, onCut }: PowerRun): Promise<void> {
  const machine = makeMachine();
  try {
    let on = await machine.powerOn();
    const token = await makeToken(on.agent);
    for (let cut = from; cut < from + cuts && !stop.aborted; cut += 1) {
      const cutSeed = seedOf(seed, cut);
      if (lying) on.lie();
      const { result, on: next } = await runCut(machine, on, token, cutSeed, `${seed}-${cut}`);
      on = next;
      onCut({ type: 'power_cut', at: new Date().toISOString(), seed, trial: cut, trial_seed: cutSeed, ...result });
    }
  } finally {
    await machine.close();
  }
}
