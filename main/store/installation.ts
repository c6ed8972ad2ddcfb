import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Database } from './store.ts';
import type { WriteFile } from './write-file.ts';

/** Gives a new `state.db` its installation id. */
export function settleInstallation(state: WriteFile): void {
  state.connection
    .prepare("INSERT INTO settings (key, value) VALUES ('installation_id', ?) ON CONFLICT (key) DO NOTHING")
    .run(`in_${randomBytes(16).toString('hex')}`);
}

/** This data folder's own id: 128 random bits, made once. The vault keeps its entries apart by it. */
export function readInstallationId(state: Database): string {
  const [row] = state.read(z.object({ value: z.string() }), "SELECT value FROM settings WHERE key = 'installation_id'");
  if (row === undefined) {
    throw new AgentError('store_unavailable', 'state.db has no installation id.', { hint: 'Restart the agent.' });
  }
  return row.value;
}
