import { vaultUnavailable } from './errors.ts';
import { createKeyfile, readKeyfile } from './keyfile.ts';
import { deriveKey, newKdf, takePassphrase } from './passphrase.ts';
import type { Kdf, SealedFile } from './sealed-file.ts';
import type { VaultProvider } from './vault.ts';

/** Where the sealed file's key comes from. */
export interface KeySource {
  readonly provider: Exclude<VaultProvider, 'keychain'>;
  readonly description: string;
  /** The key for this file. */
  existing(file: SealedFile): Promise<Buffer>;
  /** The key for the first file, with how it is derived. */
  first(): Promise<{ readonly key: Buffer; readonly kdf: Kdf | null }>;
  close(): void;
}

/** A random key in a file beside the data folder. It is read anew for each use, so that a missing one shows at once. */
export function keyfileSource(path: string, dataDir: string): KeySource {
  return {
    provider: 'keyfile',
    description: 'file permissions, not encryption',
    async existing() {
      const key = await readKeyfile(path, dataDir);
      if (key !== null) return key;
      throw vaultUnavailable(
        `The key file ${path} is missing; the sealed file can't be opened without it.`,
        'Put the key file back. A new one would not open what is stored.',
      );
    },
    async first() {
      const key = (await readKeyfile(path, dataDir)) ?? (await createKeyfile(path, dataDir));
      return { key, kdf: null };
    },
    close() {},
  };
}

/**
 * A key derived from a passphrase, once, beginning now; `file` is what the vault holds at start. A missing passphrase
 * shows at each use.
 */
export function passphraseSource(
  file: Promise<SealedFile | null>,
  ask: (() => Promise<string>) | undefined,
): KeySource {
  const derived = Promise.all([file, takePassphrase(ask)]).then(async ([atStart, passphrase]) => {
    const kdf = atStart?.kdf ?? newKdf();
    return { kdf, key: await deriveKey(passphrase, kdf) };
  });
  derived.catch(() => {});
  return {
    provider: 'passphrase',
    description: 'encrypted with a passphrase given at start',
    async existing({ kdf: needed }) {
      const { key, kdf } = await derived;
      if (needed?.salt === kdf.salt) return key;
      throw vaultUnavailable('The sealed file was replaced while the agent was running.', 'Restart the agent.');
    },
    first: () => derived,
    close() {
      void derived.then(({ key }) => key.fill(0)).catch(() => {});
    },
  };
}
