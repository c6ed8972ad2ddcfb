import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { ConnectorEntry } from '../../agents/connector-entry.ts';
import type { AgentRow } from '../../agents/registry.ts';
import { createAllConnectors } from './all-connectors.ts';
import { mostConnectors, readerOf } from './place-connectors.ts';

it('serves no more connectors at once than anybody chooses from, and names the way to one', async () => {
  const place = { tenantId: 't_1', mode: 'test' } as const;
  const agent: AgentRow = {
    id: 'agt_1',
    tenant_id: 't_1',
    mode: 'test',
    name: 'bench',
    public_key: '',
    sealing_key: null,
    grants: { read: true, act: true, install: false, care: false },
    version: '0.0.0',
    paired_at: '',
    paired_by: '',
    last_seen_at: null,
    revoked_at: null,
  };
  const entries = Array.from(
    { length: mostConnectors + 1 },
    (_, index): ConnectorEntry => ({
      id: `cn_${index}`,
      agentId: agent.id,
      digest: '',
      listing: 'cn-scale-sics',
      name: `scale-${index}`,
      kind: 'hardware',
      status: 'connected',
      capabilities: [],
      createdAtMs: index,
      simulated: true,
    }),
  );
  const unused = () => {
    throw new Error('not asked here');
  };
  const faults: unknown[] = [];
  const all = createAllConnectors({
    view: { agents: () => [agent], sees: () => true, connector: unused },
    projections: { connectorsOf: () => entries, subscribe: () => () => {} },
    agents: { onChange: () => () => {} },
    links: { link: () => null },
    slugs: { get: () => null, assign: async () => {} },
    agentSide: { ask: unused, askFor: unused },
    version: '0.0.0',
    onFault: (error) => faults.push(error),
  });
  const server = createServer((request, response) => void all.handle(request, response, readerOf(place)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, { method: 'POST' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(`There are ${mostConnectors + 1} connectors`);
  server.closeAllConnections();
  server.close();
  await all.close();
  expect(faults).toEqual([]);
});
