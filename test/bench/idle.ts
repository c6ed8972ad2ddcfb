import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { round } from './statistics.ts';
import { usage } from './usage.ts';

const IDLE_MS = 40_000;
/** Memory and CPU of an agent nobody talks to, over at least one round of its harmless checks. Aims: 110 MB with 10 connectors, 0.5 % CPU. */
export async function measureIdle(): Promise<object> {
  await using scales = await disposable(startScales(10));
  const figures: Record<string, object> = {};
  for (const connectors of [0, 10]) {
    const { agent } = await startFleet(scales.value, connectors);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const before = usage(agent.pid);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const after = usage(agent.pid);
    figures[`idle with ${connectors} connectors`] = {
      residentMb: round(after.residentMb),
      cpuPercent: round(((after.cpuSeconds - before.cpuSeconds) * 100_000) / IDLE_MS),
    };
    await agent.stop();
  }
  return figures;
}
