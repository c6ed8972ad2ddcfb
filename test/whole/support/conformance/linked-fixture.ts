import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentRow } from '../../../../hub/agents/registry.ts';
import { systemClock } from '../../../../hub/clock.ts';
import { createFairTurns } from '../../../../hub/http/fair-turns.ts';
import { joinLink } from '../../../../hub/link/testing/joined-link.ts';
import { createMcpRelay } from '../../../../hub/mcp/mcp-relay.ts';
import type { Principal } from '../../../../main/api/index.ts';
import { sampleConnector } from '../../../../main/api/testing/samples.ts';
import { startFixtureAgent } from './fixture-agent.ts';

/** The suite's fixture behind a hub's relay: its HTTP, the link over a real connection, and the machine's side of it. */
export interface LinkedFixture {
  readonly origin: string;
  readonly path: string;
  close(): Promise<void>;
}

const principal: Principal = {
  id: 'key_1',
  kind: 'token',
  name: 'conformance',
  scopes: new Set(['tools:read', 'tools:act']),
  local: false,
  connectors: null,
  tools: null,
  ended: new AbortController().signal,
  partition: { tenantId: 't_1', mode: 'test', agentId: null },
};

/** Starts one; who asks and what is in sight is settled here, all that carries is what a hub runs. */
export async function startLinkedFixture(): Promise<LinkedFixture> {
  const fixture = await startFixtureAgent();
  const link = await joinLink({ relayMcp: fixture.relayMcp });
  const agent: AgentRow = {
    id: link.hub.agentId,
    tenant_id: 't_1',
    mode: 'test',
    name: 'bench',
    public_key: '',
    sealing_key: null,
    grants: { read: true, act: true, install: false, care: false },
    version: '0.0.0',
    paired_at: '2026-07-02T15:00:00.000Z',
    paired_by: 'key_1',
    last_seen_at: null,
    revoked_at: null,
  };
  const connector = sampleConnector({ id: fixture.path.slice('/mcp/'.length) });
  const faults: unknown[] = [];
  let origin = '';
  const relay = createMcpRelay({
    origin: () => origin,
    allConnectors: { handle: async () => {} },
    view: { connector: () => ({ agent, connector, tools: [], shown: connector }) },
    links: { link: () => link.hub },
    secret: Buffer.alloc(32),
    turns: createFairTurns(),
    clock: systemClock,
    onFault: (error) => faults.push(error),
  });
  const server = createServer((request, response) => void relay(request, response, () => principal));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    path: fixture.path,
    async close() {
      server.close();
      server.closeAllConnections();
      await link.close();
      await fixture.close();
      if (faults.length > 0) throw new AggregateError(faults, 'The relay reported faults of its own');
    },
  };
}
