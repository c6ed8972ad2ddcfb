import type { Client } from '@modelcontextprotocol/client';
import { connectClient, startEcho, startFloor } from './baselines.ts';
import { startMcpStack } from './mcp-stack.ts';
import { median, round, summarise, throughputInTurns, timeInTurns } from './statistics.ts';

const ROUNDS = 6;
const CALLS = 250;
const SLICE_MS = 1_500;
const GROWTH_CALLS = Number(process.env['EDGE_BENCH_CALLS'] ?? 100_000);
const SESSIONS = 64;
const LISTENERS = 50;
const LISTEN_MS = 5_000;

type Figures = Record<string, object>;

/**
 * What the MCP endpoint costs: its whole stack (Express, Host and Origin, token, admission, toolsets, the SDK) over a service
 * that answers at once, beside the SDK's own empty tool and the least that node:http can do. All in turns, in one run.
 */
export async function measureMcp(): Promise<object> {
  return {
    ...(await measureCalls()),
    ...(await measureToolCounts()),
    ...(await measureListeners()),
    ...(await measureGrowth()),
  };
}

const callRead = (client: Client, name = 'weight_read') => client.callTool({ name, arguments: {} });

async function measureCalls(): Promise<Figures> {
  const [floor, echo, stack] = await Promise.all([startFloor(), startEcho(), startMcpStack({ connectors: 1 })]);
  const echoClient = await connectClient(echo.url);
  const client = await connectClient(`${stack.url}/${stack.connectors[0]}`, stack.token);
  const [floorTimes = [], echoTimes = [], ours = []] = await timeInTurns(ROUNDS, CALLS, [
    () => floor.exchange(),
    () => echoClient.callTool({ name: 'echo', arguments: {} }),
    () => callRead(client),
  ]);
  const [floorOne, echoOne, one] = [summarise(floorTimes), summarise(echoTimes), summarise(ours)];
  const figures: Figures = {
    'node:http floor, 1': floorOne,
    'echo tool, 1': echoOne,
    'weight_read, 1': one,
    'p50 over echo': { p50Ms: round(one.p50Ms - echoOne.p50Ms), aim: 0.2 },
  };
  for (const count of [8, 32, 128]) {
    const echoClients = await Promise.all(Array.from({ length: count }, () => connectClient(echo.url)));
    const clients = await Promise.all(
      Array.from({ length: count }, () => connectClient(`${stack.url}/${stack.connectors[0]}`, stack.token)),
    );
    const [floorRates = [], echoRates = [], rates = []] = await throughputInTurns(3, SLICE_MS, [
      Array.from({ length: count }, () => () => floor.exchange()),
      echoClients.map((each) => () => each.callTool({ name: 'echo', arguments: {} })),
      clients.map((each) => () => callRead(each)),
    ]);
    figures[`${count} clients`] = {
      floorPerSecond: round(median(floorRates)),
      echoPerSecond: round(median(echoRates)),
      perSecond: round(median(rates)),
      ofEcho: round(median(rates.map((rate, index) => rate / (echoRates[index] ?? Number.NaN)))),
    };
    await Promise.all([...clients, ...echoClients].map((each) => each.close()));
  }
  await Promise.all([client.close(), echoClient.close()]);
  await Promise.all([floor.close(), echo.close(), stack.close()]);
  return figures;
}

/** On the endpoint of all connectors: a call must not get slower with the tools that it does not use. */
async function measureToolCounts(): Promise<Figures> {
  const counts = [1, 15, 150];
  const stacks = await Promise.all(counts.map((tools) => startMcpStack({ connectors: tools, toolsEach: 1 })));
  const clients = await Promise.all(stacks.map(({ url, token }) => connectClient(url, token)));
  const names = await Promise.all(clients.map(async (client) => (await client.listTools()).tools.at(-1)?.name ?? ''));
  const calls = await timeInTurns(
    ROUNDS,
    CALLS,
    clients.map((client, index) => () => callRead(client, names[index])),
  );
  const lists = await timeInTurns(
    2,
    20,
    // By hand, since the SDK's client would answer from what it keeps.
    stacks.map((stack) => () => stack.listRaw()),
  );
  const figures: Figures = {};
  const first = summarise(calls[0] ?? []).p50Ms;
  for (const [index, count] of counts.entries()) {
    const summary = summarise(calls[index] ?? []);
    figures[`${count} tools on /mcp`] = {
      ...summary,
      overOne: round(summary.p50Ms / first),
      aim: 1.1,
      listP50Ms: summarise(lists[index] ?? []).p50Ms,
    };
  }
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(stacks.map((stack) => stack.close()));
  return figures;
}

/** Fifty listeners of one connector each, whose readings come fifty times a second. */
async function measureListeners(): Promise<Figures> {
  const stack = await startMcpStack({ connectors: LISTENERS });
  const clients = await Promise.all(stack.connectors.map((id) => connectClient(`${stack.url}/${id}`, stack.token)));
  let heard = 0;
  for (const [index, client] of clients.entries()) {
    client.setNotificationHandler('notifications/resources/updated', () => {
      heard += 1;
    });
    const uri = `fibric-edge://connectors/${stack.connectors[index]}/readings/weight.read`;
    await client.listen({ resourceSubscriptions: [uri] });
  }
  const before = stack.usage();
  await stack.emitReadings(50, LISTEN_MS);
  const after = stack.usage();
  const emitted = LISTENERS * 50 * (LISTEN_MS / 1000);
  await Promise.all(clients.map((client) => client.close()));
  await stack.close();
  return {
    '50 listeners, 50 readings/s each': {
      readings: emitted,
      notifications: heard,
      perListenerAndSecond: round(heard / LISTENERS / (LISTEN_MS / 1000)),
      cpuPercent: round(((after.cpuSeconds - before.cpuSeconds) * 100_000) / LISTEN_MS),
    },
  };
}

/** Memory of sessions, and whether calls leave something behind. */
async function measureGrowth(): Promise<Figures> {
  const stack = await startMcpStack({ connectors: 1 });
  const url = `${stack.url}/${stack.connectors[0]}`;
  // What the first ones bring, code above all, is no session's own.
  const first = await Promise.all(Array.from({ length: 8 }, () => connectClient(url, stack.token, 'legacy')));
  await Promise.all(first.map((client) => client.transport?.close()));
  const empty = await stack.heapMb();
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS - first.length }, () => connectClient(url, stack.token, 'legacy')),
  );
  const full = await stack.heapMb();
  await Promise.all(sessions.map((client) => client.close()));

  const clients = await Promise.all(Array.from({ length: 8 }, () => connectClient(url, stack.token)));
  const run = async (calls: number) => {
    let left = calls;
    await Promise.all(
      clients.map(async (client) => {
        while (left > 0) {
          left -= 1;
          await callRead(client);
        }
      }),
    );
    return stack.heapMb();
  };
  const warm = await run(GROWTH_CALLS / 10);
  const grown = await run(GROWTH_CALLS);
  await Promise.all(clients.map((client) => client.close()));
  await stack.close();
  return {
    'memory of a session': { kb: round(((full - empty) * 1024) / (SESSIONS - first.length)) },
    '100,000 calls': { heapBeforeMb: round(warm), heapAfterMb: round(grown), growthMb: round(grown - warm) },
  };
}
