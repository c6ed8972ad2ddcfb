import { z } from 'zod';
import type { Database, Statement } from '../../store/index.ts';
import { type EventClass, eventClasses, type Gap } from './terms.ts';

/** An event that waits. */
export interface OutboxRow {
  readonly id: number;
  readonly class: EventClass;
  readonly device: string;
  readonly stream: string;
  readonly seq: number;
  readonly source: string;
  readonly at: string;
  readonly queuedMs: number;
  readonly simulated: boolean;
  readonly key: string;
  readonly bytes: number;
  readonly body: string;
}

/** A gap with what is sent for it, once that is decided. */
export interface StoredGap {
  readonly key: string;
  readonly gap: Gap;
  /** Null while it may still grow. */
  readonly body: string | null;
}

/** Where a stream stands. */
export interface Head {
  readonly device: string;
  readonly stream: string;
  readonly seq: number;
  readonly origin: string | null;
}

const classSchema = z.enum(eventClasses);
const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

const shortRow = z.object({
  id: z.int(),
  class: classSchema,
  device: z.string(),
  stream: z.string(),
  seq: z.int(),
  source: z.string(),
  at: z.string(),
  simulated: flag,
  bytes: z.int(),
});
const shortColumns = 'id, class, device, stream, seq, source, at, simulated, bytes';
const fullRow = shortRow.extend({ key: z.string(), body: z.string() });

/** A row without its text. */
export type ShortRow = z.output<typeof shortRow>;
/** A row with its text. */
export type FullRow = z.output<typeof fullRow>;

const gapSchema = z.object({
  class: classSchema,
  device: z.string(),
  stream: z.string(),
  source: z.string(),
  simulated: z.boolean(),
  reason: z.enum(['bytes', 'age', 'disk', 'refused', 'several']),
  firstSeq: z.int(),
  lastSeq: z.int(),
  lost: z.int(),
  fromAt: z.string(),
  toAt: z.string(),
});

export const readOldest = (database: Database, limit: number): readonly FullRow[] =>
  database.read(fullRow, `SELECT ${shortColumns}, key, body FROM outbox ORDER BY id LIMIT :limit`, { limit });

/** The oldest of a class behind `afterId`. */
export const readOldestOf = (
  database: Database,
  parameters: {
    readonly class: EventClass;
    readonly afterId: number;
    readonly queuedBeforeMs: number;
    readonly limit: number;
  },
): readonly ShortRow[] =>
  database.read(
    shortRow,
    `SELECT ${shortColumns} FROM outbox
     WHERE class = :class AND id > :afterId AND queued_ms < :queuedBeforeMs ORDER BY id LIMIT :limit`,
    parameters,
  );

export const readOldestAt = (database: Database, of: EventClass): string | null =>
  database.read(z.object({ at: z.string() }), 'SELECT at FROM outbox WHERE class = :class ORDER BY id LIMIT 1', {
    class: of,
  })[0]?.at ?? null;

/** What each class holds, and the highest id there is. */
export const readTotals = (database: Database) =>
  database.read(
    z.object({ class: classSchema, waiting: z.int(), bytes: z.int(), last: z.int() }),
    'SELECT class, count(*) AS waiting, sum(bytes) AS bytes, max(id) AS last FROM outbox GROUP BY class',
  );

export const readHeads = (database: Database): readonly Head[] =>
  database.read(
    z.object({ device: z.string(), stream: z.string(), seq: z.int(), origin: z.string().nullable() }),
    'SELECT device, stream, seq, origin FROM outbox_heads',
  );

export const readGaps = (database: Database): readonly StoredGap[] =>
  database
    .read(
      z.object({ key: z.string(), gap: z.string(), body: z.string().nullable() }),
      'SELECT key, gap, body FROM outbox_gaps ORDER BY key',
    )
    .map(({ key, gap, body }) => ({ key, gap: gapSchema.parse(JSON.parse(gap)), body }));

export const readCounts = (database: Database): ReadonlyMap<string, number> =>
  new Map(
    database
      .read(z.object({ name: z.string(), value: z.int() }), 'SELECT name, value FROM outbox_counts')
      .map(({ name, value }) => [name, value]),
  );

/** Written again after a write whose outcome is not known, it changes nothing. */
export const insertRows = (rows: readonly OutboxRow[]): Statement => ({
  sql: `INSERT OR IGNORE INTO outbox (id, class, device, stream, seq, source, at, queued_ms, simulated, key, bytes, body)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
               value ->> 8, value ->> 9, value ->> 10, value ->> 11 FROM json_each(:rows)`,
  parameters: {
    rows: JSON.stringify(
      rows.map((row) => [
        row.id,
        row.class,
        row.device,
        row.stream,
        row.seq,
        row.source,
        row.at,
        row.queuedMs,
        row.simulated ? 1 : 0,
        row.key,
        row.bytes,
        row.body,
      ]),
    ),
  },
});

export const putHeads = (heads: readonly Head[]): Statement => ({
  sql: `INSERT OR REPLACE INTO outbox_heads (device, stream, seq, origin)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(:rows)`,
  parameters: { rows: JSON.stringify(heads.map(({ device, stream, seq, origin }) => [device, stream, seq, origin])) },
});

export const deleteRows = (ids: readonly number[]): Statement => ({
  sql: 'DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(:ids))',
  parameters: { ids: JSON.stringify(ids) },
});

export const deleteGaps = (keys: readonly string[]): Statement => ({
  sql: 'DELETE FROM outbox_gaps WHERE key IN (SELECT value FROM json_each(:keys))',
  parameters: { keys: JSON.stringify(keys) },
});

export const putGaps = (gaps: readonly StoredGap[]): Statement => ({
  sql: `INSERT OR REPLACE INTO outbox_gaps (key, gap, body)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:rows)`,
  parameters: { rows: JSON.stringify(gaps.map(({ key, gap, body }) => [key, JSON.stringify(gap), body])) },
});

export const putCounts = (counts: Readonly<Record<string, number>>): Statement => ({
  sql: `INSERT OR REPLACE INTO outbox_counts (name, value)
        SELECT value ->> 0, value ->> 1 FROM json_each(:rows)`,
  parameters: { rows: JSON.stringify(Object.entries(counts)) },
});

/** Which cloud the events are for; null: none was named yet. */
export const readOwner = (database: Database): string | null =>
  database.read(z.object({ value: z.string() }), "SELECT value FROM settings WHERE key = 'outbox_cloud'")[0]?.value ??
  null;

export const putOwner = (cloudId: string): Statement => ({
  sql: "INSERT OR REPLACE INTO settings (key, value) VALUES ('outbox_cloud', :cloudId)",
  parameters: { cloudId },
});
