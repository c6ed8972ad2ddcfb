import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Database, jsonColumn, type Statement } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import type { Log } from '../log.ts';
import { jsonObject } from '../storage/column-shapes.ts';
import type { PastReading, Reading } from './reading.ts';

/** How much of the past is kept. */
export interface HistoryRetention {
  /** Readings of each connector and tool; 0 keeps none. */
  readonly keep: number;
  readonly keep_hours: number;
}

/** The last readings of each connector and tool, on disk; those of the last moments may be lost with the power. */
export interface ReadingHistory {
  record(reading: Reading): void;
  /** What this device gave, newest first; only those before the instant `before`, if given. Reads what has been recorded, stored or not. */
  read(
    connector: Pick<ConnectorRecord, 'id' | 'deviceId'>,
    tool: string,
    query: { readonly limit: number; readonly before?: string },
  ): Promise<readonly PastReading[]>;
  forget(connectorId: string): void;
  /** Stores what waits. */
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** How long readings wait to be stored together. */
const DELAY_MS = 2_000;
/** So many are stored without waiting longer. */
const MOST_WAITING = 500;
/** A value that stays the same is kept this often. */
const SAME_VALUE_MS = 60_000;
/** A measured value is kept this often at most; what is told once, as a scan is, always. */
const MEASURED_MS = 1_000;

const rowSchema = z.object({ at: z.string(), device_id: z.string().nullable(), value: jsonColumn(jsonObject) });
const lastSchema = z.object({ connector_id: z.string(), tool: z.string(), seq: z.int() });

interface Waiting {
  readonly connectorId: string;
  readonly tool: string;
  readonly deviceId: string | null;
  readonly seq: number;
  readonly at: string;
  readonly value: string;
}

interface Ring {
  seq: number;
  /** The last one kept, without its time. */
  lastText: string;
  lastMs: number;
}

/** Opens the history of a state database. */
export function openReadingHistory(parts: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: HistoryRetention;
}): ReadingHistory {
  const { database, clock, log, retention } = parts;
  const rings = new Map<string, Ring>();
  for (const { connector_id: connectorId, tool, seq } of database.read(
    lastSchema,
    'SELECT connector_id, tool, max(seq) AS seq FROM reading_history GROUP BY connector_id, tool',
  )) {
    rings.set(keyOf(connectorId, tool), { seq, lastText: '', lastMs: Number.NEGATIVE_INFINITY });
  }
  let waiting: Waiting[] = [];
  let cancel: (() => void) | null = null;
  let storing: Promise<void> = Promise.resolve();
  let closed = false;

  const oldest = () => toInstant(clock.now() - retention.keep_hours * HOUR_MS);
  const store = async (): Promise<void> => {
    cancel?.();
    cancel = null;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    // The last of each ring knows its newest number.
    const rings = new Map(batch.map((entry) => [keyOf(entry.connectorId, entry.tool), entry]));
    try {
      await database.write(
        [
          ...batch.map(insertion),
          ...[...rings.values()].map((entry) => pruning(entry, retention.keep)),
          { sql: 'DELETE FROM reading_history WHERE at < :oldest', parameters: { oldest: oldest() } },
        ],
        { mayForget: true },
      );
    } catch (error) {
      log.warn(
        { code: AgentError.from(error).code, err: error, readings: batch.length },
        'Past readings could not be stored',
      );
    }
  };
  const flush = () => {
    storing = storing.then(store);
    return storing;
  };

  return {
    record(reading) {
      if (closed || retention.keep === 0) return;
      const { connector_id: connectorId, device_id: deviceId, tool, at, expected_interval_ms: intervalMs } = reading;
      const key = keyOf(connectorId, tool);
      const { at: _, ...unchanging } = reading.value;
      // Another device that says the same says something new.
      const text = JSON.stringify([deviceId, unchanging]);
      const ring = rings.get(key) ?? { seq: 0, lastText: '', lastMs: Number.NEGATIVE_INFINITY };
      const sinceMs = clock.now() - ring.lastMs;
      if (intervalMs !== null && sinceMs < (text === ring.lastText ? SAME_VALUE_MS : MEASURED_MS)) return;
      const seq = ring.seq + 1;
      rings.set(key, { seq, lastText: text, lastMs: clock.now() });
      waiting.push({ connectorId, tool, deviceId, seq, at, value: JSON.stringify(reading.value) });
      if (waiting.length >= MOST_WAITING) void flush();
      else cancel ??= clock.after(DELAY_MS, () => void flush());
    },
    async read({ id, deviceId }, tool, { limit, before }) {
      await flush();
      return database.read(
        rowSchema,
        `SELECT at, device_id, value FROM reading_history
         WHERE connector_id = :connector_id AND tool = :tool AND at >= :oldest
           AND (device_id IS NULL OR device_id = :device_id) ${before === undefined ? '' : 'AND at < :before'}
         ORDER BY seq DESC LIMIT :limit`,
        {
          connector_id: id,
          device_id: deviceId,
          tool,
          oldest: oldest(),
          limit: Math.min(limit, retention.keep),
          ...(before === undefined ? {} : { before: new Date(before).toISOString() }),
        },
      );
    },
    forget(connectorId) {
      waiting = waiting.filter((entry) => entry.connectorId !== connectorId);
      for (const key of rings.keys()) if (key.startsWith(`${connectorId}/`)) rings.delete(key);
    },
    async close() {
      closed = true;
      await flush();
    },
  };
}

function insertion({ connectorId, tool, deviceId, seq, at, value }: Waiting): Statement {
  return {
    sql: `INSERT INTO reading_history (connector_id, tool, device_id, seq, at, value)
          SELECT :connector_id, :tool, :device_id, :seq, :at, :value
          WHERE EXISTS (SELECT 1 FROM connectors WHERE id = :connector_id)`,
    parameters: { connector_id: connectorId, tool, device_id: deviceId, seq, at, value },
  };
}

function pruning({ connectorId, tool, seq }: Waiting, keep: number): Statement {
  return {
    sql: 'DELETE FROM reading_history WHERE connector_id = :connector_id AND tool = :tool AND seq <= :last',
    parameters: { connector_id: connectorId, tool, last: seq - keep },
  };
}

function keyOf(connectorId: string, tool: string): string {
  return `${connectorId}/${tool}`;
}
