import { expect, it } from 'vitest';
import type { CutEntry } from '../faults/ledger.ts';
import { runPowerCuts } from '../faults/power/run.ts';
import { describeOnKernel } from './bench/on-kernel.ts';

/** A few of what `npm run faults -- --only power` does by the fifty. */
const CUTS = Number(process.env['EDGE_POWER_CUTS'] ?? 2);

describeOnKernel('power cuts, on a real kernel', () => {
  const seed = Number(process.env['EDGE_FAULT_SEED'] ?? Date.now() % 1_000_000);

  it(`${CUTS} cuts under receipts and relay writes: the journal tells the truth about what the devices received`, {
    timeout: 180_000 + CUTS * 180_000,
  }, async () => {
    process.stdout.write(`power cuts: EDGE_FAULT_SEED=${seed}\n`);
    const entries: CutEntry[] = [];
    await runPowerCuts({
      ...{ seed, from: 0, cuts: CUTS, stop: new AbortController().signal },
      onCut: (entry) => entries.push(entry),
    });
    for (const { moment, wrong } of entries) expect(wrong, moment).toEqual([]);
    expect(entries).toHaveLength(CUTS);
    expect(entries.some(({ applied }) => applied > 0)).toBe(true);
  });
});
