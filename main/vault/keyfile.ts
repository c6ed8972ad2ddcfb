import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { createFile, syncFolder } from './durable-file.ts';
import { vaultUnavailable } from './errors.ts';

const KEY_BYTES = 32;

/**
 * Reads the key, 32 bytes that only the agent's user may read, in a file outside the data folder. Null when it is not
 * there; `vault_unavailable` for one that others may read, is not ours, or is not a key.
 */
export async function readKeyfile(path: string, dataDir: string): Promise<Buffer | null> {
  await refuseInside(path, dataDir);
  const file = await openIfThere(path);
  if (file === null) return null;
  try {
    const { mode, uid, size } = await file.stat();
    const userId = process.getuid?.();
    const permissions = mode & 0o777;
    if (userId !== undefined && uid !== userId) {
      throw vaultUnavailable(
        `The key file ${path} belongs to user ${uid}, the agent runs as ${userId}.`,
        'Give the agent a key file of its own.',
      );
    }
    if (userId !== undefined && permissions !== 0o600) {
      const seen = permissions.toString(8).padStart(4, '0');
      throw vaultUnavailable(`The key file ${path} has mode ${seen}, it must be 0600.`, `chmod 600 '${path}'`);
    }
    if (size !== KEY_BYTES) {
      throw vaultUnavailable(
        `The key file ${path} has ${size} bytes, a key has ${KEY_BYTES}.`,
        'Put the right key file back.',
      );
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Makes a new random key; one that is there already is left alone and rejected with `EEXIST`. Durable when it resolves. */
export async function createKeyfile(path: string, dataDir: string): Promise<Buffer> {
  await refuseInside(path, dataDir);
  const key = randomBytes(KEY_BYTES);
  await createFile(path, key);
  await syncFolder(dirname(path));
  return key;
}

async function openIfThere(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A copy of the data folder must not carry its own key. */
async function refuseInside(path: string, dataDir: string): Promise<void> {
  const folder = await realpath(dirname(resolve(path)));
  const way = relative(await realpath(dataDir), join(folder, basename(path)));
  if (way !== '..' && !way.startsWith(`..${sep}`)) {
    throw vaultUnavailable(
      `The key file ${path} lies in the data folder that it is to protect.`,
      'Set vault.keyfile to a path outside the data folder.',
    );
  }
}
