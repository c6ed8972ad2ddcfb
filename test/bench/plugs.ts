import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { createApiClient } from '../../main/api/client.ts';
import { makeToken } from '../whole/support/mcp.ts';
import { makePretendedMonitor, makePretendedPort } from './plugs/pretended-port.ts';
import { round, summarise } from './statistics.ts';

const CYCLES = 120;
/** Between two events, so that one does not meet the work of another; of no fixed length, so that no timer beats with it. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 60));

/** How long each took, in milliseconds. */
interface Times {
  add: number[];
  remove: number[];
}

/**
 * From a line of udev's monitor to the event of `/v1/stream`: the agent's own work, with a connector on the device, whose
 * port opens and breaks with it, and without. Beside it a bare process that reads the same line and writes one event, in
 * turns with the agent. Aim: under 50 ms.
 */
export async function measurePlugs(): Promise<object> {
  const alone = await measureAgent(false);
  const bound = await measureAgent(true);
  const figures = {
    'bare process, plug': summarise([...alone.floor.add, ...bound.floor.add]),
    'bare process, unplug': summarise([...alone.floor.remove, ...bound.floor.remove]),
    'no connector, plug': { ...summarise(alone.agent.add), aimMs: 50 },
    'no connector, unplug': { ...summarise(alone.agent.remove), aimMs: 50 },
    'with its connector, plug': { ...summarise(bound.agent.add), aimMs: 50 },
    'with its connector, unplug': { ...summarise(bound.agent.remove), aimMs: 50 },
  };
  return {
    ...figures,
    'p50 over bare': {
      plug: round(figures['with its connector, plug'].p50Ms / figures['bare process, plug'].p50Ms),
      unplug: round(figures['with its connector, unplug'].p50Ms / figures['bare process, unplug'].p50Ms),
    },
  };
}

async function measureAgent(hasConnector: boolean): Promise<{ readonly floor: Times; readonly agent: Times }> {
  const root = mkdtempSync(join(tmpdir(), 'edge-plugs-'));
  const port = makePretendedPort(root);
  const wire = await startWire(root, port.node);
  const pipes = { agent: join(root, 'agent.pipe'), floor: join(root, 'floor.pipe') };
  const monitors = { agent: makePretendedMonitor(pipes.agent), floor: makePretendedMonitor(pipes.floor) };
  const dataDir = join(root, 'data');
  const config = join(root, 'edge.yaml');
  const rule = hasConnector
    ? `install_rules:\n  - { match: { path: ${port.node} }, listing: cn-scale-sics, name: scale }\n`
    : '';
  writeFileSync(config, `vault: { provider: keyfile, keyfile: ${dataDir}.key }\n${rule}`);
  const floor = await startChild('floor-process.ts', [pipes.floor], () => monitors.floor.open());
  const agent = await startChild('agent-process.ts', [dataDir, config, root, pipes.agent], () => monitors.agent.open());
  const api = createApiClient({ socketPath: join(dataDir, 'run', 'agent.sock') });
  const token = await makeToken({ api });
  const seen = {
    floor: await follow(`${floor.url}/`, null),
    agent: await follow(`${agent.url}/v1/stream`, token),
  };
  const times = { floor: { add: [], remove: [] } as Times, agent: { add: [], remove: [] } as Times };
  const told = async (who: 'floor' | 'agent', action: 'add' | 'remove') => {
    const device = seen[who].next((data) => data.device?.present === (action === 'add'));
    const at = monitors[who].tell(action);
    times[who][action].push((await device) - at);
  };
  const connector = async (status: string) =>
    hasConnector && seen.agent.next((data) => data.connector?.status === status);
  for (let cycle = 0; cycle <= CYCLES; cycle += 1) {
    await wire.plug();
    port.add();
    const connected = connector('connected');
    await told('floor', 'add');
    await told('agent', 'add');
    await connected;
    await pause();
    const broken = connector('error');
    await told('floor', 'remove');
    // The kernel hangs the port up, takes its folders away, and then udev tells of it.
    const pulled = wire.unplug();
    port.remove();
    await told('agent', 'remove');
    await Promise.all([pulled, broken]);
    await pause();
    // The first cycle installs, and loads what is loaded when first needed.
    if (cycle === 0) for (const each of Object.values(times)) [each.add, each.remove] = [[], []];
  }
  for (const each of Object.values(seen)) each.close();
  await Promise.all([agent.end(), floor.end(), wire.close()]);
  rmSync(root, { recursive: true, force: true });
  return times;
}

interface StreamData {
  readonly device?: { readonly present: boolean };
  readonly connector?: { readonly status: string };
}

/** Follows a stream; `next` resolves with the time of the next event that is meant. */
async function follow(url: string, token: string | null) {
  let wanted: { readonly isIt: (data: StreamData) => boolean; readonly resolve: (at: number) => void }[] = [];
  const asking = request(url, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  asking.end();
  const [response] = (await once(asking, 'response')) as [import('node:http').IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the stream answered ${response.statusCode}`);
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const at = performance.now();
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const text = /^data: (.*)$/m.exec(block)?.[1];
      if (text === undefined) continue;
      const data: StreamData = JSON.parse(text);
      for (const each of wanted) if (each.isIt(data)) each.resolve(at);
      wanted = wanted.filter(({ isIt }) => !isIt(data));
    }
  });
  return {
    next: (isIt: (data: StreamData) => boolean) =>
      new Promise<number>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no event within 30 s')), 30_000);
        wanted.push({
          isIt,
          resolve(at) {
            clearTimeout(timer);
            resolve(at);
          },
        });
      }),
    close: () => response.destroy(),
  };
}

/** Starts one of the processes; `begin` opens its monitor's pipe once it runs. */
async function startChild(name: string, args: readonly string[], begin: () => void) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'plugs', name), ...args], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Waits for the reader, which is a child of that process.
  begin();
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(child.stdout, 'data');
  const { url }: { url: string } = JSON.parse(String(line));
  return {
    url,
    async end() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** A simulated scale on a wire at `node`, not plugged in yet. */
async function startWire(root: string, node: string) {
  const folder = join(root, 'simulators');
  mkdirSync(folder);
  const [socket, spec] = [join(folder, 'control.sock'), join(folder, 'spec.json')];
  const device = { name: 'scale', listing: 'cn-scale-sics', path: node, options: { gross: '1.50', unit: 'kg' } };
  writeFileSync(spec, JSON.stringify({ control_socket: socket, devices: [device] }));
  const entry = join(import.meta.dirname, '..', '..', 'dist', 'drivers', 'simulator-host', 'main.js');
  const child = spawn(process.execPath, [entry, '--spec', spec], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const host = await connectSimulatorHost(socket);
  await host.unplug('scale');
  return {
    plug: () => host.plug('scale'),
    unplug: () => host.unplug('scale'),
    async close() {
      const exited = once(child, 'exit');
      await host.stop();
      await exited;
    },
  };
}
