import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type JournalFinding, settleEpoch } from './epoch.ts';
import { settleInstallation } from './installation.ts';
import type { StoreNotice, WriterOptions } from './messages.ts';
import { migrate } from './migrate.ts';
import { journalMigrations, stateMigrations } from './migrations/migrations.table.ts';
import { moveAside } from './move-aside.ts';
import { fromSqlite, isDamage } from './sqlite-error.ts';
import { openWriteFile, type WriteFile } from './write-file.ts';

/** The file names inside the data folder. */
export const fileNames = { journal: 'journal.db', state: 'state.db' } as const;

/** Both databases, open for writing. */
export interface OpenFiles {
  readonly journal: WriteFile;
  readonly state: WriteFile;
  readonly notices: readonly StoreNotice[];
}

/**
 * Opens both databases for writing, whole and of the newest schema. A damaged journal is moved aside and a new one begun;
 * a damaged `state.db` is refused, because the connectors and tokens in it can't be made up. Throws `store_unavailable`.
 */
export function openFiles({ dataDir, resume }: WriterOptions): OpenFiles {
  const statePath = join(dataDir, fileNames.state);
  const journalPath = join(dataDir, fileNames.journal);
  if (resume && !(existsSync(statePath) && existsSync(journalPath))) {
    throw new AgentError('store_unavailable', `A database in ${dataDir} has gone while the agent was running.`, {
      hint: 'Restart the agent.',
    });
  }
  const state = guarded(fileNames.state, () => openWhole(statePath, 'NORMAL', stateMigrations));
  let journal: WriteFile | null = null;
  try {
    if (resume) return { state, journal: guarded(fileNames.journal, () => openJournal(journalPath)), notices: [] };
    const opened = guarded(fileNames.journal, () => openOrBeginJournal(journalPath));
    journal = opened.journal;
    settleInstallation(state);
    return { state, journal, notices: settleEpoch(journal, state, opened.finding) };
  } catch (error) {
    journal?.close();
    state.close();
    throw fromSqlite(error, fileNames.journal);
  }
}

const openJournal = (path: string): WriteFile => openWhole(path, 'FULL', journalMigrations);

function openOrBeginJournal(path: string): { readonly journal: WriteFile; readonly finding: JournalFinding } {
  if (!existsSync(path) || statSync(path).size === 0) {
    // A log that outlived its database would be replayed into the new one.
    moveAside(path);
    return { journal: openJournal(path), finding: { type: 'missing' } };
  }
  try {
    return { journal: openJournal(path), finding: { type: 'whole' } };
  } catch (error) {
    if (!isDamage(error) && !(error instanceof FoundDamage)) throw error;
    const movedTo = moveAside(path);
    return { journal: openJournal(path), finding: { type: 'damaged', movedTo: movedTo ?? path } };
  }
}

/** `quick_check` names damage that no statement has run into. */
class FoundDamage extends Error {}

function openWhole(path: string, synchronous: 'FULL' | 'NORMAL', migrations: readonly string[]): WriteFile {
  const file = openWriteFile(path, synchronous);
  try {
    const finding = z.string().parse(file.connection.pragma('quick_check(1)', { simple: true }));
    if (finding !== 'ok') throw new FoundDamage(finding);
    migrate(file.connection, basename(path), migrations);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function guarded<Result>(fileName: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!isDamage(error) && !(error instanceof FoundDamage)) throw fromSqlite(error, fileName);
    const seen = error instanceof Error ? error.message : String(error);
    throw new AgentError('store_unavailable', `${fileName} is damaged: ${seen}.`, {
      hint: `Put a copy of ${fileName} back, or move the file away to begin empty: connectors and tokens must be made again then.`,
      details: { file: fileName, reason: 'damaged' },
      cause: error,
    });
  }
}
