import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTokens, createWindowSessions } from '../../../../main/access/index.ts';
import { openEndpoint } from '../../../../main/agent/http/endpoint.ts';
import { createBackendDouble } from '../../../../main/cli/testing/backend-double.ts';
import type { McpEndpoint } from '../../../../main/mcp/index.ts';
import { sampleConnector } from '../../../../main/mcp/testing/sample-connectors.ts';
import { createServiceDouble } from '../../../../main/mcp/testing/service-double.ts';
import { openStore } from '../../../../main/store/index.ts';
import { makeDataDir, removeDataDir } from '../agent-process.ts';
import { createFixtureServer } from './fixture-server.ts';

/** The agent's own HTTP stack, with the suite's fixture in place of a connector's tools. */
export interface FixtureAgent {
  readonly origin: string;
  /** `/mcp/{id}` of the fixture. */
  readonly path: string;
  readonly token: string;
  /** Answers what a hub relays. */
  readonly relayMcp: McpEndpoint['relay'];
  close(): Promise<void>;
}

/** Starts one: real tokens, Host and Origin checks, endpoint and sessions; only what answers is the fixture. */
export async function startFixtureAgent(): Promise<FixtureAgent> {
  const dataDir = makeDataDir();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const connector = sampleConnector('cn_conformance', 'conformance');
  const double = createServiceDouble([connector]);
  let changes = 0;
  const world = {
    stateKey: randomBytes(32),
    change() {
      changes += 1;
      double.add({ ...connector, name: `conformance-${changes}` });
    },
  };
  const store = await openStore({ dataDir });
  const tokens = createTokens({ state: store.state });
  const windows = createWindowSessions();
  const endpoint = await openEndpoint({
    service: double.service,
    tokens,
    windows,
    api: {
      backend: createBackendDouble({}),
      idempotency: { get: async () => null, put: async () => {}, purge: async () => {} },
      hmacKey: async () => Buffer.alloc(32),
    },
    version: '0.0.0',
    port: 0,
    socketPath: join(dataDir, 'agent.sock'),
    mcp: { createServer: (_parts, { subscriptions }) => createFixtureServer(world, subscriptions) },
  });
  const { token } = await tokens.create({ name: 'conformance', scopes: ['tools:read', 'tools:act'] });
  return {
    origin: endpoint.url,
    path: `/mcp/${connector.id}`,
    token,
    relayMcp: endpoint.relayMcp,
    async close() {
      await endpoint.close();
      windows.close();
      tokens.close();
      await store.close();
      removeDataDir(dataDir);
    },
  };
}
