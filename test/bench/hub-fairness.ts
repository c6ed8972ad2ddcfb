import { cpuSeconds, mainThreadMs } from './cpu-seconds.ts';
import { createHttpClient, openLoop } from './hub/http-client.ts';
import { load, startHubUnderTest } from './hub/hub-under-test.ts';
import { type Noise, startNoise } from './hub/noise.ts';
import { median, round, type Summary, summarise } from './statistics.ts';

const AGENTS = 20;
/** Calls a second of the tenant that is looked at: what a few packing benches ask for. */
const PER_SECOND = 50;
const SLICE_MS = 4_000;
const ROUNDS = 3;
const WORKERS = 64;
const BATCH = 500;

/**
 * What a tenant that asks without pause does to another one's calls: with one key, which is over its budget at once; with sixty keys; over MCP,
 * which has no budget; with events of twenty machines; and with all of it. In turns with silence. `hubP50Ms`, `hubP99Ms`: what the hub's main thread worked between the
 * beginning of a call and its answer, which other work on the machine does not change as it does the time.
 */
export async function measureHubFairness(): Promise<object> {
  const hub = await startHubUnderTest();
  const noise = startNoise();
  try {
    // The noisy one's machines come first: events are those of the first ones.
    const noisy = await hub.addTenant('noisy');
    await hub.grow(AGENTS, 2, noisy);
    await hub.grow(AGENTS, 2);
    const connectors = await hub.fleet.ask<string[]>({ type: 'connectors' });
    const [loud, own] = [connectors.slice(0, AGENTS), connectors.slice(AGENTS)];
    const keys = Array.from({ length: 60 }, () => noisy.key());
    const call = { tool: 'weight.read', arguments: {} };
    const mcp = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'weight_read', arguments: {} } };
    const everyone = loud.length;
    const ask = (
      name: string,
      path: (id: string) => string,
      body: object | null,
      with_: readonly string[],
    ): Noise['asks'] =>
      loud.map((id, index) => ({
        name,
        method: body === null ? 'GET' : 'POST',
        url: hub.url() + path(id),
        body,
        keys: with_,
        workers: Math.floor(((index + 1) * WORKERS) / everyone) - Math.floor((index * WORKERS) / everyone),
      }));
    const oneKey = ask('call', (id) => `/v1/connectors/${id}/call`, call, keys.slice(0, 1));
    const manyKeys = ask('call', (id) => `/v1/connectors/${id}/call`, call, keys);
    const overMcp = ask('mcp', (id) => `/mcp/${id}`, mcp, keys.slice(0, 1));
    const tokens = (await hub.fleet.ask<string[]>({ type: 'tokens' })).slice(0, AGENTS);
    const url = `${hub.url()}/v1/events/batch`;
    const events: Noise['asks'] = tokens.map((token) => {
      return { name: 'events', method: 'POST', url, body: null, events: BATCH, keys: [token], workers: 1 };
    });
    const ways: Readonly<Record<string, Noise['asks']>> = {
      alone: [],
      'beside calls of one key': oneKey,
      'beside calls of 60 keys': manyKeys,
      'beside MCP': overMcp,
      'beside events': events,
      'beside all of it': [...manyKeys, ...overMcp, ...events],
    };
    const found: {
      name: string;
      summary: Summary;
      work: Summary;
      cpuPercent: number;
      noise: number;
      events: number;
    }[] = [];
    for (let turn = 0; turn <= ROUNDS; turn += 1) {
      for (const [name, asks] of Object.entries(ways)) {
        const http = createHttpClient();
        const before = cpuSeconds(hub.pid());
        const forMs = SLICE_MS + 500;
        const made = noise.make({ asks, forMs });
        const target = (number: number) => own[(number * 7919) % own.length] ?? '';
        const worked: number[] = [];
        const durations = await openLoop(PER_SECOND, SLICE_MS, async (number) => {
          const begun = mainThreadMs(hub.pid());
          await http.ask('POST', `${hub.url()}/v1/connectors/${target(number)}/call`, hub.key(), call);
          worked.push(mainThreadMs(hub.pid()) - begun);
        });
        const { statuses } = await made;
        const taken = (statuses['events 200'] ?? 0) * BATCH;
        http.close();
        const cpuPercent = ((cpuSeconds(hub.pid()) - before) * 100_000) / forMs;
        const answers = Object.values(statuses).reduce((sum, count) => sum + count, 0);
        const perSecond = (count: number) => (count * 1_000) / forMs;
        if (turn > 0)
          found.push({
            name,
            summary: summarise(durations),
            work: summarise(worked),
            cpuPercent,
            noise: perSecond(answers),
            events: perSecond(taken),
          });
      }
    }
    const figures: Record<string, object> = {};
    for (const [name, rounds] of Map.groupBy(found, (each) => each.name)) {
      const of = (read: (one: (typeof found)[number]) => number) => round(median(rounds.map(read)));
      figures[name] = {
        p50Ms: of(({ summary }) => summary.p50Ms),
        p99Ms: of(({ summary }) => summary.p99Ms),
        maxMs: of(({ summary }) => summary.maxMs),
        hubP50Ms: of(({ work }) => work.p50Ms),
        hubP99Ms: of(({ work }) => work.p99Ms),
        noisePerSecond: Math.round(of(({ noise: answers }) => answers)),
        eventsPerSecond: Math.round(of(({ events }) => events)),
        hubCpuPercent: Math.round(of(({ cpuPercent }) => cpuPercent)),
        ...load(),
      };
    }
    return figures;
  } finally {
    noise.end();
    await hub.close();
  }
}
