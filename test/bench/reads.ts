import { makeToken } from '../whole/support/mcp.ts';
import { connectClient, openRawPort, startEcho } from './baselines.ts';
import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { median, round, summarise, throughputInTurns, timeInTurns } from './statistics.ts';

const ROUNDS = 8;
const CALLS_PER_ROUND = 250;
const DEVICES = 32;
const SLICE_MS = 1_500;

/**
 * `weight.read` over MCP against its parts: the raw exchange on the same kind of PTY, and an empty tool on the plain SDK.
 * The three take turns, so that whatever else the machine does meets them alike.
 */
export async function measureReads(): Promise<object> {
  await using scales = await disposable(startScales(DEVICES + 1));
  // One scale of its own for the raw exchange: the agent holds the others' ports.
  const rawPath = scales.value.paths.at(-1) ?? '';
  const raw = await openRawPort(rawPath);
  const echo = await startEcho();
  const echoClients = await Promise.all(Array.from({ length: DEVICES }, () => connectClient(echo.url)));
  const { agent, connectors } = await startFleet(scales.value, DEVICES);
  const token = await makeToken(agent);
  const clients = await Promise.all(connectors.map((id) => connectClient(`${agent.url}/mcp/${id}`, token)));
  const callEcho = async (client: (typeof clients)[number] | undefined) =>
    client?.callTool({ name: 'echo', arguments: {} });
  const read = async (client: (typeof clients)[number] | undefined) => {
    const result = await client?.callTool({ name: 'weight_read', arguments: {} });
    if (result?.isError === true) throw new Error(JSON.stringify(result.structuredContent ?? result.content));
  };

  const [rawTimes, echoTimes, readTimes] = await timeInTurns(ROUNDS, CALLS_PER_ROUND, [
    () => raw.exchange(),
    () => callEcho(echoClients[0]),
    () => read(clients[0]),
  ]);
  const rates = await throughputInTurns(ROUNDS, SLICE_MS, [
    echoClients.map((client) => () => callEcho(client)),
    clients.map((client) => () => read(client)),
  ]);
  const [echoRates = [], readRates = []] = rates;

  await Promise.all([...clients, ...echoClients].map((client) => client.close()));
  await Promise.all([raw.close(), echo.close(), agent.stop()]);
  const [rawSummary, echoSummary, readSummary] = [rawTimes, echoTimes, readTimes].map((times) =>
    summarise(times ?? []),
  );
  const p50 = (summary: typeof rawSummary) => summary?.p50Ms ?? Number.NaN;
  return {
    'raw exchange, 1': rawSummary,
    'echo tool, 1': echoSummary,
    'weight.read, 1': readSummary,
    'p50 over echo + raw': { p50Ms: round(p50(readSummary) - p50(echoSummary) - p50(rawSummary)), aim: 0.3 },
    'echo tool, 32': { perSecond: round(median(echoRates)) },
    'weight.read, 32': { perSecond: round(median(readRates)) },
    'share of echo': {
      ratio: round(median(readRates.map((rate, index) => rate / (echoRates[index] ?? Number.NaN)))),
      aim: 0.7,
    },
  };
}
