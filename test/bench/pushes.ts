import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from '../whole/support/agent-process.ts';
import { makeToken } from '../whole/support/mcp.ts';
import { connectClient } from './baselines.ts';
import { round, summarise } from './statistics.ts';
import { usage } from './usage.ts';

const SCANNERS = 50;
const INTERVAL_MS = 20;
/** What memory does shows in ten minutes, not in one: `EDGE_BENCH_SECONDS=600`. */
const RUN_MS = Number(process.env['EDGE_BENCH_SECONDS'] ?? 60) * 1_000;
/** How long the devices send before it counts: what is loaded when first needed is no growth. */
const WARM_UP_MS = 15_000;
const REST_MS = 10_000;
const FLOOR_MS = 10_000;
const CALL_EVERY_MS = 100;
const SAMPLES = 10;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * 50 scanners that send 50 codes a second each, and a scale on a 51st port that is read meanwhile, while one reader follows
 * the stream. Is anything lost that no gap tells of; what does it cost, against a bare process that counts the same codes;
 * does memory grow; how long does a reading take?
 */
export async function measurePushes(): Promise<object> {
  const far = await startDevices();
  try {
    const floor = await measureFloor(far);
    const agent = await startAgent({ dataDir: far.dataDir, config: far.config });
    const ids = new Map((await agent.api.listConnectors()).map(({ id, name }) => [name, id]));
    const connectors = far.scanners.map((name) => ids.get(name) ?? '');
    for (const id of connectors) while ((await agent.api.getConnector(id)).health.state === 'error') await wait(100);
    const client = await connectClient(`${agent.url}/mcp/${ids.get('scale')}`, await makeToken(agent));
    const weigh = async (ms: number) => {
      const times: number[] = [];
      for (const end = performance.now() + ms; performance.now() < end; ) {
        const start = performance.now();
        const answer = await client.callTool({ name: 'weight_read', arguments: {} });
        if (answer.isError === true) throw new Error(JSON.stringify(answer.content));
        times.push(performance.now() - start);
        await wait(CALL_EVERY_MS);
      }
      return summarise(times);
    };
    const quiet = await weigh(FLOOR_MS);
    const sentBefore = await far.sent();
    const cursors = await Promise.all(connectors.map(async (id) => (await readPage(agent, id)).cursor));
    const followed = followStream(agent);
    await followed.open;
    await far.all({ continuous: true });
    await weigh(WARM_UP_MS);
    const before = usage(agent.pid);
    const startedAt = performance.now();
    const residentMb = [before.residentMb];
    const sampling = setInterval(() => residentMb.push(usage(agent.pid).residentMb), RUN_MS / SAMPLES);
    const busy = await weigh(RUN_MS);
    clearInterval(sampling);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = usage(agent.pid);
    await far.all({ continuous: false });
    await wait(REST_MS);
    const rested = usage(agent.pid);
    const sent = await far.sent();
    const rate = far.scanners.map((_, index) => (sent[index] ?? 0) - (sentBefore[index] ?? 0));
    const total = rate.reduce((sum, count) => sum + count, 0);
    const heard = await Promise.all(
      connectors.map((id, index) =>
        countHeard(agent, id, cursors[index] ?? '', sentBefore[index] ?? 0, sent[index] ?? 0),
      ),
    );
    const stream = await followed.end();
    await client.close();
    await agent.stop();
    return {
      sent: { count: total, perSecond: round(total / (seconds + WARM_UP_MS / 1_000)) },
      'lost without a word': { count: heard.reduce((sum, { missing }) => sum + missing, 0), aim: 0 },
      'told as gaps': { count: heard.reduce((sum, { gaps }) => sum + gaps, 0) },
      // Readings are dropped for a slow reader too, so that more can be told as lost than there were codes.
      'the stream’s reader': { count: stream.items, lostAsTold: stream.lost },
      'its codes lost untold': { count: Math.max(0, total - stream.items - stream.lost), aim: 0 },
      'bare process': { cpuPercent: floor.cpuPercent, perSecond: floor.perSecond },
      agent: { cpuPercent: round(((after.cpuSeconds - before.cpuSeconds) * 100) / seconds) },
      'memory, each tenth': { residentMb: residentMb.map(Math.round).join(', ') },
      'memory at rest after it': { residentMb: Math.round(rested.residentMb) },
      'state.db': { megabytes: round(statSync(join(far.dataDir, 'state.db')).size / 1024 / 1024) },
      'weight.read, quiet': quiet,
      'weight.read, beside 50': busy,
    };
  } finally {
    await far.close();
  }
}

type Devices = Awaited<ReturnType<typeof startDevices>>;

async function startDevices() {
  const dataDir = makeDataDir();
  const folder = join(dataDir, '..');
  mkdirSync(join(folder, 'wires'));
  const scanners = Array.from({ length: SCANNERS }, (_, index) => `scanner-${index}`);
  const pathOf = (name: string) => join(folder, 'wires', name);
  const [socket, spec] = [join(folder, 'control.sock'), join(folder, 'simulators.json')];
  const devices = [
    ...scanners.map((name) => ({
      ...{ name, listing: 'cn-scanner-serial', path: pathOf(name), options: { continuous_ms: INTERVAL_MS } },
    })),
    { name: 'scale', listing: 'cn-scale-sics', path: pathOf('scale'), options: { gross: '12.480', unit: 'kg' } },
  ];
  writeFileSync(spec, JSON.stringify({ control_socket: socket, devices }));
  const entry = join(import.meta.dirname, '..', '..', 'dist', 'drivers', 'simulator-host', 'main.js');
  const child: ChildProcess = spawn(process.execPath, [entry, '--spec', spec], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('no output');
  await once(child.stdout, 'data');
  const host = await connectSimulatorHost(socket);
  const config = [
    ...['discover: false', 'max_ports: 64', 'rate_limit_per_minute: 1000000', 'vault: { provider: keyfile }', 'paths:'],
    ...devices.map(({ path }) => `  - { path: ${path}, simulated: true }`),
    'install_rules:',
    ...devices.map(({ name, path, listing }) => `  - { match: { path: ${path} }, listing: ${listing}, name: ${name} }`),
  ].join('\n');
  return {
    dataDir,
    scanners,
    paths: scanners.map(pathOf),
    config,
    all: (change: { continuous: boolean }) => Promise.all(scanners.map((name) => host.change(name, change))),
    /** How many codes each has sent so far. */
    sent: async () =>
      (await Promise.all(scanners.map((name) => host.state(name)))).map(({ scanned }) => Number(scanned)),
    async close() {
      const exited = once(child, 'exit');
      await host.stop();
      await exited;
      removeDataDir(dataDir);
    },
  };
}

async function measureFloor({
  paths,
  all,
}: Devices): Promise<{ readonly cpuPercent: number; readonly perSecond: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'pushes', 'floor-process.ts'), ...paths], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await all({ continuous: true });
  const before = usage(child.pid ?? 0);
  await wait(FLOOR_MS);
  const after = usage(child.pid ?? 0);
  await all({ continuous: false });
  child.kill('SIGTERM');
  const [count] = await once(child.stdout, 'data');
  await once(child, 'exit');
  return {
    cpuPercent: round(((after.cpuSeconds - before.cpuSeconds) * 100_000) / FLOOR_MS),
    perSecond: round((Number(count) * 1000) / FLOOR_MS),
  };
}

/**
 * Counts what one connector heard behind `cursor`, where `first` was the last number sent before and `last` is the last of
 * all: numbers that are missing without a gap before them, and gaps.
 */
async function countHeard(agent: AgentProcess, id: string, cursor: string, first: number, last: number) {
  let [missing, gaps, previous, after, more] = [0, 0, first, cursor, true];
  while (more) {
    const page = await readPage(agent, id, after);
    for (const [index, { text }] of page.items.entries()) {
      const number = Number(text.slice(1));
      if (number !== previous + 1 && !page.gaps.some(({ before }) => before === index))
        missing += number - previous - 1;
      previous = number;
    }
    gaps += page.gaps.length;
    ({ cursor: after, more } = page);
  }
  return { missing: missing + (last - previous), gaps };
}

interface Page {
  readonly items: readonly { readonly text: string }[];
  readonly gaps: readonly { readonly before: number }[];
  readonly cursor: string;
  readonly more: boolean;
}

/** A page behind `after`, or the newest. */
async function readPage(agent: AgentProcess, id: string, after?: string): Promise<Page> {
  const args = { limit: 500, ...(after === undefined ? {} : { after }) };
  const ask = () => agent.api.callTool(id, { tool: 'scan.read', arguments: args });
  // Reading takes nothing away: a kept connection that was closed in this moment may be asked again.
  const answer = await ask().catch(ask);
  if (answer.kind !== 'read') throw new Error('no reading');
  return answer.output as unknown as Page;
}

/** Follows the agent's stream as the window does, and counts. */
function followStream(agent: AgentProcess) {
  const controller = new AbortController();
  const open = Promise.withResolvers<void>();
  const counted = { items: 0, lost: 0 };
  const following = (async () => {
    for await (const event of agent.api.events({ signal: controller.signal, onOpen: open.resolve })) {
      if (event.type === 'stream' && event.entry.kind === 'item') counted.items += 1;
      if (event.type === 'gap') counted.lost += event.lost;
    }
  })().catch(() => {});
  return {
    open: open.promise,
    async end() {
      controller.abort();
      await following;
      return counted;
    },
  };
}
