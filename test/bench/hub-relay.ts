import { cpuSeconds } from './cpu-seconds.ts';
import { startBare } from './hub/bare-process.ts';
import { createHttpClient, openLoop } from './hub/http-client.ts';
import { load, startHubUnderTest } from './hub/hub-under-test.ts';
import { median, round, type Summary, summarise } from './statistics.ts';

const PER_SECOND = 500;
const SLICE_MS = 5_000;
const ROUNDS = 3;
const sizes = (process.env['EDGE_BENCH_AGENTS'] ?? '100,1000,5000').split(',').map(Number);

type Http = ReturnType<typeof createHttpClient>;

/**
 * A call through the hub to an agent that answers at once, 500 begun a second whatever becomes of them, over the API and over MCP;
 * beside the least that carries a request over a WebSocket and back. In turns. Aim: p50 under 5 ms, p99 under 50 ms.
 */
export async function measureHubRelay(): Promise<object> {
  const figures: Record<string, object> = {};
  const hub = await startHubUnderTest();
  const bare = await startBare('bare-server-process.ts', ['0']);
  try {
    await hub.fleet.ask({ type: 'bare', url: `ws://127.0.0.1:${bare.port}`, count: 100 });
    let agents = 0;
    for (const size of sizes) {
      await hub.grow(size - agents, 2);
      agents = size;
      const connectors = await hub.fleet.ask<string[]>({ type: 'connectors' });
      const target = (number: number) => connectors[(number * 7919) % connectors.length] ?? '';
      const call = { tool: 'weight.read', arguments: {} };
      const mcp = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'weight_read', arguments: {} } };
      const accept = { Accept: 'application/json, text/event-stream' };
      const ways: Readonly<Record<string, (http: Http, number: number) => Promise<string>>> = {
        bare: (http) => http.ask('POST', `http://127.0.0.1:${bare.port}/`, null, call),
        call: (http, number) => http.ask('POST', `${hub.url()}/v1/connectors/${target(number)}/call`, hub.key(), call),
        mcp: (http, number) => http.ask('POST', `${hub.url()}/mcp/${target(number)}`, hub.key(), mcp, accept),
      };
      const found: { readonly name: string; readonly summary: Summary; readonly cpuPercent: number }[] = [];
      for (let turn = 0; turn <= ROUNDS; turn += 1) {
        for (const [name, step] of Object.entries(ways)) {
          const pid = name === 'bare' ? bare.pid : hub.pid();
          const cpuBefore = cpuSeconds(pid);
          // Another one each time: what is idle for five seconds is closed by the other side.
          const http = createHttpClient();
          const durations = await openLoop(PER_SECOND, SLICE_MS, (number) => step(http, number));
          http.close();
          const cpuPercent = ((cpuSeconds(pid) - cpuBefore) * 100_000) / SLICE_MS;
          // The first turn warms up.
          if (turn > 0) found.push({ name, summary: summarise(durations), cpuPercent });
        }
      }
      for (const [name, rounds] of Map.groupBy(found, (each) => each.name)) {
        const of = (read: (summary: Summary) => number) => round(median(rounds.map(({ summary }) => read(summary))));
        figures[`${size} agents, ${name}`] = {
          p50Ms: of(({ p50Ms }) => p50Ms),
          p99Ms: of(({ p99Ms }) => p99Ms),
          maxMs: of(({ maxMs }) => maxMs),
          cpuPercent: Math.round(median(rounds.map(({ cpuPercent }) => cpuPercent))),
          ...load(),
        };
      }
    }
    return figures;
  } finally {
    await bare.kill();
    await hub.close();
  }
}
