import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Database, jsonColumn, type Statement } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Log } from '../log.ts';
import { jsonObject } from '../storage/column-shapes.ts';
import type { StreamPlace } from './cursor.ts';
import { createHeldEntries, type HeldEntries, toEntry } from './held-entries.ts';
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
/** What may wait for a disk that does not take it, of all connectors; the oldest are given up, and counted as missing. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
/** What is stored at once: it is in memory several times while it is written. */
const BATCH_BYTES = 1024 * 1024;
/** Deleting is done for so many at a time. */
const PRUNE_STEP = 100;
/** Too old ones are deleted so many at a time. */
const EXPIRE_STEP = 1_000;
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
  readonly held: HeldEntries;
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
    tails.set(connectorId, newTail(connectorId, { personal: personal === 1, end, lastAt: at }));
  }
  let storing: Promise<void> | null = null;
  let cancelRetry: (() => void) | null = null;
  let closed = false;

  const tailOf = (connectorId: string): Tail => {
    const known = tails.get(connectorId);
    if (known !== undefined) return known;
    const tail = newTail(connectorId, { personal: false, end: { seq: runStart, items: 0 }, lastAt: null });
    tails.set(connectorId, tail);
    return tail;
  };

  const oldest = (personal: boolean) =>
    toInstant(clock.now() - (personal ? retention.keep_personal_hours : retention.keep_hours) * HOUR_MS);

  /** The connector that has most of what waits pays for a disk that takes nothing. */
  const bound = () => {
    for (;;) {
      let [sum, most]: [number, HeldEntries | null] = [0, null];
      for (const { held } of tails.values()) {
        sum += held.waitingBytes();
        if (most === null || held.waitingBytes() > most.waitingBytes()) most = held;
      }
      if (most === null || sum <= MOST_WAITING_BYTES) return;
      most.giveUpSome();
    }
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
    const waiting = [...tails.values()].filter(({ held }) => held.hasWaiting());
    const batches = waiting.flatMap((tail) => {
      const entries = tail.held.next(BATCH_BYTES / waiting.length);
      const last = entries.at(-1);
      return last === undefined ? [] : [{ tail, entries, last }];
    });
    const rows = batches.flatMap(({ tail, entries }) =>
      entries.map(({ seq, items, at, text, deviceId }) => [tail.connectorId, seq, items, at, text, deviceId]),
    );
    const heads = batches.map(({ tail, last }) => [
      tail.connectorId,
      last.seq,
      last.items,
      last.at,
      tail.personal ? 1 : 0,
    ]);
    const pruned = waiting.filter((tail) => tail.sincePruned >= pruneStep(tail));
    await database.write([
      { sql: insertEntries, parameters: { rows: JSON.stringify(rows) } },
      { sql: upsertHeads, parameters: { rows: JSON.stringify(heads) } },
      ...pruned.map(pruning),
    ]);
    for (const tail of pruned) tail.sincePruned = 0;
    for (const { tail, last } of batches) {
      tail.storedSeq = last.seq;
      tail.held.stored(last.seq);
    }
  };

  const flush = (): Promise<void> => {
    storing ??= (async () => {
      try {
        while ([...tails.values()].some(({ held }) => held.hasWaiting())) await store();
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
  const unstored = ({ held }: Tail) => (retention.keep === 0 ? held.all() : held.waiting());

  return {
    append(connectorId, { deviceId, at, body }, { personal }) {
      const tail = tailOf(connectorId);
      tail.personal = personal;
      tail.lastAt = at;
      tail.end = { seq: tail.end.seq + 1, items: tail.end.items + (body.kind === 'item' ? 1 : 0) };
      const entry: StreamEntry = { ...tail.end, at, deviceId, body };
      tail.held.add(entry, { waits: retention.keep > 0 });
      tail.sincePruned += 1;
      if (retention.keep > 0) {
        bound();
        if (cancelRetry === null && !closed) void flush();
      }
      return entry;
    },
    after(connectorId, place, limit) {
      const tail = tailOf(connectorId);
      const near = tail.held.behind(place.seq) ?? (retention.keep === 0 ? tail.held.all() : null);
      if (near !== null) return near.slice(0, limit).map(toEntry);
      const stored = read(connectorId, 'seq > :seq ORDER BY seq LIMIT :limit', { seq: place.seq, limit });
      if (stored.length >= limit) return stored;
      return [
        ...stored,
        ...unstored(tail)
          .slice(0, limit - stored.length)
          .map(toEntry),
      ];
    },
    newest(connectorId, limit, before) {
      const tail = tailOf(connectorId);
      const fresh = unstored(tail).filter(({ at }) => before === undefined || at < before);
      if (fresh.length >= limit || retention.keep === 0) return fresh.slice(-limit).map(toEntry);
      const condition = before === undefined ? '1' : 'at < :before';
      const stored = read(connectorId, `${condition} ORDER BY seq DESC LIMIT :limit`, {
        limit: limit - fresh.length,
        ...(before === undefined ? {} : { before }),
      });
      return [...stored.reverse(), ...fresh.map(toEntry)];
    },
    isKept: (connectorId, at) => at >= oldest(tailOf(connectorId).personal),
    end: (connectorId) => tailOf(connectorId).end,
    lastAt: (connectorId) => tailOf(connectorId).lastAt,
    async tidy() {
      for (const tail of tails.values()) tail.held.expire(oldest(tail.personal));
      const [personal, other] = [oldest(true), oldest(false)];
      const latest = personal > other ? personal : other;
      // In portions, so that an action's row need not wait for a day's scans to be deleted.
      while (!closed) {
        const [deleted = 0] = await database.write([{ sql: expire, parameters: { personal, other, latest } }]);
        if (deleted < EXPIRE_STEP) return;
      }
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

function newTail(connectorId: string, known: Pick<Tail, 'personal' | 'end' | 'lastAt'>): Tail {
  const { seq } = known.end;
  return { connectorId, ...known, beginSeq: seq, storedSeq: seq, held: createHeldEntries(), sincePruned: 0 };
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

// `latest` is one for all, so that only what is old is looked through, by the index of time.
const expire = `
  DELETE FROM stream_entries WHERE (connector_id, seq) IN (
    SELECT old.connector_id, old.seq FROM stream_entries AS old
    JOIN stream_heads AS head ON head.connector_id = old.connector_id
    WHERE old.at < :latest AND old.at < CASE head.personal WHEN 1 THEN :personal ELSE :other END
    LIMIT ${EXPIRE_STEP})`;

const prune = `
  DELETE FROM stream_entries WHERE connector_id = :connector_id AND seq <= (
    SELECT seq FROM stream_entries WHERE connector_id = :connector_id ORDER BY seq DESC LIMIT 1 OFFSET :keep)`;
