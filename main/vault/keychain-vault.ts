import type { AsyncEntry } from '@napi-rs/keyring';
import { AgentError } from '../../drivers/kit/index.ts';
import { vaultUnavailable } from './errors.ts';
import { createSerialQueue } from './serial-queue.ts';
import type { Vault } from './vault.ts';

const SERVICE = 'fibric-edge';
/** Written by `check`, so that a locked keychain shows: reading what is not there needs no unlocking. */
const PROBE = 'vault-check';
/** A person may have to type a password into the desktop's prompt. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * The keychain of the operating system, an entry per secret. Loaded when first used. On Linux the Secret Service alone:
 * the library's fallback, the kernel's keyring, forgets at reboot.
 */
export function createKeychainVault(installationId: string): Vault {
  // One call at a time: a prompt that nobody answers holds one thread of the pool, not all of them.
  const inTurn = createSerialQueue();
  let closed = false;

  const use = <Result>(
    entry: string,
    doing: string,
    operate: (entry: AsyncEntry, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> =>
    inTurn(async () => {
      if (closed) throw new AgentError('closed', 'The vault is closed.');
      const deadline = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
      try {
        const { AsyncEntry } = await import('@napi-rs/keyring');
        const account = `${installationId}/${entry}`;
        const opened = new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
        return await Promise.race([operate(opened, deadline), rejectOn(deadline)]);
      } catch (error) {
        throw keychainError(doing, error);
      }
    });

  const get = (entry: string) =>
    // The library answers null, its types of older versions undefined.
    use(entry, 'Reading from the keychain', async (opened, signal) => (await opened.getPassword(signal)) ?? null);
  const set = (entry: string, secret: string) =>
    use(entry, 'Writing to the keychain', (opened, signal) => opened.setPassword(secret, signal));

  return {
    provider: 'keychain',
    description: 'OS keychain',
    get,
    set,
    async delete(entry) {
      await use(entry, 'Deleting from the keychain', (opened, signal) => opened.deletePassword(signal));
    },
    async check() {
      if ((await get(PROBE)) === null) await set(PROBE, 'ok');
    },
    async close() {
      closed = true;
    },
  };
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** The library has one code for everything, and its texts may change: they are shown, not branched on. */
function keychainError(doing: string, error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const seen = error instanceof Error ? error.message : String(error);
  const hint =
    process.platform === 'linux'
      ? 'Unlock the login keyring of the user the agent runs as, or start a Secret Service (gnome-keyring, KWallet). ' +
        'On a machine without a desktop choose vault.provider: keyfile or passphrase.'
      : 'Unlock the keychain of the user the agent runs as.';
  return vaultUnavailable(`${doing} failed: ${seen}.`, hint, error);
}
