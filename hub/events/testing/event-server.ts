import type { Principal } from '../../../main/api/index.ts';
import { startTestServer, type TestServer } from '../../../main/api/testing/test-server.ts';
import type { Store } from '../../../main/store/index.ts';
import { createEventsBackend, type EventScope, type EventStore, eventTables, openEventStore } from '../index.ts';

/** Empties, or makes, the tables of the events. */
export async function freshTables(store: Store): Promise<void> {
  await store.state.write([{ sql: 'DROP TABLE IF EXISTS events' }, ...eventTables.map((sql) => ({ sql }))]);
}

/** A router on loopback that keeps events; tokens are `TENANT` or `TENANT-test`. */
export async function startEventServer(
  store: Store,
  options: Parameters<typeof startTestServer>[0] & { readonly now?: () => number } = {},
): Promise<TestServer & { readonly events: EventStore }> {
  const { now = Date.now, ...rest } = options;
  const events = openEventStore({
    database: store.state,
    retention: { keepHours: 24 * 90 },
    turn: async () => {},
    now,
  });
  const server = await startTestServer({ events: createEventsBackend(events, scopeOf), ...rest });
  return { ...server, events };
}

function scopeOf({ name }: Principal): EventScope {
  const [tenant = '', mode] = name.split('-');
  return { tenantId: `t_${tenant}`, mode: mode === 'test' ? 'test' : 'live', workspaceId: 'ws_1', resellerId: null };
}
