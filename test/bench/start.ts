import { makeToken } from '../whole/support/mcp.ts';
import { connectClient } from './baselines.ts';
import { startFleet, startScales } from './fleet.ts';
import { round } from './statistics.ts';

const RUNS = 5;

/** From the launch of the process to the first weight over MCP, with the connector installed earlier; aim: under 1.5 s. */
export async function measureStart(): Promise<object> {
  await using scales = await disposable(startScales(1));
  const first = await startFleet(scales.value);
  const token = await makeToken(first.agent);
  await first.agent.stop();
  const toReading: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    const { agent, connectors } = await startFleet(scales.value);
    const client = await connectClient(`${agent.url}/mcp/${connectors[0]}`, token);
    const result = await client.callTool({ name: 'weight_read', arguments: {} });
    if (result.isError === true) throw new Error(JSON.stringify(result));
    toReading.push(performance.now() - start);
    await client.close();
    await agent.stop();
  }
  toReading.sort((left, right) => left - right);
  return {
    startToFirstReadingMs: {
      median: round(toReading[Math.floor(RUNS / 2)] ?? Number.NaN),
      worst: round(toReading.at(-1) ?? Number.NaN),
      aim: 1500,
    },
  };
}

/** Lets `await using` close what has a `close`. */
export async function disposable<T extends { close(): Promise<void> }>(
  opening: Promise<T>,
): Promise<{ readonly value: T } & AsyncDisposable> {
  const value = await opening;
  return { value, [Symbol.asyncDispose]: () => value.close() };
}
