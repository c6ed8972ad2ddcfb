import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds } from './cpu-seconds.ts';
import { startBare } from './hub/bare-process.ts';
import { load, startHubUnderTest } from './hub/hub-under-test.ts';
import type { FleetEvents } from './hub/messages.ts';
import { median, round, summarise } from './statistics.ts';

const SLICE_MS = 4_000;
const ROUNDS = 3;

/**
 * Events that linked agents hand over in a second, each batch on disk and synced before it is answered; beside node:http and
 * SQLite alone, which do as much. In turns. Aim: 5,000 a second.
 */
export async function measureHubEvents(): Promise<object> {
  const figures: Record<string, object> = {};
  const folder = mkdtempSync(join(tmpdir(), 'edge-bench-events-'));
  const hub = await startHubUnderTest();
  const bare = await startBare('bare-store-process.ts', [join(folder, 'bare.db'), '0']);
  try {
    await hub.grow(100, 2);
    for (const [agents, batch] of [
      [1, 500],
      [20, 500],
      [100, 50],
      [100, 5],
    ] as const) {
      const rates: { readonly bare: number[]; readonly ours: number[]; readonly cpu: number[] } = {
        bare: [],
        ours: [],
        cpu: [],
      };
      const durations: number[] = [];
      for (let turn = 0; turn <= ROUNDS; turn += 1) {
        const floor = await hub.fleet.ask<FleetEvents>({
          type: 'events',
          agents,
          batch,
          forMs: SLICE_MS,
          to: `http://127.0.0.1:${bare.port}/`,
        });
        const before = cpuSeconds(hub.pid());
        const taken = await hub.fleet.ask<FleetEvents>({ type: 'events', agents, batch, forMs: SLICE_MS, to: null });
        if (turn === 0) continue;
        rates.bare.push(floor.accepted / floor.seconds);
        rates.ours.push(taken.accepted / taken.seconds);
        rates.cpu.push(((cpuSeconds(hub.pid()) - before) * 100) / taken.seconds);
        durations.push(...taken.durationsMs);
      }
      const { p50Ms, p99Ms } = summarise(durations);
      figures[`${agents} agents, batches of ${batch}`] = {
        perSecond: Math.round(median(rates.ours)),
        barePerSecond: Math.round(median(rates.bare)),
        ratio: round(median(rates.ours.map((rate, index) => rate / (rates.bare[index] ?? Number.NaN)))),
        batchP50Ms: p50Ms,
        batchP99Ms: p99Ms,
        hubCpuPercent: Math.round(median(rates.cpu)),
        aim: 5_000,
        ...load(),
      };
    }
    return figures;
  } finally {
    await bare.kill();
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
