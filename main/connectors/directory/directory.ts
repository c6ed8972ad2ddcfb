import { AgentError } from '../../../drivers/kit/index.ts';
import type { ToolDescription } from '../../hardware/index.ts';
import type { Database, Statement } from '../../store/index.ts';
import type { ConnectorStatus, Health } from './connector.ts';
import { type ConnectorRecord, connectorRowSchema, type StoredConnector } from './connector-record.ts';

/** What may change about an installed connector. */
export type RecordChange = Partial<
  Pick<ConnectorRecord, 'name' | 'deviceId' | 'config' | 'policy' | 'protocolSerial' | 'authHint' | 'secretEntry'>
>;

/** The installed connectors, in memory and on disk. Reading it never touches the disk. */
export interface Directory {
  /** Newest first. */
  all(): readonly ConnectorRecord[];
  find(id: string): ConnectorRecord | null;
  /** Rejects with `not_found`. */
  get(id: string): ConnectorRecord;
  byDevice(deviceId: string): ConnectorRecord | null;
  byName(name: string): ConnectorRecord | null;
  hasSlug(slug: string): boolean;
  /**
   * Takes name, slug and device at once, so that a second call sees them taken; resolves when stored, together with what
   * `alongside` writes.
   */
  add(record: ConnectorRecord, status: ConnectorStatus, health: Health, alongside: readonly Statement[]): Promise<void>;
  /** What `alongside` writes is in the same commit. */
  change(id: string, change: RecordChange, alongside?: readonly Statement[]): Promise<ConnectorRecord>;
  /** What it can do under its configuration; not stored, since the driver says it. */
  setTools(id: string, tools: readonly ToolDescription[]): void;
  remove(id: string, alongside?: readonly Statement[]): Promise<void>;
}

const columns: Readonly<Record<keyof RecordChange, string>> = {
  name: 'name',
  deviceId: 'device_id',
  config: 'config',
  policy: 'policy',
  protocolSerial: 'protocol_serial',
  authHint: 'auth_hint',
  secretEntry: 'secret_entry',
};

/** Reads every stored connector, and returns them with the directory that holds them from now on. */
export function openDirectory(database: Database): {
  readonly directory: Directory;
  readonly stored: readonly StoredConnector[];
} {
  const stored = database.read(
    connectorRowSchema,
    `SELECT id, listing, kind, name, device_id, config, auth_type, auth_hint, secret_entry, policy, status, health, slug, protocol_serial, created_at, last_synced_at
     FROM connectors ORDER BY created_at, rowid`,
  );
  const records = new Map(stored.map(({ record }) => [record.id, record]));
  const search = (test: (record: ConnectorRecord) => boolean) => {
    for (const record of records.values()) if (test(record)) return record;
    return null;
  };
  const get = (id: string) => {
    const record = records.get(id);
    if (record !== undefined) return record;
    throw new AgentError('not_found', `No connector ${id} is installed here.`, {
      hint: 'List the connectors to see their ids.',
    });
  };

  const directory: Directory = {
    all: () => [...records.values()].reverse(),
    find: (id) => records.get(id) ?? null,
    get,
    byDevice: (deviceId) => search((record) => record.deviceId === deviceId),
    byName: (name) => search((record) => record.name === name),
    hasSlug: (slug) => search((record) => record.slug === slug) !== null,

    async add(record, status, health, alongside) {
      records.set(record.id, record);
      try {
        await database.write([
          {
            sql: `INSERT INTO connectors (id, listing, kind, name, device_id, config, auth_type, auth_hint, secret_entry, policy, status, health, slug, protocol_serial, created_at, last_synced_at)
                  VALUES (:id, :listing, :kind, :name, :device_id, :config, :auth_type, :auth_hint, :secret_entry, :policy, :status, :health, :slug, :protocol_serial, :created_at, NULL)`,
            parameters: {
              id: record.id,
              listing: record.listing,
              kind: record.kind,
              name: record.name,
              device_id: record.deviceId,
              config: JSON.stringify(record.config),
              auth_type: record.authType,
              auth_hint: record.authHint,
              secret_entry: record.secretEntry,
              policy: JSON.stringify(record.policy),
              status,
              health: JSON.stringify(health),
              slug: record.slug,
              protocol_serial: record.protocolSerial,
              created_at: record.createdAt,
            },
          },
          ...alongside,
        ]);
      } catch (error) {
        records.delete(record.id);
        throw error;
      }
    },

    async change(id, change, alongside = []) {
      const before = get(id);
      const after: ConnectorRecord = { ...before, ...change };
      records.set(id, after);
      const parameters: Record<string, string | null> = { id };
      const assignments: string[] = [];
      for (const [key, column] of Object.entries(columns)) {
        const value = Object.entries(change).find(([name]) => name === key)?.[1];
        if (value === undefined) continue;
        assignments.push(`${column} = :${column}`);
        parameters[column] = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
      }
      try {
        if (assignments.length > 0) {
          await database.write([
            { sql: `UPDATE connectors SET ${assignments.join(', ')} WHERE id = :id`, parameters, expectChanges: 1 },
            ...alongside,
          ]);
        }
      } catch (error) {
        if (records.get(id) === after) records.set(id, before);
        throw error;
      }
      return after;
    },

    setTools(id, tools) {
      const record = records.get(id);
      if (record !== undefined) records.set(id, { ...record, tools });
    },

    async remove(id, alongside = []) {
      get(id);
      await database.write([
        { sql: 'DELETE FROM connectors WHERE id = :id', parameters: { id }, expectChanges: 1 },
        ...alongside,
      ]);
      records.delete(id);
    },
  };
  return { directory, stored };
}
