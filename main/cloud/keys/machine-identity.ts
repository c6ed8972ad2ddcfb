import { type IdentityKey, makeIdentityKey, openIdentityKey } from '../../api/link/index.ts';
import type { Vault } from '../../vault/index.ts';

const ENTRY = 'cloud/identity';

/** The key that names this machine to hubs. Made on it, kept in its vault, and told to nobody. */
export interface MachineIdentity {
  /** Rejects with `vault_unavailable`; made when it is first needed. */
  key(): Promise<IdentityKey>;
  /** The next pairing begins with a new key: one that was revoked somewhere names nobody any more. */
  forget(): Promise<void>;
}

/** The identity in this vault. */
export function createMachineIdentity(vault: Vault): MachineIdentity {
  let opened: IdentityKey | null = null;
  return {
    async key() {
      if (opened !== null) return opened;
      const kept = await vault.get(ENTRY);
      const text = kept ?? makeIdentityKey();
      if (kept === null) await vault.set(ENTRY, text);
      opened = openIdentityKey(text);
      return opened;
    },
    async forget() {
      opened = null;
      await vault.delete(ENTRY);
    },
  };
}
