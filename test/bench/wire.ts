import { makeToken } from '../whole/support/mcp.ts';
import { connectClient } from './baselines.ts';
import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { round, summarise, timeInTurns } from './statistics.ts';

const ROUNDS = 60;
const CALLS_PER_ROUND = 30;

/**
 * What it costs a `weight.read` that its wire is recorded, and that somebody follows it: three scales of one agent, asked
 * in turns, of which one is not recorded.
 */
export async function measureWire(): Promise<object> {
  await using scales = await disposable(startScales(3));
  const { agent, connectors } = await startFleet(scales.value, 3);
  const [plain = '', recorded = '', followed = ''] = connectors;
  for (const id of [recorded, followed]) await agent.api.recordWire(id, { recording: true, for_s: 3_600 });
  const leaving = new AbortController();
  let lines = 0;
  const following = (async () => {
    for await (const part of agent.api.followWireLog(followed, { signal: leaving.signal })) {
      lines += part.entries.length;
    }
  })().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  const token = await makeToken(agent);
  const clients = await Promise.all(
    [plain, recorded, followed].map((id) => connectClient(`${agent.url}/mcp/${id}`, token)),
  );
  const read = async (client: (typeof clients)[number]) => {
    const result = await client.callTool({ name: 'weight_read', arguments: {} });
    if (result.isError === true) throw new Error(JSON.stringify(result.structuredContent ?? result.content));
  };
  const times = await timeInTurns(
    ROUNDS,
    CALLS_PER_ROUND,
    clients.map((client) => () => read(client)),
  );
  const [plainSummary, recordedSummary, followedSummary] = times.map(summarise);
  leaving.abort();
  await following;
  await Promise.all(clients.map((client) => client.close()));
  await agent.stop();
  if (lines < ROUNDS * CALLS_PER_ROUND) throw new Error(`only ${lines} lines were followed`);
  const ratio = (summary: typeof plainSummary) =>
    round((summary?.p50Ms ?? Number.NaN) / (plainSummary?.p50Ms ?? Number.NaN));
  return {
    'weight.read, not recorded': plainSummary,
    'weight.read, recorded': recordedSummary,
    'weight.read, followed': followedSummary,
    'recorded over not recorded, p50': { ratio: ratio(recordedSummary) },
    'followed over not recorded, p50': { ratio: ratio(followedSummary) },
  };
}
