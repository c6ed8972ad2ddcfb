import { type IdentityKey, makeIdentityKey, openIdentityKey } from '../../api/link/index.ts';
import { makeSealingKey, openSealingKey, type SealingKey } from '../../api/sealing/sealing-key.ts';
import type { Vault } from '../../vault/index.ts';

const ENTRY = 'cloud/identity';
const SEALING_ENTRY = 'cloud/sealing';

/** The keys of this machine at hubs. Made on it, kept in its vault, and told to nobody but for their public halves. */
export interface MachineIdentity {
  /** What names it. Rejects with `vault_unavailable`; made when it is first needed. */
  key(): Promise<IdentityKey>;
  /** What secrets for it are sealed to. Rejects with `vault_unavailable`; made when it is first needed. */
  sealingKey(): Promise<SealingKey>;
  /** The next pairing begins with a new key: one that was revoked somewhere names nobody any more. */
  forget(): Promise<void>;
}

/** The identity in this vault. */
export function createMachineIdentity(vault: Vault): MachineIdentity {
  let opened: IdentityKey | null = null;
  let openedSealing: SealingKey | null = null;
  const readOrMake = async (entry: string, make: () => string): Promise<string> => {
    const kept = await vault.get(entry);
    if (kept !== null) return kept;
    const made = make();
    await vault.set(entry, made);
    return made;
  };
  return {
    async key() {
      opened ??= openIdentityKey(await readOrMake(ENTRY, makeIdentityKey));
      return opened;
    },
    async sealingKey() {
      openedSealing ??= openSealingKey(await readOrMake(SEALING_ENTRY, makeSealingKey));
      return openedSealing;
    },
    async forget() {
      opened = null;
      openedSealing = null;
      await vault.delete(SEALING_ENTRY);
      await vault.delete(ENTRY);
    },
  };
}
