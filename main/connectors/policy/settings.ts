import { z } from 'zod';
import type { Database } from '../../store/index.ts';

/** Reads one of the agent's own settings; null when it was never set. */
export function readSetting(database: Database, key: string): string | null {
  const rows = database.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', { key });
  return rows[0]?.value ?? null;
}

/** Stores one of the agent's own settings; resolves when written. */
export async function writeSetting(database: Database, key: string, value: string): Promise<void> {
  await database.write([
    {
      sql: 'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      parameters: { key, value },
    },
  ]);
}
