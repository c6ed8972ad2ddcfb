import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from '../whole/support/agent-process.ts';

/** Simulated scales in a process of their own, with nobody connected to them yet. */
export interface Scales {
  readonly dataDir: string;
  readonly paths: readonly string[];
  readonly host: Awaited<ReturnType<typeof connectSimulatorHost>>;
  /** The configuration of an agent that installs a connector `scale-N` on each. */
  readonly config: string;
  close(): Promise<void>;
}

const hostEntry = join(import.meta.dirname, '..', '..', 'dist', 'drivers', 'simulator-host', 'main.js');

/** Starts `count` simulated scales on PTYs. `pacedBaud` makes the first one answer at the speed of a real line. */
export async function startScales(count: number, pacedBaud?: number): Promise<Scales> {
  const dataDir = makeDataDir();
  const scratch = join(dataDir, '..');
  const wires = join(scratch, 'wires');
  mkdirSync(wires, { recursive: true });
  const paths = Array.from({ length: count }, (_, index) => join(wires, `scale-${index}`));
  const controlSocket = join(scratch, 'control.sock');
  const spec = {
    control_socket: controlSocket,
    devices: paths.map((path, index) => ({
      name: `scale-${index}`,
      listing: 'cn-scale-sics',
      path,
      options: { serial: `BENCH${index}`, gross: '12.480', unit: 'kg' },
      ...(index === 0 && pacedBaud !== undefined ? { baud_pacing: pacedBaud } : {}),
    })),
  };
  const specFile = join(scratch, 'simulators.json');
  writeFileSync(specFile, JSON.stringify(spec));
  const child: ChildProcess = spawn(process.execPath, [hostEntry, '--spec', specFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.stdout?.on('data', (chunk) => String(chunk).includes('"ready":true') && resolve());
  child.once('exit', (code) => reject(new Error(`the simulators ended with ${code}`)));
  await promise;
  const host = await connectSimulatorHost(controlSocket);
  const config = [
    'discover: false',
    'max_ports: 64',
    'rate_limit_per_minute: 1000000',
    'vault: { provider: keyfile }',
    'paths:',
    ...paths.map(
      (path, index) =>
        `  - { path: ${path}, declared: { product: Bench scale MT-SICS, manufacturer: Mettler-Toledo, serial_number: BENCH${index} }, simulated: true }`,
    ),
    'install_rules:',
    ...paths.map(
      (path, index) =>
        `  - { match: { path: ${path} }, listing: cn-scale-sics, name: scale-${index}, policy: { default: allow } }`,
    ),
  ].join('\n');
  return {
    dataDir,
    paths,
    host,
    config,
    async close() {
      child.removeAllListeners('exit');
      const exited = once(child, 'exit');
      await host.stop();
      await exited;
      removeDataDir(dataDir);
    },
  };
}

/** An agent for these scales, with the id of each connector in the order of the scales. */
export async function startFleet(
  scales: Scales,
  installOnly = scales.paths.length,
): Promise<{ readonly agent: AgentProcess; readonly connectors: readonly string[] }> {
  const lines = scales.config.split('\n');
  const rules = lines.indexOf('install_rules:');
  const agent = await startAgent({
    dataDir: scales.dataDir,
    config: [
      ...lines.slice(0, rules),
      ...(installOnly === 0 ? ['install_rules: []'] : lines.slice(rules, rules + 1 + installOnly)),
    ].join('\n'),
  });
  const ids = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await agent.api.request('GET', `/v1/connectors?limit=100${query}`)) as {
      data: { id: string; name: string }[];
      next_cursor: string | null;
    };
    for (const item of page.data) ids.set(item.name, item.id);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return { agent, connectors: scales.paths.flatMap((_, index) => ids.get(`scale-${index}`) ?? []) };
}
