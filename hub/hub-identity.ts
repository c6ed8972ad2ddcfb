import { z } from 'zod';
import type { Database } from '../main/store/index.ts';
import { mintId } from './secret.ts';

/** What a hub is to those who come to it. */
export interface HubIdentity {
  /** `hub_...`, made once. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The address that agents use, `https://hub.example.com`; what they sign names it. */
  readonly origin: string;
}

/** The hub's own id; made with its database. */
export async function readHubId(database: Database): Promise<string> {
  const read = () =>
    database.read(z.object({ value: z.string() }), "SELECT value FROM settings WHERE key = 'hub_id'")[0];
  const kept = read();
  if (kept !== undefined) return kept.value;
  const made = mintId('hub');
  await database.write([
    {
      sql: "INSERT INTO settings (key, value) VALUES ('hub_id', :made) ON CONFLICT (key) DO NOTHING",
      parameters: { made },
    },
  ]);
  return read()?.value ?? made;
}
