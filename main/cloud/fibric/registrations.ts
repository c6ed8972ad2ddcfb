import { z } from 'zod';
import type { Database } from '../../store/index.ts';

/** How a connector stands at Fibric. */
export interface Registration {
  readonly connectorId: string;
  readonly deviceId: string;
  /** Grows with each uninstall and each change of the body. */
  readonly generation: number;
  readonly name: string;
  readonly listing: string;
  /** JSON of what is sent, less the secret. */
  readonly body: string;
  /** The vault's entry with the secret made for it; null where none is sent. */
  readonly secretEntry: string | null;
  readonly state: 'installing' | 'registered' | 'removing' | 'removed' | 'failed';
  /** Whether it may have been asked for already, with whatever end. */
  readonly attempted: boolean;
  readonly remoteId: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The registrations of a state database, in memory and on disk. */
export interface Registrations {
  all(): readonly Registration[];
  find(connectorId: string): Registration | null;
  /** The highest generation that a device ever had; 0: none. */
  generationOf(deviceId: string): number;
  /** Resolves when it is on disk, synced. */
  put(registration: Registration): Promise<void>;
}

const rowSchema = z.object({
  connector_id: z.string(),
  device_id: z.string(),
  generation: z.int(),
  name: z.string(),
  listing: z.string(),
  body: z.string(),
  secret_entry: z.string().nullable(),
  state: z.enum(['installing', 'registered', 'removing', 'removed', 'failed']),
  attempted: z.union([z.literal(0), z.literal(1)]),
  remote_id: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
});

export function openRegistrations(database: Database, now: () => number): Registrations {
  const rows = database.read(
    rowSchema,
    `SELECT connector_id, device_id, generation, name, listing, body, secret_entry, state, attempted, remote_id, error_code,
            error_message FROM cloud_registrations`,
  );
  const known = new Map(rows.map((row) => [row.connector_id, registrationOf(row)]));
  return {
    all: () => [...known.values()],
    find: (connectorId) => known.get(connectorId) ?? null,
    generationOf: (deviceId) =>
      Math.max(0, ...[...known.values()].flatMap((own) => (own.deviceId === deviceId ? [own.generation] : []))),
    async put(registration) {
      const { connectorId, error, attempted, ...rest } = registration;
      await database.write([
        {
          sql: `INSERT OR REPLACE INTO cloud_registrations (connector_id, device_id, generation, name, listing, body, secret_entry,
                  state, attempted, remote_id, error_code, error_message, updated_at)
                VALUES (:connectorId, :deviceId, :generation, :name, :listing, :body, :secretEntry,
                  :state, :attempted, :remoteId, :errorCode, :errorMessage, :at)`,
          parameters: {
            ...rest,
            connectorId,
            attempted: attempted ? 1 : 0,
            errorCode: error?.code ?? null,
            errorMessage: error?.message ?? null,
            at: new Date(now()).toISOString(),
          },
        },
      ]);
      known.set(connectorId, registration);
    },
  };
}

function registrationOf(row: z.output<typeof rowSchema>): Registration {
  return {
    connectorId: row.connector_id,
    deviceId: row.device_id,
    generation: row.generation,
    name: row.name,
    listing: row.listing,
    body: row.body,
    secretEntry: row.secret_entry,
    state: row.state,
    attempted: row.attempted === 1,
    remoteId: row.remote_id,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  };
}
