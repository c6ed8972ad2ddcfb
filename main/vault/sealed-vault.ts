import { readFile } from 'node:fs/promises';
import { AgentError } from '../../drivers/kit/index.ts';
import { replaceFile } from './durable-file.ts';
import { asVaultError, vaultUnavailable } from './errors.ts';
import type { KeySource } from './key-source.ts';
import { emptySealedFile, openEntry, provesKey, type SealedFile, sealedFileSchema, withEntry } from './sealed-file.ts';
import { createSerialQueue } from './serial-queue.ts';
import type { Vault } from './vault.ts';

interface Opened {
  readonly file: SealedFile;
  readonly key: Buffer;
}

/**
 * Secrets in one file, each sealed by itself. The file is read anew for each use: whatever was lost or changed shows as
 * `vault_unavailable`, and only a file that the key at hand has opened is ever replaced.
 */
export function createSealedVault(path: string, installationId: string, source: KeySource): Vault {
  const inTurn = createSerialQueue();
  let closed = false;

  const open = async (): Promise<Opened | null> => {
    const file = await readSealedFile(path);
    if (file === null) return null;
    if ((file.kdf !== null) !== (source.provider === 'passphrase')) {
      const [sealedWith, wanted] = file.kdf === null ? ['a key', 'what it was before'] : ['a passphrase', 'passphrase'];
      throw vaultUnavailable(
        `The sealed file ${path} was made with ${sealedWith}, the configuration says ${source.provider}.`,
        `Set vault.provider to ${wanted}, or move the sealed file away and enter the credentials again.`,
      );
    }
    const key = await source.existing(file);
    if (provesKey(file, key, installationId)) return { file, key };
    throw vaultUnavailable(
      `The ${source.provider} at hand is not the one that sealed ${path}, or the file is another installation's.`,
      source.provider === 'passphrase' ? 'Restart the agent with the right passphrase.' : 'Put the right key back.',
    );
  };

  const openOrBegin = async (): Promise<Opened> => {
    const opened = await open();
    if (opened !== null) return opened;
    const { key, kdf } = await source.first();
    return { file: emptySealedFile(key, installationId, kdf), key };
  };

  const use = <Result>(doing: string, task: () => Promise<Result>): Promise<Result> =>
    inTurn(async () => {
      if (closed) throw new AgentError('closed', 'The vault is closed.');
      try {
        return await task();
      } catch (error) {
        throw asVaultError(error, doing);
      }
    });

  const store = (file: SealedFile): Promise<void> => replaceFile(path, `${JSON.stringify(file, null, 1)}\n`);

  return {
    provider: source.provider,
    description: source.description,
    get: (entry) =>
      use('Reading from the sealed file', async () => {
        const opened = await open();
        return opened === null ? null : openEntry(opened.file, opened.key, installationId, entry);
      }),
    set: (entry, secret) =>
      use('Writing to the sealed file', async () => {
        const { file, key } = await openOrBegin();
        await store(withEntry(file, key, installationId, entry, secret));
      }),
    delete: (entry) =>
      use('Deleting from the sealed file', async () => {
        const opened = await open();
        if (opened === null || !Object.hasOwn(opened.file.entries, entry)) return;
        await store(withEntry(opened.file, opened.key, installationId, entry, null));
      }),
    check: () =>
      use('Opening the sealed file', async () => {
        if ((await open()) !== null) return;
        const { file } = await openOrBegin();
        await store(file);
      }),
    async close() {
      if (closed) return;
      closed = true;
      await inTurn(async () => source.close());
    },
  };
}

/** Null when there is none; `vault_unavailable` when it is not a sealed file. */
export async function readSealedFile(path: string): Promise<SealedFile | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw asVaultError(error, 'Reading the sealed file');
  }
  try {
    return sealedFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw vaultUnavailable(
      `${path} is not a sealed file of this version, or it is damaged.`,
      'Put a copy of it back, or move it away and enter the credentials again. Nothing was overwritten.',
      error,
    );
  }
}
