import { join, resolve } from 'node:path';
import { credentialSource } from './credential.ts';
import { keyfileSource, passphraseSource } from './key-source.ts';
import { createKeychainVault } from './keychain-vault.ts';
import { createSealedVault, readSealedFile } from './sealed-vault.ts';
import type { Vault, VaultProvider } from './vault.ts';

export interface VaultOptions {
  readonly provider: VaultProvider;
  /** For `keyfile`: the key's path, outside the data folder. Default: beside it, `DIR.key`. */
  readonly keyfile?: string | undefined;
  readonly dataDir: string;
  /** Keeps the entries of several installations under one user apart. */
  readonly installationId: string;
  /** For `passphrase`, when the environment has none: asks a person, once. */
  readonly passphrase?: () => Promise<string>;
}

/**
 * The vault that the configuration names. Never rejects because of the vault: what is wrong shows in `check` and on use,
 * and the agent serves all that needs no secret.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { provider, dataDir, installationId, keyfile = `${resolve(dataDir)}.key`, passphrase } = options;
  const path = join(dataDir, 'vault.sealed');
  switch (provider) {
    case 'keychain':
      return createKeychainVault(installationId);
    case 'keyfile':
      return createSealedVault(path, installationId, keyfileSource(keyfile, dataDir));
    case 'passphrase':
      return createSealedVault(path, installationId, passphraseSource(readSealedFile(path), passphrase));
    case 'systemd-credential':
    case 'tpm2':
      return createSealedVault(path, installationId, credentialSource(provider));
  }
}
