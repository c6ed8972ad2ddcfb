import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Database, jsonColumn, type Statement } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Log } from '../log.ts';
import { jsonObject } from '../storage/column-shapes.ts';
import type { StreamPlace } from './cursor.ts';
import type { StreamEntry } from './stream-entry.ts';

/** How much of what devices send by themselves is kept. */
export interface StreamRetention {
  /** Entries of each connector; 0 keeps none on disk. */
  readonly keep: number;
  readonly keep_hours: number;
  /** Of streams that may tell of persons. */
  readonly keep_personal_hours: number;
}

/** What devices sent by themselves: in memory at once, on disk in the next commit; bounded in number and age. */
export interface StreamLog {
  /** Adds one of this device; it can be read from now on. `personal` says how long it may be kept. */
  append(
    connectorId: string,
    entry: Pick<StreamEntry, 'deviceId' | 'at' | 'body'>,
    options: { readonly personal: boolean },
  ): StreamEntry;
  /** The entries behind a place, oldest first, at most `limit`. */
  after(connectorId: string, place: StreamPlace, limit: number): readonly StreamEntry[];
  /** The newest, oldest first, at most `limit`; only those before the instant `before`, if given. */
  newest(connectorId: string, limit: number, before?: string): readonly StreamEntry[];
  /** Behind everything that has come. */
  end(connectorId: string): StreamPlace;
  /** Whether what came at `at` is not too old to be given. */
  isKept(connectorId: string, at: string): boolean;
  /** When the last one came; null: none ever did. */
  lastAt(connectorId: string): string | null;
  /** Deletes what is older than it may be. */
  tidy(): Promise<void>;
  forget(connectorId: string): void;
  /** Stores what waits. */
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** Stored entries that stay in memory for readers that follow closely. */
const RECENT = 256;
/** Entries of one connector that wait for a disk that does not take them; older ones are given up, and counted as missing. */
const MOST_WAITING = 5_000;
/** Deleting is done for so many at a time. */
const PRUNE_STEP = 100;
const RETRY_MS = 2_000;

const gapSchema = z.object({
  kind: z.literal('gap'),
  reason: z.enum(['not_listening', 'unreadable', 'cut_off', 'overflow', 'expired']),
  since: z.string().nullable(),
  lost: z.int().nullable(),
  bytes: z.int().nullable(),
});
const bodySchema = z.discriminatedUnion('kind', [z.object({ kind: z.literal('item'), item: jsonObject }), gapSchema]);
const rowSchema = z
  .object({
    ...{ seq: z.int(), items: z.int(), at: z.string() },
    ...{ device_id: z.string().nullable(), body: jsonColumn(bodySchema) },
  })
  .transform(({ device_id: deviceId, ...entry }) => ({ ...entry, deviceId }));
const headSchema = z.object({
  connector_id: z.string(),
  seq: z.int(),
  items: z.int(),
  at: z.string(),
  personal: z.union([z.literal(0), z.literal(1)]),
});

interface Tail {
  readonly connectorId: string;
  personal: boolean;
  /** Where this run began: its own entries have every number from there on. */
  readonly beginSeq: number;
  /** The place of the newest entry, and of the newest that is on disk. */
  end: StreamPlace;
  storedSeq: number;
  lastAt: string | null;
  /** Everything behind the first of these is among them. */
  recent: StreamEntry[];
  /** Entries behind {@link Tail.storedSeq}. */
  waiting: number;
  sincePruned: number;
}

/** Opens the log of a state database. */
export function openStreamLog(parts: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: StreamRetention;
}): StreamLog {
  const { database, clock, log, retention } = parts;
  /**
   * Every run begins beyond whatever an earlier one can have given out, also what a power cut took: seconds of the clock,
   * with room for more entries a second than any device sends.
   */
  const runStart = Math.floor(clock.now() / 1000) * 2 ** 20;
  const tails = new Map<string, Tail>();
  for (const { connector_id: connectorId, seq, items, at, personal } of database.read(
    headSchema,
    'SELECT connector_id, seq, items, at, personal FROM stream_heads',
  )) {
    const end = { seq: Math.max(seq, runStart), items };
    tails.set(connectorId, {
      connectorId,
      personal: personal === 1,
      beginSeq: end.seq,
      end,
      storedSeq: end.seq,
      lastAt: at,
      recent: [],
      waiting: 0,
      sincePruned: 0,
    });
  }
  let storing: Promise<void> | null = null;
  let cancelRetry: (() => void) | null = null;
  let closed = false;

  const tailOf = (connectorId: string): Tail => {
    const known = tails.get(connectorId);
    if (known !== undefined) return known;
    const end = { seq: runStart, items: 0 };
    const tail: Tail = {
      connectorId,
      personal: false,
      beginSeq: end.seq,
      end,
      storedSeq: end.seq,
      lastAt: null,
      recent: [],
      waiting: 0,
      sincePruned: 0,
    };
    tails.set(connectorId, tail);
    return tail;
  };

  const oldest = (personal: boolean) =>
    toInstant(clock.now() - (personal ? retention.keep_personal_hours : retention.keep_hours) * HOUR_MS);

  const trim = (tail: Tail) => {
    const spare = tail.recent.length - Math.max(RECENT, tail.waiting);
    if (spare > 0) tail.recent.splice(0, spare);
  };

  /** Whether this run alone has brought more than is kept. */
  const isFull = ({ end, beginSeq }: Tail) => end.seq - beginSeq >= retention.keep;
  // Until then each look at the number of entries goes through all of them.
  const pruneStep = (tail: Tail) => (isFull(tail) ? PRUNE_STEP : Math.max(PRUNE_STEP, retention.keep / 10));
  const pruning = (tail: Tail): Statement =>
    isFull(tail)
      ? {
          sql: 'DELETE FROM stream_entries WHERE connector_id = :connector_id AND seq <= :seq',
          parameters: { connector_id: tail.connectorId, seq: tail.end.seq - retention.keep },
        }
      : { sql: prune, parameters: { connector_id: tail.connectorId, keep: retention.keep } };

  const store = async (): Promise<void> => {
    const batches = [...tails.values()].filter((tail) => tail.waiting > 0);
    const rows = batches.flatMap(({ connectorId, recent, waiting }) =>
      recent
        .slice(-waiting)
        .map(({ seq, items, at, body, deviceId }) => [connectorId, seq, items, at, JSON.stringify(body), deviceId]),
    );
    const ends = batches.map(({ end }) => end);
    const heads = batches.map(({ connectorId, end, lastAt, personal }) => [
      connectorId,
      end.seq,
      end.items,
      lastAt,
      personal ? 1 : 0,
    ]);
    const pruned = batches.filter((tail) => tail.sincePruned >= pruneStep(tail));
    await database.write([
      { sql: insertEntries, parameters: { rows: JSON.stringify(rows) } },
      { sql: upsertHeads, parameters: { rows: JSON.stringify(heads) } },
      ...pruned.map(pruning),
    ]);
    for (const tail of pruned) tail.sincePruned = 0;
    for (const [index, tail] of batches.entries()) {
      tail.storedSeq = ends[index]?.seq ?? tail.storedSeq;
      tail.waiting = tail.recent.filter(({ seq }) => seq > tail.storedSeq).length;
      trim(tail);
    }
  };

  const flush = (): Promise<void> => {
    storing ??= (async () => {
      try {
        while ([...tails.values()].some(({ waiting }) => waiting > 0)) await store();
      } catch (error) {
        log.warn({ code: AgentError.from(error).code, err: error }, 'What devices sent could not be stored yet');
        if (!closed) cancelRetry ??= clock.after(RETRY_MS, retry);
      } finally {
        storing = null;
      }
    })();
    return storing;
  };
  const retry = () => {
    cancelRetry = null;
    void flush();
  };

  const read = (connectorId: string, condition: string, parameters: Record<string, string | number>) => {
    const tail = tailOf(connectorId);
    return database.read(
      rowSchema,
      `SELECT seq, items, at, device_id, body FROM stream_entries
       WHERE connector_id = :connector_id AND seq <= :stored AND at >= :oldest AND ${condition}`,
      { connector_id: connectorId, stored: tail.storedSeq, oldest: oldest(tail.personal), ...parameters },
    );
  };
  /** Those in memory that are not on disk (yet). */
  const unstored = ({ recent, storedSeq }: Tail) =>
    retention.keep === 0 ? recent : recent.filter(({ seq }) => seq > storedSeq);

  return {
    append(connectorId, { deviceId, at, body }, { personal }) {
      const tail = tailOf(connectorId);
      tail.personal = personal;
      tail.lastAt = at;
      tail.end = { seq: tail.end.seq + 1, items: tail.end.items + (body.kind === 'item' ? 1 : 0) };
      const entry: StreamEntry = { ...tail.end, at, deviceId, body };
      tail.recent.push(entry);
      tail.sincePruned += 1;
      if (retention.keep > 0) {
        tail.waiting = Math.min(tail.waiting + 1, MOST_WAITING);
        if (cancelRetry === null && !closed) void flush();
      }
      trim(tail);
      return entry;
    },
    after(connectorId, place, limit) {
      const tail = tailOf(connectorId);
      const [first] = tail.recent;
      const isNear = first !== undefined && place.seq >= first.seq - 1;
      if (isNear || retention.keep === 0) return tail.recent.filter(({ seq }) => seq > place.seq).slice(0, limit);
      const stored = read(connectorId, 'seq > :seq ORDER BY seq LIMIT :limit', { seq: place.seq, limit });
      if (stored.length >= limit) return stored;
      return [...stored, ...unstored(tail)].slice(0, limit);
    },
    newest(connectorId, limit, before) {
      const tail = tailOf(connectorId);
      const fresh = unstored(tail).filter(({ at }) => before === undefined || at < before);
      if (fresh.length >= limit || retention.keep === 0) return fresh.slice(-limit);
      const condition = before === undefined ? '1' : 'at < :before';
      const stored = read(connectorId, `${condition} ORDER BY seq DESC LIMIT :limit`, {
        limit: limit - fresh.length,
        ...(before === undefined ? {} : { before }),
      });
      return [...stored.reverse(), ...fresh];
    },
    isKept: (connectorId, at) => at >= oldest(tailOf(connectorId).personal),
    end: (connectorId) => tailOf(connectorId).end,
    lastAt: (connectorId) => tailOf(connectorId).lastAt,
    async tidy() {
      for (const tail of tails.values()) {
        const before = oldest(tail.personal);
        tail.recent = tail.recent.filter(({ at, seq }) => at >= before || seq > tail.storedSeq);
      }
      await database.write([
        {
          sql: `DELETE FROM stream_entries WHERE at < (
                  SELECT CASE personal WHEN 1 THEN :personal ELSE :other END
                  FROM stream_heads AS head WHERE head.connector_id = stream_entries.connector_id)`,
          parameters: { personal: oldest(true), other: oldest(false) },
        },
      ]);
    },
    forget(connectorId) {
      tails.delete(connectorId);
    },
    async close() {
      closed = true;
      cancelRetry?.();
      await flush();
    },
  };
}

const insertEntries = `
  INSERT INTO stream_entries (connector_id, seq, items, at, body, device_id)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(:rows)
  WHERE EXISTS (SELECT 1 FROM connectors WHERE id = value ->> 0)`;

const upsertHeads = `
  INSERT INTO stream_heads (connector_id, seq, items, at, personal)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(:rows)
  WHERE EXISTS (SELECT 1 FROM connectors WHERE id = value ->> 0)
  ON CONFLICT (connector_id) DO UPDATE
  SET seq = excluded.seq, items = excluded.items, at = excluded.at, personal = excluded.personal`;

const prune = `
  DELETE FROM stream_entries WHERE connector_id = :connector_id AND seq <= (
    SELECT seq FROM stream_entries WHERE connector_id = :connector_id ORDER BY seq DESC LIMIT 1 OFFSET :keep)`;
