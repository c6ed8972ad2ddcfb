import type { ConnectorsBackend } from './backend.ts';
import { journalExportRoute } from './journal-export/export-route.ts';
import { decodeCursor, toList } from './pagination.ts';
import type { Principal } from './principal.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  type JournalEntryObject,
  journalEntrySchema,
  journalEpochSchema,
  journalQuerySchema,
  listOf,
  settleBodySchema,
} from './schemas/index.ts';
import { noSuch, seesEntry } from './token-limits.ts';

const rateClass = 'journal';

/** The record of side effects. */
export const journalRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/journal',
    operationId: 'listJournal',
    summary: 'Side effects, newest first',
    scopes: ['journal:read'],
    rateClass,
    query: journalQuerySchema,
    answers: listOf(journalEntrySchema),
    async handle({ backend, principal, query: { limit, cursor, ...filter } }) {
      const position = cursor === undefined ? null : decodeCursor('journal', filter, cursor);
      const { items, next } = await backend.listJournal(principal, filter, { limit, position });
      return ok(toList('journal', filter, { items: items.filter((entry) => seesEntry(principal, entry)), next }));
    },
  }),
  journalExportRoute,
  defineRoute({
    method: 'GET',
    path: '/journal/{id}',
    operationId: 'getJournalEntry',
    summary: 'One side effect',
    scopes: ['journal:read'],
    rateClass,
    answers: journalEntrySchema,
    handle: async ({ backend, principal, params: { id = '' } }) => ok(await visibleEntry(backend, principal, id)),
  }),
  defineRoute({
    method: 'POST',
    path: '/journal/{id}/settle',
    operationId: 'settleJournalEntry',
    summary: 'Say whether an effect of unknown outcome happened; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    body: settleBodySchema,
    answers: journalEntrySchema,
    async handle({ backend, principal, params: { id = '' }, body }) {
      await visibleEntry(backend, principal, id);
      return ok(await backend.settleJournalEntry(principal, id, body));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/journal/acknowledge',
    operationId: 'acknowledgeJournal',
    summary: 'Unlock side effects after the journal was lost; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    answers: journalEpochSchema,
    handle: async ({ backend, principal }) => ok(await backend.acknowledgeJournal(principal)),
  }),
];

async function visibleEntry(backend: ConnectorsBackend, principal: Principal, id: string): Promise<JournalEntryObject> {
  const entry = await backend.getJournalEntry(principal, id);
  if (!seesEntry(principal, entry)) throw noSuch('journal entry', id);
  return entry;
}
