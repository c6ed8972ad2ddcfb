import { z } from 'zod';
import { pairedSchema } from '../../api/schemas/index.ts';
import type { Database } from '../../store/index.ts';

const KEY = 'cloud_pairing';

const recordSchema = z.object({
  ...pairedSchema.omit({ object: true }).shape,
  paired_at: z.string(),
  key_words: z.string(),
  /** Why the hub ended it, once it did. */
  ended: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable().default(null),
});
/** A pairing as this machine keeps it. */
export type PairingRecord = z.output<typeof recordSchema>;

/** The one pairing of this machine; null when there is none. */
export function readPairing(state: Database): PairingRecord | null {
  const [row] = state.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', {
    key: KEY,
  });
  return row === undefined ? null : recordSchema.parse(JSON.parse(row.value));
}

/** Stores it, in place of the one before; null removes it. Resolves when written. */
export async function writePairing(state: Database, record: PairingRecord | null): Promise<void> {
  await state.write([
    record === null
      ? { sql: 'DELETE FROM settings WHERE key = :key', parameters: { key: KEY } }
      : {
          sql: 'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
          parameters: { key: KEY, value: JSON.stringify(record) },
        },
  ]);
}
