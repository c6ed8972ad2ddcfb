import { expect, it } from 'vitest';
import { createManualClock } from '../../main/connectors/testing/manual-clock.ts';
import type { AgentRow } from '../agents/registry.ts';
import { createAgentTokens } from './agent-tokens.ts';

const agent: AgentRow = {
  id: 'agt_1',
  tenant_id: 't_1',
  mode: 'test',
  name: 'packing-1',
  public_key: 'A'.repeat(43),
  sealing_key: null,
  grants: { read: true, act: true, install: false, care: false },
  version: '1',
  paired_at: '2026-07-02T15:00:00.000Z',
  paired_by: 'somebody',
  last_seen_at: null,
  revoked_at: null,
};

it("an agent's token lasts an hour, whatever happens to the hub's clock meanwhile", () => {
  const clock = createManualClock();
  const tokens = createAgentTokens({ find: () => agent }, clock);
  const { token } = tokens.issue('agt_1');
  clock.setWall(2 * 3_600_000);
  clock.advance(3_599_000);
  expect(tokens.authenticate(token).id).toBe('agt_1');
  clock.setWall(-4 * 3_600_000);
  clock.advance(1_000);
  expect(() => tokens.authenticate(token)).toThrow('has expired');
});
