import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { AgentError } from '../../drivers/kit/index.ts';

/** A data folder that this process alone works in. */
export interface DataFolder {
  /** The data folder, without symbolic links. */
  readonly dataDir: string;
  /** For sockets and pages that end with the agent; 0700, or 0750 for a service's group. */
  readonly runDir: string;
  /** Lets another agent take the folder; idempotent. */
  release(): void;
}

/**
 * Makes `dataDir` and `dataDir/run` with mode 0700 where they are missing (`groupRunDir` in place of the latter: 0750, so
 * that the agent's group reaches its socket) and takes the folder's lock, which ends with the process, however that ends. Rejects with `already_running`, naming the other process, and with
 * `invalid_configuration` when a folder is not ours alone.
 */
export async function acquireDataFolder(
  dataDir: string,
  options: { readonly groupRunDir?: string | null } = {},
): Promise<DataFolder> {
  const { groupRunDir = null } = options;
  const realDataDir = ownFolder(dataDir, 0o700);
  const lock = lockFolder(realDataDir);
  try {
    const runDir = groupRunDir === null ? ownFolder(join(realDataDir, 'run'), 0o700) : ownFolder(groupRunDir, 0o750);
    return { dataDir: realDataDir, runDir, release: lock.release };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function ownFolder(path: string, wanted: number): string {
  try {
    mkdirSync(path, { recursive: true, mode: wanted });
    const real = realpathSync(path);
    refuseForeign(real, wanted);
    return real;
  } catch (error) {
    if (error instanceof AgentError) throw error;
    const seen = error instanceof Error ? error.message : String(error);
    throw new AgentError('invalid_configuration', `The folder ${path} can't be used: ${seen}.`, {
      hint: 'Choose another folder with --data, or put its parent right.',
      cause: error,
    });
  }
}

/** Others who can enter the folder could read the local socket and the databases. */
function refuseForeign(path: string, wanted: number): void {
  const userId = process.getuid?.();
  if (userId === undefined) return;
  const { uid, mode } = statSync(path);
  if (uid !== userId) {
    throw new AgentError(
      'invalid_configuration',
      `The folder ${path} belongs to user ${uid}, the agent runs as ${userId}.`,
      {
        hint: `Run the agent as the folder's owner, or: chown -R ${userId} '${path}'`,
        details: { expected: userId, seen: uid },
      },
    );
  }
  const permissions = mode & 0o777;
  if (permissions !== wanted) {
    const [seen, expected] = [permissions, wanted].map((mode) => mode.toString(8).padStart(4, '0'));
    throw new AgentError('invalid_configuration', `The folder ${path} has mode ${seen}, it must be ${expected}.`, {
      hint: `chmod ${expected} '${path}'`,
      details: { expected: expected ?? null, seen: seen ?? null },
    });
  }
}

/**
 * SQLite's exclusive lock on a file of its own: POSIX record locks go with the process, are not inherited by children,
 * and SQLite also keeps two holders in one process apart.
 */
function lockFolder(dataDir: string): { release(): void } {
  const path = join(dataDir, 'agent.lock');
  const holderPath = join(dataDir, 'agent.pid');
  let connection: Sqlite.Database | null = null;
  try {
    // SQLite would only say that it can't open the file, not why.
    accessSync(dataDir, constants.W_OK);
    connection = new Sqlite(path, { timeout: 0 });
    connection.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
    writeFileSync(holderPath, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    connection?.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw alreadyRunning(dataDir, holderPath);
    const seen = error instanceof Error ? error.message : String(error);
    throw new AgentError('store_unavailable', `The data folder ${dataDir} can't be locked: ${seen}.`, {
      hint: 'Check that the disk has room and is writable.',
      cause: error,
    });
  }
  const held = connection;
  return {
    release() {
      if (!held.open) return;
      try {
        rmSync(holderPath, { force: true });
      } catch {
        // The disk takes no more writes; the lock is what counts.
      }
      held.close();
    },
  };
}

function alreadyRunning(dataDir: string, holderPath: string): AgentError {
  const pid = readHolder(holderPath);
  const holder = pid === null ? 'Another agent' : `Another agent (process ${pid})`;
  return new AgentError('already_running', `${holder} works in ${dataDir} already.`, {
    hint: 'Use that one, stop it, or give this one a folder of its own with --data.',
    details: { data: dataDir, ...(pid === null ? {} : { pid }) },
  });
}

function readHolder(path: string): number | null {
  try {
    if (!lstatSync(path).isFile()) return null;
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
