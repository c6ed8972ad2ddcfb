import { z } from 'zod';
import type { Database } from '../../store/index.ts';

const KEY = 'cloud_network';

const keptSchema = z.object({
  /** What a person set here; credentials are in the vault. */
  proxy: z
    .object({ url: z.string(), exceptions: z.array(z.string()) })
    .nullable()
    .default(null),
  /** PEM of the authorities that a person added. */
  ca: z.string().nullable().default(null),
});
/** What people set about the way to the cloud. */
export type KeptNetwork = z.output<typeof keptSchema>;

/** What is kept; nothing set is a value too. */
export function readNetwork(state: Database): KeptNetwork {
  const [row] = state.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', {
    key: KEY,
  });
  return keptSchema.parse(row === undefined ? {} : JSON.parse(row.value));
}

/** Resolves when written. */
export async function writeNetwork(state: Database, kept: KeptNetwork): Promise<void> {
  await state.write([
    {
      sql: 'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      parameters: { key: KEY, value: JSON.stringify(kept) },
    },
  ]);
}
