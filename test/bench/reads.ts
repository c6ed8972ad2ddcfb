import { makeToken } from '../whole/support/mcp.ts';
import { connectClient, openRawPort, startEcho } from './baselines.ts';
import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { round, summarise, throughput, time } from './statistics.ts';

const CALLS = 2_000;
const WARM_UP = 300;
const DEVICES = 32;
const THROUGHPUT_MS = 8_000;

/** `weight.read` over MCP against its parts: the raw exchange on the same kind of PTY, and an empty tool on the plain SDK. */
export async function measureReads(): Promise<object> {
  await using scales = await disposable(startScales(DEVICES));
  const [firstPath = ''] = scales.value.paths;

  const raw = await openRawPort(firstPath);
  const rawTimes = summarise(await time(CALLS, WARM_UP, () => raw.exchange()));
  await raw.close();

  const echo = await startEcho();
  const echoClients = await Promise.all(Array.from({ length: DEVICES }, () => connectClient(echo.url)));
  const [echoClient] = echoClients;
  const echoTimes = summarise(
    await time(CALLS, WARM_UP, async () => echoClient?.callTool({ name: 'echo', arguments: {} })),
  );
  const echoRate = await throughput(
    THROUGHPUT_MS,
    echoClients.map((client) => () => client.callTool({ name: 'echo', arguments: {} })),
  );
  await Promise.all(echoClients.map((client) => client.close()));
  await echo.close();

  const { agent, connectors } = await startFleet(scales.value);
  const token = await makeToken(agent);
  const clients = await Promise.all(connectors.map((id) => connectClient(`${agent.url}/mcp/${id}`, token)));
  const [client] = clients;
  const read = async (from: typeof client) => {
    const result = await from?.callTool({ name: 'weight_read', arguments: {} });
    if (result?.isError === true) throw new Error(JSON.stringify(result.structuredContent ?? result.content));
  };
  const readTimes = summarise(await time(CALLS, WARM_UP, () => read(client)));
  const readRate = await throughput(
    THROUGHPUT_MS,
    clients.map((each) => () => read(each)),
  );
  await Promise.all(clients.map((each) => each.close()));
  await agent.stop();

  return {
    'raw exchange, 1': rawTimes,
    'echo tool, 1': echoTimes,
    'weight.read, 1': readTimes,
    'p50 over echo + raw': { p50Ms: round(readTimes.p50Ms - echoTimes.p50Ms - rawTimes.p50Ms), aim: 0.3 },
    'echo tool, 32': { perSecond: echoRate },
    'weight.read, 32': { perSecond: readRate },
    'share of echo': { ratio: round(readRate / echoRate), aim: 0.7 },
  };
}
