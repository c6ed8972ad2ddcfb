import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBare } from './hub/bare-process.ts';
import { createHttpClient } from './hub/http-client.ts';
import { type HubUnderTest, load, startHubUnderTest } from './hub/hub-under-test.ts';
import { round, summarise, timeInTurns } from './statistics.ts';

const EACH = 200;
const sizes = (process.env['EDGE_BENCH_CONNECTORS'] ?? '1000,10000,100000').split(',').map(Number);
const ROUNDS = 4;
const CALLS = 60;

interface ListPage {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
}

/**
 * The list of a tenant with up to 100,000 connectors, by pages of 100 and with filters; beside node:http with a page of an
 * indexed table. Aim: p99 under 20 ms. And how long a hub with so many takes to start.
 */
export async function measureHubLists(): Promise<object> {
  const figures: Record<string, object> = {};
  const folder = mkdtempSync(join(tmpdir(), 'edge-bench-lists-'));
  const hub = await startHubUnderTest();
  const http = createHttpClient();
  try {
    let connectors = 0;
    for (const size of sizes) {
      const before = await hub.inspector().memory();
      const startedAt = performance.now();
      await hub.grow((size - connectors) / EACH, EACH);
      const grownMs = performance.now() - startedAt;
      const after = await hub.inspector().memory();
      figures[`${size} connectors, until shown`] = {
        perSecond: Math.round(((size - connectors) * 1_000) / grownMs),
        eachMoreKb: round((after.residentKb - before.residentKb) / (size - connectors)),
        ...load(),
      };
      connectors = size;
      const bare = await startBare('bare-store-process.ts', [join(folder, `bare-${size}.db`), String(size)]);
      try {
        const rows = await timeLists(hub, http, size, `http://127.0.0.1:${bare.port}/`);
        for (const [name, summary] of rows) figures[`${size} connectors, ${name}`] = { ...summary, ...load() };
      } finally {
        await bare.kill();
      }
      figures[`${size} connectors, whole answers`] = await timeWhole(hub, http);
    }
    await hub.kill();
    const startMs = await hub.restart();
    figures[`start with ${connectors} connectors`] = { ms: Math.round(startMs), ...load() };
    return figures;
  } finally {
    http.close();
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Http = ReturnType<typeof createHttpClient>;

async function timeLists(hub: HubUnderTest, http: Http, size: number, bare: string) {
  const list = async (query: string): Promise<ListPage> =>
    JSON.parse(await http.ask('GET', `${hub.url()}/v1/connectors?limit=100${query}`, hub.key()));
  const deepCursor = await turnPages(list, '', Math.min(size / 100 - 2, 400));
  const deepFiltered = await turnPages(list, '&capability=scale.sample', Math.min(size / 1_000 - 2, 40));
  const middle = new Date(1.7e12 + size * 500).toISOString();
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'bare, first page': () => http.ask('GET', bare, null),
    'bare, deep page': () => http.ask('GET', `${bare}?before=${middle}`, null),
    'bare, by status': () => http.ask('GET', `${bare}?status=error`, null),
    'first page': () => list(''),
    'deep page': () => list(deepCursor),
    'by capability': () => list('&capability=scale.sample'),
    'by capability, deep': () => list(`&capability=scale.sample${deepFiltered}`),
    'by kind and status': () => list('&kind=hardware&status=connected'),
    'nothing fits': () => list('&status=error&capability=scale.sample'),
  };
  const times = await timeInTurns(ROUNDS, CALLS, Object.values(ways));
  return Object.keys(ways).map((name, index) => [name, summarise(times[index] ?? [])] as const);
}

/** The cursor behind so many pages, as a query; none where there is but one. */
async function turnPages(list: (query: string) => Promise<ListPage>, query: string, pages: number): Promise<string> {
  let cursor = '';
  for (let page = 0; page < Math.max(1, pages); page += 1) {
    const { next_cursor } = await list(query + cursor);
    if (next_cursor === null) break;
    cursor = `&cursor=${next_cursor}`;
  }
  return cursor;
}

/** What the API gives in one answer, however much it is. */
async function timeWhole(hub: HubUnderTest, http: Http): Promise<object> {
  const figures: Record<string, number> = {};
  for (const what of ['capabilities', 'agents', 'listings', 'devices']) {
    await hub.inspector().watchLoop();
    const start = performance.now();
    const text = await http.ask('GET', `${hub.url()}/v1/${what}`, hub.key());
    figures[`${what}Ms`] = Math.round(performance.now() - start);
    figures[`${what}Mb`] = round(text.length / 1e6);
    figures[`${what}LoopMs`] = Math.round((await hub.inspector().loopDelay()).maxMs);
  }
  return { ...figures, ...load() };
}
