import { AgentError } from '../../drivers/kit/index.ts';
import type { EventsBackend, Ingested, Principal } from '../../main/api/index.ts';
import type { EventBody } from '../../main/api/schemas/index.ts';
import type { EventScope, EventStore } from './event-store.ts';

/** The events routes over a store; `scopeOf` says whose key a principal holds. */
export function createEventsBackend(store: EventStore, scopeOf: (principal: Principal) => EventScope): EventsBackend {
  return {
    async ingest(principal, events) {
      const scope = scopeOf(principal);
      for (const { body } of events) requireOwn(scope, body);
      const refused = events.map(({ body }) => (scope.mode === 'live' ? simulatedUnderLive(body) : null));
      const taken = events.filter((_, index) => refused[index] === null);
      const stored = taken.length === 0 ? [] : await store.ingest(scope, taken);
      const next = stored.values();
      return refused.map((refusal): Ingested => {
        const outcome = refusal ?? next.next().value;
        if (outcome === undefined) throw new AgentError('internal_error', 'An event had no outcome.');
        return outcome;
      });
    },
    list: async (principal, filter, page) => store.list(scopeOf(principal), filter, page),
    async get(principal, eventId) {
      const found = store.find(scopeOf(principal), eventId);
      if (found !== null) return found.event;
      throw new AgentError('not_found', `There is no event ${JSON.stringify(eventId.slice(0, 100))}.`, {
        hint: 'It may be older than events are kept, or belong to keys of another tenant or mode.',
      });
    },
    positionOf: async (principal, eventId) => store.find(scopeOf(principal), eventId),
    end: async () => ({ position: store.end() }),
    after: async (principal, filter, { position }, limit) => store.after(scopeOf(principal), filter, position, limit),
    onNews: (principal, wake) => store.onNews(scopeOf(principal), wake),
  };
}

/** What a simulated device told never counts as real, whoever sends it: an agent keeps it back, and is not trusted to. */
function simulatedUnderLive({ payload }: EventBody): Ingested | null {
  if (payload['simulated'] !== true) return null;
  const error = new AgentError('invalid_parameter', 'What a simulated device told is not taken with a live key.', {
    hint: 'Use a test key (sk_test_...), or pair the machine with the test partition.',
    details: { parameter: 'payload.simulated' },
  });
  return { status: 'refused', error };
}

/** Tenant, reseller and workspace come from the key. A body may name them, but no others. */
function requireOwn(scope: EventScope, { tenant_id, reseller_id, workspace_id }: EventBody): void {
  const wrong =
    (tenant_id !== undefined && tenant_id !== scope.tenantId && 'tenant_id') ||
    (reseller_id !== undefined && reseller_id !== scope.resellerId && 'reseller_id') ||
    (workspace_id !== undefined && workspace_id !== scope.workspaceId && 'workspace_id');
  if (wrong === false) return;
  throw new AgentError('tenant_mismatch', `The body names another ${wrong} than this key has.`, {
    hint: `Leave ${wrong} out: it comes from the key.`,
    details: { parameter: wrong },
  });
}
