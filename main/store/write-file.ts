import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import Sqlite from 'better-sqlite3';
import { AgentError } from '../../drivers/kit/index.ts';
import type { PendingWrite, WriteOutcome } from './messages.ts';
import { PAGE_CACHE_KIB } from './page-cache.ts';
import { fromSqlite, isDiskFull, isStorageFault } from './sqlite-error.ts';
import { createStatementCache } from './statement-cache.ts';
import type { Statement } from './store.ts';

/** How long a commit waits for another program that holds the file. */
const BUSY_TIMEOUT_MS = 5_000;

/** The one connection that writes a database file. */
export interface WriteFile {
  readonly connection: Sqlite.Database;
  /**
   * Commits the writes together, each all or nothing by itself; one that fails by its own fault does not touch the
   * others. Never throws: every write has its outcome, and it is on disk when this returns.
   */
  commit(writes: readonly PendingWrite[]): WriteOutcome[];
  close(): void;
}

/**
 * Opens or creates a database file for writing, readable by its owner alone; `synchronous` of a commit whose writes may all
 * be forgotten, others are synced. Throws what SQLite throws.
 */
export function openWriteFile(path: string, synchronous: 'FULL' | 'NORMAL', pageCacheKib = PAGE_CACHE_KIB): WriteFile {
  // SQLite gives -wal and -shm the mode of the main file.
  closeSync(openSync(path, 'a', 0o600));
  const connection = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    connection.pragma('journal_mode = WAL');
    // macOS: fsync alone leaves the data in the drive's cache (sqlite.org/pragma.html#pragma_fullfsync).
    connection.pragma('fullfsync = ON');
    connection.pragma('foreign_keys = ON');
    connection.pragma('journal_size_limit = 16777216');
    connection.pragma(`cache_size = -${pageCacheKib}`);
  } catch (error) {
    connection.close();
    throw error;
  }
  return writeFile(connection, basename(path), synchronous);
}

function writeFile(connection: Sqlite.Database, fileName: string, relaxed: 'FULL' | 'NORMAL'): WriteFile {
  const prepared = createStatementCache(connection);
  let current: 'FULL' | 'NORMAL' | null = null;
  /** A synced commit takes those before it along: they are in the same log. */
  const setSynchronous = (wanted: 'FULL' | 'NORMAL') => {
    if (current === wanted) return;
    connection.pragma(`synchronous = ${wanted}`);
    current = wanted;
  };
  setSynchronous('FULL');

  const runStatement = ({ sql, parameters, expectChanges }: Statement): number => {
    const { changes } = prepared(sql).run(parameters ?? {});
    if (expectChanges !== undefined && changes !== expectChanges) {
      throw new AgentError(
        'state_conflict',
        `The stored state has changed in between: ${expectChanges} rows were expected to change, ${changes} would.`,
        { details: { file: fileName, reason: 'changes', expected: expectChanges, seen: changes } },
      );
    }
    return changes;
  };

  /** Throws when the whole transaction is lost, not only this write. */
  const runWrite = ({ id, statements }: PendingWrite): WriteOutcome => {
    prepared('SAVEPOINT one_write').run();
    try {
      const changes = statements.map(runStatement);
      prepared('RELEASE one_write').run();
      return { id, changes };
    } catch (error) {
      // After some faults SQLite has rolled back everything itself (sqlite.org/lang_transaction.html, section 3).
      if (isStorageFault(error) || !connection.inTransaction) throw error;
      prepared('ROLLBACK TO one_write').run();
      prepared('RELEASE one_write').run();
      return { id, error: fromSqlite(error, fileName).serialize() };
    }
  };

  const commitTogether = (writes: readonly PendingWrite[]): WriteOutcome[] => {
    setSynchronous(writes.every(({ mayForget }) => mayForget) ? relaxed : 'FULL');
    prepared('BEGIN IMMEDIATE').run();
    try {
      const outcomes = writes.map(runWrite);
      prepared('COMMIT').run();
      return outcomes;
    } catch (error) {
      if (connection.inTransaction) prepared('ROLLBACK').run();
      throw error;
    }
  };

  const commit = (writes: readonly PendingWrite[]): WriteOutcome[] => {
    try {
      return commitTogether(writes);
    } catch (error) {
      // On a full disk a small write may still fit where the whole group did not.
      if (writes.length > 1 && isDiskFull(error)) return writes.flatMap((write) => commit([write]));
      const failure = fromSqlite(error, fileName).serialize();
      return writes.map(({ id }) => ({ id, error: failure }));
    }
  };

  return { connection, commit, close: () => connection.close() };
}
