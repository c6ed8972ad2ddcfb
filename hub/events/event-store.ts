import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Ingested, KeyedEvent, Page, PageRequest, PlacedEvent } from '../../main/api/index.ts';
import type { EventBody, EventFilter, EventObject } from '../../main/api/schemas/index.ts';
import type { Database } from '../../main/store/index.ts';
import { contentHash } from './content-hash.ts';
import { filterSql } from './event-filter.ts';
import { eventColumns, eventObject, eventRow } from './event-rows.ts';

/** Whose events: what the key says, never the body. */
export interface EventScope {
  readonly tenantId: string;
  readonly mode: 'live' | 'test';
  readonly workspaceId: string | null;
  readonly resellerId: string | null;
}

/** How long events are kept; a key is remembered as long as its event. */
export interface EventRetention {
  readonly keepHours: number;
}

/** The events of all tenants, on disk. */
export interface EventStore {
  /** Takes them in one commit that is synced when this resolves; one outcome each, in order. */
  ingest(scope: EventScope, events: readonly KeyedEvent[]): Promise<readonly Ingested[]>;
  list(scope: EventScope, filter: EventFilter, page: PageRequest): Page<EventObject>;
  find(scope: EventScope, eventId: string): PlacedEvent | null;
  end(): number;
  after(
    scope: EventScope,
    filter: EventFilter,
    position: number,
    limit: number,
  ): { readonly events: readonly PlacedEvent[]; readonly position: number; readonly more: boolean };
  onNews(scope: EventScope, wake: () => void): () => void;
  /** Deletes what is older than it may be; resolves with how many. */
  tidy(): Promise<number>;
}

const HOUR_MS = 3_600_000;
const LARGE_BATCH = 50;
/** Rows looked at for a reader whose filter lets little through, before others get a turn. */
const SCAN = 2_000;
/** Deleted in one commit, so that writers are not kept waiting. */
const TIDY_STEP = 5_000;

const keyRow = z.object({ idempotency_key: z.string(), content_hash: z.string() }).and(eventRow);

/** Opens the store; the tables of `migrations.ts` are there. `now`: milliseconds since 1970. */
export function openEventStore(parts: {
  readonly database: Database;
  readonly retention: EventRetention;
  /** Resolves when whoever's events these are may go on: many are stored by one commit. */
  readonly turn: (scope: EventScope) => Promise<void>;
  readonly now: () => number;
}): EventStore {
  const { database, retention, turn, now } = parts;
  const listeners = new Map<string, Set<() => void>>();

  const read = (condition: string, parameters: Parameters<Database['read']>[2]) =>
    database.read(eventRow, `SELECT ${eventColumns} FROM events WHERE ${condition}`, parameters);
  const end = () =>
    database.read(z.object({ position: z.int().nullable() }), 'SELECT max(position) AS position FROM events')[0]
      ?.position ?? 0;

  const byKey = (scope: string, keys: readonly string[]) => {
    const rows = database.read(
      keyRow,
      `SELECT idempotency_key, content_hash, ${eventColumns} FROM events
       WHERE scope = :scope AND idempotency_key IN (SELECT value FROM json_each(:keys))`,
      { scope, keys: JSON.stringify(keys) },
    );
    return new Map(rows.map(({ idempotency_key: key, content_hash: hash, ...row }) => [key, { hash, row }]));
  };

  return {
    async ingest(scope, events) {
      // Each part of the work on a large batch is done in a turn of its own.
      if (events.length >= LARGE_BATCH) await turn(scope);
      const scopeKey = keyOf(scope);
      const at = new Date(now()).toISOString();
      const made = events.map(({ key, body }) => newRow(scope, key, body, at));
      const rows = made.map((row) => [
        scopeKey,
        row.id,
        row.key,
        row.hash,
        scope.resellerId,
        scope.tenantId,
        scope.workspaceId,
        row.source,
        row.event_type,
        row.correlation_id,
        row.payload,
        at,
      ]);
      const [stored = 0] = await database.write([{ sql: insertEvents, parameters: { rows: JSON.stringify(rows) } }]);
      await turn(scope);
      if (stored > 0) for (const wake of [...(listeners.get(scopeKey) ?? [])]) wake();
      // All new: what was made is what is stored. Else some keys were there, perhaps twice in this very request.
      const kept =
        stored === made.length
          ? null
          : byKey(
              scopeKey,
              made.flatMap(({ key }) => (key === null ? [] : [key])),
            );
      return made.map(({ key, hash, payload, ...row }): Ingested => {
        const own: EventObject = eventObject({ ...row, payload: JSON.parse(payload), position: 0 });
        const found = key === null ? undefined : kept?.get(key);
        if (found === undefined) {
          if (kept !== null && key !== null)
            throw new AgentError('store_unavailable', 'An event is gone as soon as it was stored.');
          return { status: 'accepted', event: own };
        }
        if (found.row.id === row.id) return { status: 'accepted', event: own };
        return found.hash === hash ? { status: 'duplicate', event: eventObject(found.row) } : { status: 'conflict' };
      });
    },
    list(scope, filter, { limit, position }) {
      const { sql, parameters } = filterSql(filter);
      const before = position === null ? Number.MAX_SAFE_INTEGER : Number(position);
      if (!Number.isSafeInteger(before)) {
        throw new AgentError('invalid_cursor', 'The cursor is malformed.', { hint: 'Begin again without a cursor.' });
      }
      const rows = read(`scope = :scope AND position < :before${sql} ORDER BY position DESC LIMIT :limit`, {
        scope: keyOf(scope),
        before,
        limit: limit + 1,
        ...parameters,
      });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(eventObject),
        next: rows.length > limit && last !== undefined ? String(last.position) : null,
      };
    },
    find(scope, eventId) {
      const [row] = read('id = :id AND scope = :scope', { id: eventId, scope: keyOf(scope) });
      return row === undefined ? null : { position: row.position, event: eventObject(row) };
    },
    end,
    after(scope, filter, position, limit) {
      const { sql, parameters } = filterSql(filter);
      const upTo = Math.min(end(), position + SCAN);
      if (upTo <= position) return { events: [], position, more: false };
      const rows = read(
        `scope = :scope AND position > :position AND position <= :upTo${sql} ORDER BY position LIMIT :limit`,
        { scope: keyOf(scope), position, upTo, limit, ...parameters },
      );
      const last = rows.at(-1);
      const full = rows.length === limit && last !== undefined;
      const reached = full ? last.position : upTo;
      return {
        events: rows.map((row) => ({ position: row.position, event: eventObject(row) })),
        position: reached,
        more: reached < end(),
      };
    },
    onNews(scope, wake) {
      const key = keyOf(scope);
      const own = listeners.get(key) ?? new Set<() => void>();
      listeners.set(key, own);
      own.add(wake);
      return () => {
        own.delete(wake);
        if (own.size === 0 && listeners.get(key) === own) listeners.delete(key);
      };
    },
    async tidy() {
      const before = new Date(now() - retention.keepHours * HOUR_MS).toISOString();
      for (let total = 0; ; ) {
        const [deleted = 0] = await database.write([
          {
            sql: `DELETE FROM events WHERE position IN
                    (SELECT position FROM events WHERE received_at < :before ORDER BY received_at LIMIT ${TIDY_STEP})`,
            parameters: { before },
          },
        ]);
        total += deleted;
        if (deleted < TIDY_STEP) return total;
      }
    },
  };
}

const insertEvents = `
  INSERT INTO events (scope, id, idempotency_key, content_hash, reseller_id, tenant_id, workspace_id, source, event_type,
                      correlation_id, payload, received_at)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
         value ->> 8, value ->> 9, value ->> 10, value ->> 11
  FROM json_each(:rows) WHERE 1
  ON CONFLICT (scope, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`;

function newRow(scope: EventScope, key: string | null, body: EventBody, receivedAt: string) {
  return {
    id: `ev_${randomBytes(16).toString('hex')}`,
    key,
    hash: contentHash(body),
    reseller_id: scope.resellerId,
    tenant_id: scope.tenantId,
    workspace_id: scope.workspaceId,
    source: body.source,
    event_type: body.event_type,
    correlation_id: body.correlation_id ?? `co_${randomBytes(12).toString('hex')}`,
    payload: JSON.stringify(body.payload),
    received_at: receivedAt,
  };
}

function keyOf({ tenantId, mode }: EventScope): string {
  return `${mode}:${tenantId}`;
}
