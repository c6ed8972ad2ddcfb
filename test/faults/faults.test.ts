import { describe, expect, it } from 'vitest';
import { runKills } from './kills/run.ts';
import type { TrialEntry } from './ledger.ts';
import { loads } from './loads/index.ts';
import { scenarios } from './scenarios/index.ts';

/** A few of what `npm run faults` does by the hundred. */
const KILLS = 10;
/** On a machine that has a lot else to do. */
const LIMIT_MS = 300_000;

describe('faults, in brief', () => {
  const seed = Number(process.env['EDGE_FAULT_SEED'] ?? Date.now() % 1_000_000);

  it(
    `${KILLS} kills under mixed load: nothing twice, nothing unaccounted`,
    async () => {
      process.stdout.write(`faults: EDGE_FAULT_SEED=${seed}\n`);
      const entries: TrialEntry[] = [];
      await runKills({
        ...{ loads, seed, from: 0, trials: KILLS, apart: false, stop: new AbortController().signal },
        onTrial: (entry) => entries.push(entry),
      });
      expect(entries.flatMap(({ wrong }) => wrong)).toEqual([]);
      expect(entries).toHaveLength(KILLS);
      expect(entries.some(({ applied }) => applied > 0)).toBe(true);
    },
    LIMIT_MS,
  );

  for (const { name, promise, obstacle, run } of scenarios) {
    const missing = obstacle();
    if (missing !== null) process.stdout.write(`skipped: ${name}: ${missing}\n`);
    it.skipIf(missing !== null)(
      missing === null ? `${name}: ${promise}` : `${name} (skipped: ${missing})`,
      () => run({ brief: true }),
      LIMIT_MS,
    );
  }
});
