import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../whole/support/wires.ts';
import type { Bench } from '../support/bench.ts';

/**
 * Starts an agent and kills it `afterMs` after it took the data folder: while it puts the journal in order, opens its
 * ports or asks the devices. `lastPid`: who held the folder before.
 */
export async function interruptStart(bench: Bench, lastPid: number, afterMs: number): Promise<void> {
  // One that is killed before it is ready rejects with that.
  const starting = bench.start().catch(() => null);
  const pid = await eventually('the next agent in the data folder', 60_000, async () => {
    const holder = Number(readFileSync(join(bench.dataDir, 'agent.pid'), 'utf8'));
    return holder > 0 && holder !== lastPid ? holder : null;
  });
  await delay(afterMs);
  process.kill(pid, 'SIGKILL');
  const agent = await starting;
  if (agent === null || agent.process.signalCode !== null) return;
  await once(agent.process, 'exit');
}
