import { makeToken } from '../whole/support/mcp.ts';
import { connectClient } from './baselines.ts';
import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { summarise } from './statistics.ts';

const CYCLES = 20;

/** From the wire being there again to the next weight over MCP; aim: under 1 s. */
export async function measureReplug(): Promise<object> {
  await using scales = await disposable(startScales(1));
  const { agent, connectors } = await startFleet(scales.value);
  const client = await connectClient(`${agent.url}/mcp/${connectors[0]}`, await makeToken(agent));
  const times: number[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    await scales.value.host.unplug('scale-0');
    await client.callTool({ name: 'weight_read', arguments: {} });
    await scales.value.host.plug('scale-0');
    const start = performance.now();
    for (;;) {
      const result = await client.callTool({ name: 'weight_read', arguments: {} });
      if (result.isError !== true) break;
      if (performance.now() - start > 10_000) throw new Error('no reading within 10 s of the replug');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    times.push(performance.now() - start);
  }
  await client.close();
  await agent.stop();
  return { 'replug to first reading': { ...summarise(times), aimMs: 1000 } };
}
