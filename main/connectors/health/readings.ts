import { z } from 'zod';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { ToolDescription } from '../../hardware/index.ts';
import { type Database, jsonColumn } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import { jsonObject } from '../storage/column-shapes.ts';
import type { LazyWriter } from '../storage/lazy-writer.ts';
import type { Reading } from './reading.ts';

/** The last value each read gave, and when a connector last read well. In memory at once, on disk soon after. */
export interface Readings {
  /** Of a software source only that it answered is kept: its records may be about people, and go to who asked, not to disk. */
  record(connector: Pick<ConnectorRecord, 'id' | 'kind' | 'deviceId'>, tool: ToolDescription, value: JsonObject): void;
  /** It was heard: for what is kept elsewhere. */
  noteSynced(connectorId: string): void;
  /** What this device gave, not one that the connector had before. Never one from the future: after the clock was set back, the time of an earlier one is told by the clock as it is now. */
  last(connector: Pick<ConnectorRecord, 'id' | 'deviceId'>): readonly Reading[];
  /** The last good read or event; never a dry run or a side effect. */
  lastSyncedAt(connectorId: string): string | null;
  forget(connectorId: string): void;
}

interface Kept {
  readonly reading: Reading;
  /** When it came to be here, on the monotonic clock. */
  readonly keptAtMs: number;
}

const rowSchema = z.object({
  connector_id: z.string(),
  tool: z.string(),
  device_id: z.string().nullable(),
  value: jsonColumn(jsonObject),
  at: z.string(),
  expected_interval_ms: z.number().nullable(),
});

/** Reads the stored values. `onReading` sees each new one. */
export function openReadings(parts: {
  readonly database: Database;
  readonly lazy: LazyWriter;
  readonly clock: Clock;
  readonly lastSynced: ReadonlyMap<string, string>;
  readonly onReading: (reading: Reading) => void;
}): Readings {
  const { database, lazy, clock, onReading } = parts;
  const lastSynced = new Map(parts.lastSynced);
  const values = new Map<string, Map<string, Kept>>();
  const put = (reading: Reading) => {
    const own = values.get(reading.connector_id) ?? new Map<string, Kept>();
    own.set(reading.tool, { reading, keptAtMs: clock.monotonicMs() });
    values.set(reading.connector_id, own);
  };
  const byTheClockAsItIs = ({ reading, keptAtMs }: Kept): Reading => {
    const latest = toInstant(clock.now() - (clock.monotonicMs() - keptAtMs));
    if (Date.parse(reading.at) <= Date.parse(latest)) return reading;
    const { value } = reading;
    return { ...reading, at: latest, value: typeof value['at'] === 'string' ? { ...value, at: latest } : value };
  };
  for (const row of database.read(
    rowSchema,
    'SELECT connector_id, tool, device_id, value, at, expected_interval_ms FROM readings',
  )) {
    put(row);
  }

  const storeSynced = (connectorId: string) => {
    lazy.put(`synced/${connectorId}`, () => ({
      sql: 'UPDATE connectors SET last_synced_at = :at WHERE id = :id',
      parameters: { id: connectorId, at: lastSynced.get(connectorId) ?? null },
    }));
  };
  const store = (connectorId: string, tool: string) => {
    lazy.put(`reading/${connectorId}/${tool}`, () => {
      const { reading } = values.get(connectorId)?.get(tool) ?? {};
      return {
        sql: `INSERT INTO readings (connector_id, tool, device_id, value, at, expected_interval_ms)
              SELECT :connector_id, :tool, :device_id, :value, :at, :expected_interval_ms
              WHERE EXISTS (SELECT 1 FROM connectors WHERE id = :connector_id)
              ON CONFLICT (connector_id, tool) DO UPDATE
              SET device_id = excluded.device_id, value = excluded.value, at = excluded.at, expected_interval_ms = excluded.expected_interval_ms`,
        parameters: {
          connector_id: connectorId,
          tool,
          device_id: reading?.device_id ?? null,
          value: JSON.stringify(reading?.value ?? {}),
          at: reading?.at ?? '',
          expected_interval_ms: reading?.expected_interval_ms ?? null,
        },
      };
    });
    storeSynced(connectorId);
  };

  return {
    record({ id: connectorId, kind, deviceId }, tool, value) {
      const now = toInstant(clock.now());
      if (kind === 'saas') {
        lastSynced.set(connectorId, now);
        storeSynced(connectorId);
        return;
      }
      const reading: Reading = {
        connector_id: connectorId,
        device_id: deviceId,
        tool: tool.capability,
        value,
        at: typeof value['at'] === 'string' ? value['at'] : now,
        expected_interval_ms: tool.expected_interval_ms,
      };
      put(reading);
      lastSynced.set(connectorId, now);
      store(connectorId, tool.capability);
      onReading(reading);
    },
    noteSynced(connectorId) {
      lastSynced.set(connectorId, toInstant(clock.now()));
      storeSynced(connectorId);
    },
    last: ({ id, deviceId }) =>
      [...(values.get(id)?.values() ?? [])]
        .filter(({ reading: { device_id } }) => device_id === null || device_id === deviceId)
        .map(byTheClockAsItIs),
    lastSyncedAt: (connectorId) => lastSynced.get(connectorId) ?? null,
    forget(connectorId) {
      values.delete(connectorId);
      lastSynced.delete(connectorId);
      lazy.drop(`reading/${connectorId}/`);
      lazy.drop(`synced/${connectorId}`);
    },
  };
}
