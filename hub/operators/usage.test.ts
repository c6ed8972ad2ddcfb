import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../main/connectors/testing/manual-clock.ts';
import type { ConnectorEntry } from '../agents/connector-entry.ts';
import type { Projections } from '../agents/projections.ts';
import type { Place } from '../partition.ts';
import type { OperatorRow } from './operators.ts';
import { createUsage, type Usage } from './usage.ts';

type Status = 'connected' | 'error';
interface Shown {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly capabilities: string[];
}

const place: Place = { tenantId: 't_1', mode: 'test' };
const operator = (id: string, capabilities: string[], status: OperatorRow['status'] = 'active'): OperatorRow => ({
  ...{ id, capabilities, status, name: id, tenant_id: 't_1', mode: 'test', created_at: '2026-01-01T00:00:00.000Z' },
});

const entry: ConnectorEntry = {
  ...{ id: '', agentId: 'agt_1', digest: '', listing: 'cn-x', name: 'x', kind: 'hardware', status: 'connected' },
  ...{ capabilities: [], createdAtMs: 0, simulated: false },
};

describe('a connector that operators of a hub depend on', () => {
  let clock: ManualClock;
  let usage: Usage;
  let operators: OperatorRow[];
  let shown: Map<string, Shown>;
  let tell: Parameters<Projections['subscribe']>[0];
  const add = (id: string, status: Status = 'connected', ...capabilities: string[]) =>
    shown.set(id, { id, name: `name of ${id}`, status, capabilities });
  const letGo = (id: string) => {
    const connector = shown.get(id);
    if (connector === undefined) throw new Error(`no ${id}`);
    usage.letGo(place, connector);
  };
  const inUse = expect.objectContaining({ code: 'connector_in_use' });

  beforeEach(() => {
    clock = createManualClock();
    operators = [operator('op_1', ['weight.read'])];
    shown = new Map();
    usage = createUsage({
      operators: { list: () => operators },
      view: {
        having: (_place, capability) =>
          [...shown.values()].filter(({ capabilities }) => capabilities.includes(capability)),
        find: () => null,
      },
      projections: {
        subscribe(listener) {
          tell = listener;
          return () => {};
        },
      },
      clock,
    });
  });

  it('stays as long as no other that works has what they need, and the refusal names everything', () => {
    add('cn_1', 'connected', 'weight.read', 'scale.zero');
    add('cn_2', 'error', 'weight.read');
    expect(() => letGo('cn_1')).toThrow(
      expect.objectContaining({
        code: 'connector_in_use',
        message: 'weight.read is fulfilled only by cn_1; operators op_1 depend on it.',
        hint: expect.stringContaining('name of cn_2'),
        details: { capabilities: ['weight.read'], operators: ['op_1'] },
      }),
    );
    add('cn_3', 'connected', 'weight.read');
    letGo('cn_1');
  });

  it('goes when they are paused, or need something else, or it does not work and another does not either', () => {
    add('cn_1', 'connected', 'weight.read');
    operators = [operator('op_1', ['weight.read'], 'paused'), operator('op_2', ['label.print'])];
    letGo('cn_1');
    usage.keep('cn_1');
    operators = [operator('op_1', ['weight.read'])];
    expect(() => letGo('cn_1')).toThrow(inUse);
    add('cn_1', 'error', 'weight.read');
    add('cn_2', 'error', 'weight.read');
    letGo('cn_1');
  });

  it('stands in for none from when it may go, until it is known to stay, is gone, or a minute is over', () => {
    for (const id of ['cn_1', 'cn_2']) add(id, 'connected', 'weight.read');
    letGo('cn_1');
    expect(() => letGo('cn_2')).toThrow(inUse);
    // Asked again it is the same answer.
    letGo('cn_1');
    usage.keep('cn_1');
    letGo('cn_2');
    expect(() => letGo('cn_1')).toThrow(inUse);
    clock.advance(60_000);
    letGo('cn_1');
    shown.delete('cn_1');
    tell({ type: 'connector_removed', agentId: 'agt_1', before: { ...entry, id: 'cn_1' } });
    expect(() => letGo('cn_2')).toThrow(inUse);
    add('cn_1', 'connected', 'weight.read');
    letGo('cn_2');
  });
});
