import { cpuSeconds } from './cpu-seconds.ts';
import { startBare } from './hub/bare-process.ts';
import { type HubUnderTest, load, quiet, startHubUnderTest, until } from './hub/hub-under-test.ts';
import type { FleetState } from './hub/messages.ts';
import { round } from './statistics.ts';

const EACH = 2;
const sizes = (process.env['EDGE_BENCH_AGENTS'] ?? '100,1000,5000').split(',').map(Number);

/**
 * What linked agents cost a hub, and how they come back after it was killed: the agents' own link code, two connectors and two
 * devices each, beside bare WebSockets in as many numbers. Aim: under 40 KB an agent.
 */
export async function measureHubLinks(): Promise<object> {
  const figures: Record<string, object> = {};
  const hub = await startHubUnderTest();
  try {
    const idle = await hub.inspector().memory();
    let before = { agents: 0, ...idle };
    for (const size of sizes) {
      await hub.grow(size - before.agents, EACH);
      const now = await hub.inspector().memory();
      const more = size - before.agents;
      figures[`${size} agents, memory of each`] = {
        residentKb: round((now.residentKb - idle.residentKb) / size),
        heapKb: round((now.heapKb - idle.heapKb) / size),
        // Without what the first ones bring: code, and room that is there once.
        eachMoreKb: round((now.residentKb - before.residentKb) / more),
        eachMoreHeapKb: round((now.heapKb - before.heapKb) / more),
        aim: 40,
        ...load(),
      };
      before = { agents: size, ...now };
      figures[`${size} sockets, bare`] = await measureBare(hub, size);
      for (const backOffMs of [null, 500]) {
        figures[`${size} agents back, ${backOffMs === null ? 'as they are' : 'all after 0.5 s'}`] = await storm(
          hub,
          size,
          backOffMs,
        );
      }
    }
    return figures;
  } finally {
    await hub.close();
  }
}

async function storm(hub: HubUnderTest, size: number, backOffMs: number | null): Promise<object> {
  const { fleet } = hub;
  const state = () => fleet.ask<FleetState>({ type: 'state' });
  await fleet.ask({ type: 'backOff', backOffMs });
  const lostBefore = (await state()).failures;
  const fleetBefore = cpuSeconds(fleet.pid);
  await hub.kill();
  const startMs = await hub.restart();
  const readyAt = Date.now();
  await hub.inspector().watchLoop();
  await until(
    'all are linked again',
    async () => {
      const { up } = await state();
      return up === size;
    },
    // Each question costs the agents' process a look at all of them.
    200,
  );
  const { lastUpAt, failures } = await state();
  const delay = await hub.inspector().loopDelay();
  await quiet(hub.pid());
  const { heapKb, residentKb } = await hub.inspector().memory();
  const seconds = (lastUpAt - readyAt) / 1_000;
  await fleet.ask({ type: 'backOff', backOffMs: null });
  return {
    seconds: round(seconds),
    perSecond: Math.round(size / seconds),
    // The first of each is the cut itself.
    attemptsLost: failures - lostBefore - size,
    loopP99Ms: delay.p99Ms,
    loopMaxMs: delay.maxMs,
    hubCpuS: round(cpuSeconds(hub.pid())),
    agentsCpuS: round(cpuSeconds(fleet.pid) - fleetBefore),
    hubStartMs: Math.round(startMs),
    hubResidentMb: Math.round(residentKb / 1024),
    hubHeapMb: Math.round(heapKb / 1024),
    ...load(),
  };
}

/** As many bare sockets, and their storm: the server is killed and started again, each comes back after half a second. */
async function measureBare({ fleet }: HubUnderTest, size: number): Promise<object> {
  let server = await startBare('bare-server-process.ts', ['0']);
  const idle = await server.inspector.memory();
  await fleet.ask({ type: 'bare', url: `ws://127.0.0.1:${server.port}`, count: size });
  const { heapKb, residentKb } = await server.inspector.memory();
  const { port } = server;
  await server.kill();
  server = await startBare('bare-server-process.ts', [String(port)]);
  const readyAt = Date.now();
  const state = () => fleet.ask<{ up: number; lastUpAt: number }>({ type: 'bareState' });
  await until('all are back', async () => (await state()).up === size, 100);
  const seconds = ((await state()).lastUpAt - readyAt) / 1_000;
  const cpu = cpuSeconds(server.pid);
  await fleet.ask({ type: 'endBare' });
  await server.kill();
  return {
    residentKb: round((residentKb - idle.residentKb) / size),
    heapKb: round((heapKb - idle.heapKb) / size),
    seconds: round(seconds),
    perSecond: Math.round(size / seconds),
    hubCpuS: round(cpu),
    ...load(),
  };
}
