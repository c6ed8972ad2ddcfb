import { z } from 'zod';
import { grantsSchema } from '../../api/schemas/index.ts';
import type { Database } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';

const KEY = 'cloud_pairing_begun';
const ENTRY = 'cloud/device-code';

const shownSchema = z.object({
  origin: z.string(),
  /** What the hub calls itself; proofs name it. */
  hub_origin: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  /** The same page with the code filled in; null where the hub names none. */
  verification_uri_complete: z.string().nullable().default(null),
  /** By this machine's clock, for people; the hub says when it is over. */
  expires_at: z.string(),
  interval_s: z.int(),
  grants: grantsSchema,
  key_words: z.string(),
});
/** A pairing that waits for somebody at the hub, without its secret. */
export type WaitingPairing = z.output<typeof shownSchema>;

/** Keeps a pairing that waits, so that the code on the screen stays good when the agent is started again. */
export interface WaitingPairings {
  /** What waited when the agent ended; null when nothing did. */
  shown(): WaitingPairing | null;
  /** The secret of what is shown; null when it is lost. Rejects with `vault_unavailable`. */
  deviceCode(): Promise<string | null>;
  /** Resolves when both are stored. */
  keep(waiting: WaitingPairing, deviceCode: string): Promise<void>;
  forget(): Promise<void>;
}

/** What is shown rests in `state`, the device code in the vault. */
export function createWaitingPairings(state: Database, vault: Vault): WaitingPairings {
  return {
    shown() {
      const [row] = state.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', {
        key: KEY,
      });
      if (row === undefined) return null;
      const parsed = shownSchema.safeParse(JSON.parse(row.value));
      return parsed.success ? parsed.data : null;
    },
    deviceCode: () => vault.get(ENTRY),
    async keep(waiting, deviceCode) {
      await vault.set(ENTRY, deviceCode);
      await state.write([
        {
          sql: 'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
          parameters: { key: KEY, value: JSON.stringify(waiting) },
        },
      ]);
    },
    async forget() {
      await state.write([{ sql: 'DELETE FROM settings WHERE key = :key', parameters: { key: KEY } }]);
      await vault.delete(ENTRY);
    },
  };
}
