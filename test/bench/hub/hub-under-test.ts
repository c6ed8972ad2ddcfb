import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '../../../main/api/client.ts';
import { makeDataDir, removeDataDir, startAgent } from '../../whole/support/agent-process.ts';
import { type ReadyProcess, startReadyProcess } from '../../whole/support/ready-process.ts';
import { createHttpClient } from './http-client.ts';
import { type Inspector, inspected, inspectorUrl, openInspector } from './inspector.ts';
import type { FleetCommand, FleetState, Templates } from './messages.ts';

const TENANT = 'acme';

/** A tenant with many keys. */
export interface TenantUnderTest {
  /** A key; each call gives the next of some, since each has a budget of requests. */
  readonly key: () => string;
  /** With which its machines are taken in. */
  readonly enrolment: string;
}

/** A hub as users run it, agents in another process, and a tenant. */
export interface HubUnderTest {
  readonly url: () => string;
  readonly pid: () => number;
  readonly inspector: () => Inspector;
  /** Of the tenant that there is from the start. */
  readonly key: () => string;
  readonly fleet: Fleet;
  addTenant(name: string): Promise<TenantUnderTest>;
  /** Takes so many more in, and links them; resolves when all stand and the hub shows what they have. `of`: default the first tenant. */
  grow(agents: number, each: number, of?: TenantUnderTest): Promise<void>;
  /** As the power going would. */
  kill(): Promise<void>;
  /** On the same port; resolves with how long it took until it answered. */
  restart(): Promise<number>;
  close(): Promise<void>;
}

/** The process of simulated agents. */
export interface Fleet {
  readonly pid: number;
  ask<Answer>(command: FleetCommand): Promise<Answer>;
}

const KEYS = 60;

/** Starts both, with nothing in them. */
export async function startHubUnderTest(): Promise<HubUnderTest> {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-bench-hub-'));
  const dataDir = join(scratch, 'hub');
  mkdirSync(dataDir, { mode: 0o700 });
  const templates = join(scratch, 'templates.json');
  writeFileSync(templates, JSON.stringify(await readTemplates()));
  let hub: ReadyProcess;
  let inspector: Inspector;
  const start = async (port: number) => {
    const args = ['hub', 'run', '--data', dataDir, '--port', String(port)];
    hub = await startReadyProcess({ args, scratch, environment: inspected });
    inspector = await openInspector(inspectorUrl(hub.output()), hub.pid);
  };
  await start(0);
  const socketPath = join(dataDir, 'run', 'hub.sock');
  const addTenant = async (name: string): Promise<TenantUnderTest> => {
    await createApiClient({ socketPath }).createTenant(name);
    const admin = createApiClient({ socketPath, headers: { 'fibric-hub-tenant': `${name}/test` } });
    const keys: string[] = [];
    for (let index = 0; index < KEYS; index += 1) {
      keys.push((await admin.createKey({ name: `bench-${index}`, role: 'admin' })).key ?? '');
    }
    const { token } = await admin.createEnrolment({ name_pattern: '*', uses: 10_000, expires_in_ms: 86_400_000 });
    let given = 0;
    return {
      enrolment: token ?? '',
      key() {
        given += 1;
        return keys[given % KEYS] ?? '';
      },
    };
  };
  const first = await addTenant(TENANT);
  const fleet = await startFleetProcess(templates);
  const state = () => fleet.ask<FleetState>({ type: 'state' });
  return {
    url: () => hub.url,
    pid: () => hub.pid,
    inspector: () => inspector,
    key: first.key,
    fleet,
    addTenant,
    async grow(agents, each, of = first) {
      await fleet.ask({ type: 'enrol', origin: hub.url, token: of.enrolment, count: agents, each });
      await fleet.ask({ type: 'link', backOffMs: null });
      await until('all are linked', async () => {
        const { agents: all, up } = await state();
        return all === up;
      });
      // An agent's last item comes last: what the hub counts of all of them is what they have.
      const last = (await fleet.ask<string[]>({ type: 'connectors' })).at(-1) ?? '';
      const http = createHttpClient();
      await until('the hub shows what they have', () =>
        http.ask('GET', `${hub.url}/v1/connectors/${last}`, of.key()).then(
          () => true,
          () => false,
        ),
      );
      http.close();
      await quiet(hub.pid);
    },
    async kill() {
      inspector.close();
      await hub.kill();
    },
    async restart() {
      const startedAt = performance.now();
      await start(Number(new URL(hub.url).port));
      return performance.now() - startedAt;
    },
    async close() {
      fleet.end();
      inspector.close();
      await hub.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** How busy this machine is with other things, for beside a figure. */
export function load(): { readonly load: number } {
  return { load: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
}

/** Asks every 50 ms, for twenty minutes: other work may share the machine. */
export async function until(what: string, holds: () => Promise<boolean>, everyMs = 50): Promise<void> {
  const end = performance.now() + 1_200_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within twenty minutes: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Resolves when a process has done nearly nothing for a second: what it was told is on disk. */
export async function quiet(pid: number): Promise<void> {
  const { cpuSeconds } = await import('../cpu-seconds.ts');
  await until('the hub is quiet', async () => {
    const before = cpuSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return cpuSeconds(pid) - before < 0.1;
  });
}

async function startFleetProcess(templates: string): Promise<Fleet & { end(): void }> {
  const child = fork(join(import.meta.dirname, 'fleet-process.ts'), [templates], {
    execArgv: ['--max-old-space-size=8192'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  await once(child, 'message');
  return {
    pid: child.pid ?? 0,
    async ask<Answer>(command: FleetCommand): Promise<Answer> {
      child.send(command);
      const [answer] = (await once(child, 'message')) as [{ result: Answer } | { error: string }];
      if ('error' in answer) throw new Error(answer.error);
      return answer.result;
    },
    end: () => child.disconnect(),
  };
}

/** A scale as the demonstration's agent shows it, and its whole catalogue. */
async function readTemplates(): Promise<Templates> {
  const dataDir = makeDataDir();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const agent = await startAgent({ dataDir, demo: true });
  try {
    let found: { readonly id: string } | undefined;
    await until('the demonstration has its scale', async () => {
      found = (await agent.api.listConnectors({ capability: 'weight.read' }))[0];
      return found !== undefined;
    });
    const id = found?.id ?? '';
    const connector = (await agent.api.request('GET', `/v1/connectors/${id}`)) as { device: unknown };
    const tools = (await agent.api.request('GET', `/v1/connectors/${id}/tools`)) as { data: unknown[] };
    const listings = (await agent.api.request('GET', '/v1/listings')) as { data: unknown[] };
    return { scale: { connector, tools: tools.data, device: connector.device }, listings: listings.data };
  } finally {
    await agent.stop();
    removeDataDir(dataDir);
  }
}
