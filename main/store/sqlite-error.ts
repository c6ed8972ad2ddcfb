import Sqlite from 'better-sqlite3';
import { AgentError } from '../../drivers/kit/index.ts';

/** Result codes that say the file or the disk failed, by what to do about it (sqlite.org/rescode.html). */
const storageHints: readonly (readonly [prefix: string, hint: string])[] = [
  ['SQLITE_FULL', 'The disk is full: free some space on it. Nothing of this was stored.'],
  ['SQLITE_CORRUPT', 'The file is damaged: stop the agent and check the disk before starting it again.'],
  ['SQLITE_NOTADB', 'The file is damaged: stop the agent and check the disk before starting it again.'],
  ['SQLITE_IOERR', 'The disk reports errors: check it, and whether it is still mounted.'],
  ['SQLITE_READONLY', 'The disk or the file is read-only: make the data folder writable for the agent.'],
  ['SQLITE_CANTOPEN', 'Check that the data folder exists and that the agent may write to it.'],
  ['SQLITE_PERM', 'Check that the agent may write to the data folder.'],
  ['SQLITE_BUSY', 'Another program holds the database open: close it. Only the agent may open its databases.'],
  ['SQLITE_LOCKED', 'Another program holds the database open: close it. Only the agent may open its databases.'],
  ['SQLITE_PROTOCOL', 'Another program holds the database open: close it. Only the agent may open its databases.'],
  ['SQLITE_NOMEM', 'The machine is out of memory.'],
];

const conflicts = [
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_ROWID',
  'SQLITE_CONSTRAINT_FOREIGNKEY',
];

/** Whether the database file or its disk failed, rather than one statement. */
export function isStorageFault(error: unknown): boolean {
  return storageHint(error) !== undefined;
}

/** Whether there was no room for the write. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code === 'SQLITE_FULL';
}

/** Whether the content of the file itself is broken. */
export function isDamage(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/**
 * Our error for what SQLite threw while working on `fileName`: `store_unavailable` for the file and its disk,
 * `state_conflict` for a constraint between rows, `internal_error` for a statement that can never work.
 */
export function fromSqlite(error: unknown, fileName: string): AgentError {
  if (error instanceof AgentError) return error;
  if (isSystemError(error)) {
    return new AgentError('store_unavailable', `${fileName} can't be used: ${error.message}.`, {
      hint: 'Check that the data folder exists, that the agent may write to it, and that the disk has room.',
      details: { file: fileName, reason: error.code },
    });
  }
  if (!(error instanceof Sqlite.SqliteError)) return AgentError.from(error);
  const hint = storageHint(error);
  if (hint !== undefined) {
    return new AgentError('store_unavailable', `${fileName} can't be used: ${error.message} (${error.code}).`, {
      hint,
      details: { file: fileName, reason: error.code },
    });
  }
  if (conflicts.includes(error.code)) {
    return new AgentError(
      'state_conflict',
      `${fileName} already holds something that contradicts this: ${error.message}.`,
      {
        details: { file: fileName, reason: error.code },
      },
    );
  }
  return AgentError.from(error);
}

/** What Node throws for a failed call to the file system. */
function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function storageHint(error: unknown): string | undefined {
  if (!(error instanceof Sqlite.SqliteError)) return undefined;
  return storageHints.find(([prefix]) => error.code.startsWith(prefix))?.[1];
}
