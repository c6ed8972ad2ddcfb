import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSimulatorHost } from '../../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../../main/agent/demo/demo-config.ts';
import type { Scope } from '../../../main/api/index.ts';
import { type AgentProcess, startAgent } from './agent-process.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type HubProcess, startHubProcess } from './hub-process.ts';
import { eventually } from './wires.ts';

/** Long enough on a machine that does much else. */
export const PATIENCE_MS = 60_000;
const TENANT = 'acme';

/** The demonstration's agent at a hub, both as processes, and a proxy between them that can be broken. */
export interface LinkedAgent {
  readonly hub: HubProcess;
  readonly proxy: FaultProxy;
  /** The first agent; another is started by {@link LinkedAgent.addAgent}. */
  readonly agent: AgentProcess;
  /** The simulators of the first agent. */
  readonly simulators: Awaited<ReturnType<typeof connectSimulatorHost>>;
  /** The hub, as whoever looks after the tenant. */
  readonly admin: ReturnType<HubProcess['admin']>;
  /** A key of the tenant's test partition. */
  makeKey(scopes: readonly Scope[]): Promise<{ readonly id: string; readonly key: string }>;
  /** The id of a connector that works, by the name the hub shows. */
  connector(name: string): Promise<string>;
  untilLinked(): Promise<void>;
  untilOffline(): Promise<void>;
  /** Kills the hub, and starts it again at the same address. */
  restartHub(): Promise<void>;
  /** One more agent with its own simulators, straight at the hub. */
  addAgent(name: string): Promise<AgentProcess>;
  close(): Promise<void>;
}

/** Starts them, and pairs the agent as `packing-1`. */
export async function startLinkedAgent(): Promise<LinkedAgent> {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-linked-'));
  const proxy = await startFaultProxy();
  const startHub = (port: number) => startHubProcess({ dataDir: join(scratch, 'hub'), origin: proxy.url, port });
  let hub = await startHub(0);
  const port = Number(new URL(hub.url).port);
  proxy.aim(port);
  await hub.api.createTenant(TENANT);
  const admin = hub.admin(TENANT);
  const agents: AgentProcess[] = [];
  const pair = async (name: string): Promise<AgentProcess> => {
    const agent = await startAgent({ dataDir: join(scratch, name), demo: true });
    agents.push(agent);
    const { token } = await admin.createEnrolment({ name_pattern: name, uses: 1, expires_in_ms: 3_600_000 });
    await agent.api.beginPairing({
      origin: proxy.url,
      name,
      ...(token === undefined ? {} : { enrolment_token: token }),
    });
    return agent;
  };
  const agent = await pair('packing-1');
  const simulators = await connectSimulatorHost(demoFolder(agent.dataDir).controlSocket);
  const linkState = async () => (await agent.api.getCloud()).link.state;
  const atHub = async (name: string) => (await admin.listAgents()).find((found) => found.name === name)?.state;
  return {
    get hub() {
      return hub;
    },
    proxy,
    agent,
    simulators,
    admin,
    async makeKey(scopes) {
      const made = await admin.createKey({ name: `key-${process.hrtime.bigint()}`, scopes: [...scopes] });
      return { id: made.id, key: made.key ?? '' };
    },
    connector: (name) =>
      eventually(`the hub lists ${name}`, PATIENCE_MS, async () =>
        (await admin.listConnectors()).find((found) => found.name === name && found.status === 'connected'),
      ).then(({ id }) => id),
    async untilLinked() {
      await eventually('the link stands', PATIENCE_MS, async () => (await linkState()) === 'up');
      await eventually('the hub knows', PATIENCE_MS, async () => (await atHub('packing-1')) === 'linked');
    },
    async untilOffline() {
      await eventually('the hub has noticed', PATIENCE_MS, async () => (await atHub('packing-1')) === 'offline');
    },
    async restartHub() {
      await hub.kill();
      hub = await startHub(port);
    },
    addAgent: pair,
    async close() {
      simulators.close();
      for (const started of agents) {
        if (started.process.exitCode === null && started.process.signalCode === null) await started.stop();
      }
      await hub.stop();
      await proxy.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
