import { join } from 'node:path';
import { AgentError } from '../../../drivers/kit/index.ts';
import { startHub } from '../../../hub/start-hub.ts';
import { createApiClient } from '../../api/client.ts';

const TENANT = 'demo';
const LINK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A hub of the demonstration, with the agent paired to it. */
export interface DemoHub {
  /** Lines for people: where it is, the key, and what came of a call through it. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a hub beside the demonstration's agent, pairs the two by a code as people do, and calls a tool of a device through hub and
 * link. Simulated devices: the test partition. Rejects as what failed does.
 */
export async function startDemoHub(agentDir: string): Promise<DemoHub> {
  const hub = await startHub({
    dataDir: `${agentDir}-hub`,
    host: '127.0.0.1',
    port: 0,
    origin: null,
    tls: null,
    trustedProxies: [],
    name: 'hub of the demonstration',
    heartbeatMs: 15_000,
    rateLimitPerMinute: 1_000,
    quiet: true,
  });
  const admin = createApiClient({
    socketPath: join(hub.dataDir, 'run', 'hub.sock'),
    headers: { 'fibric-hub-tenant': `${TENANT}/test` },
  });
  const bare = createApiClient({ socketPath: join(hub.dataDir, 'run', 'hub.sock') });
  const agent = createApiClient({ socketPath: join(agentDir, 'run', 'agent.sock') });
  try {
    if (!(await bare.listTenants()).some(({ name }) => name === TENANT)) await bare.createTenant(TENANT);
    // The hub has another port each time, and with it another name.
    await agent.endPairing();
    const name = `demo-${Date.now()}`;
    const { pairing, key_words } = await agent.beginPairing({ origin: hub.origin, name });
    if (pairing === null || key_words === null) throw new AgentError('internal_error', 'The pairing gave no code.');
    await admin.approvePairing(pairing.user_code, { key_words });
    const { key = '' } = await admin.createKey({ name, role: 'operate' });
    const program = createApiClient({ baseUrl: hub.url, token: key });
    try {
      const scale = await until('the hub lists the scale', async () =>
        (await program.listConnectors({ capability: 'weight.read' })).find(({ status }) => status === 'connected'),
      );
      const began = performance.now();
      const called = await program.callTool(scale.id, { tool: 'weight.read' });
      const tookMs = Math.round(performance.now() - began);
      return {
        lines: [
          `A hub runs at ${hub.url}. Paired by the code ${pairing.user_code}, key words: ${key_words}`,
          `  weight.read of ${scale.name}, hub → link → device, in ${tookMs} ms: ${JSON.stringify(called.kind === 'read' ? called.output : called.result)}`,
          `  curl ${hub.url}/v1/connectors -H 'Authorization: Bearer ${key}'`,
          '',
        ],
        stop: () => hub.close(),
      };
    } finally {
      program.close();
    }
  } catch (error) {
    await hub.close();
    throw error;
  } finally {
    for (const client of [admin, bare, agent]) client.close();
  }
}

async function until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + LINK_WITHIN_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new AgentError('deadline_exceeded', `${what}: not within a minute.`);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, LOOK_EVERY_MS);
    await promise;
  }
}
