/** Where secrets rest. Chosen once in the configuration and never fallen back from (contract section 5). */
export interface Vault {
  readonly provider: VaultProvider;
  /** What a person is told about how this one protects secrets: `OS keychain`, `file permissions, not encryption`... */
  readonly description: string;
  /** Rejects with `vault_unavailable` when it is missing, locked or changed; nothing is overwritten. Null when there is no such entry. */
  get(entry: string): Promise<string | null>;
  /** Resolves when the secret rests. */
  set(entry: string, secret: string): Promise<void>;
  /** Unknown entries are fine. */
  delete(entry: string): Promise<void>;
  /** Resolves when it can be used now, else rejects with `vault_unavailable` and the reason. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** How the vault protects what it holds; every provider the configuration may name. */
export type VaultProvider = 'keychain' | 'keyfile' | 'passphrase' | 'systemd-credential' | 'tpm2';
