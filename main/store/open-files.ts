import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type JournalFinding, settleEpoch } from './epoch.ts';
import { settleInstallation } from './installation.ts';
import type { DatabaseName, StoreNotice, WriterOptions } from './messages.ts';
import { migrate } from './migrate.ts';
import { journalMigrations, stateMigrations } from './migrations/migrations.table.ts';
import { moveAside } from './move-aside.ts';
import { HUB_PAGE_CACHE_KIB } from './page-cache.ts';
import { fromSqlite, isDamage } from './sqlite-error.ts';
import { openWriteFile, type WriteFile } from './write-file.ts';

/** The file names inside the data folder. */
export const fileNames = { journal: 'journal.db', state: 'state.db', hub: 'hub.db' } as const;

/** The databases of a store, open for writing, in the order in which they may write. */
export interface OpenFiles {
  readonly files: ReadonlyMap<DatabaseName, WriteFile>;
  readonly notices: readonly StoreNotice[];
}

/** Opens what the store is made of, whole and of the newest schema. Throws `store_unavailable`. */
export function openFiles(options: WriterOptions): OpenFiles {
  return options.kind === 'hub' ? openHubFile(options) : openAgentFiles(options);
}

/** A damaged `hub.db` is refused: tenants, keys and agents can't be made up. */
function openHubFile({ dataDir, resume, schema }: WriterOptions): OpenFiles {
  const path = join(dataDir, fileNames.hub);
  if (resume && !existsSync(path)) throw goneError(dataDir);
  const hub = guarded(fileNames.hub, () =>
    openWhole(path, 'NORMAL', schema.migrations, { unchecked: schema.unchecked, pageCacheKib: HUB_PAGE_CACHE_KIB }),
  );
  return { files: new Map([['hub', hub]]), notices: [] };
}

/**
 * Opens both databases of an agent for writing, whole and of the newest schema. A damaged journal is moved aside and a new one begun;
 * a damaged `state.db` is refused, because the connectors and tokens in it can't be made up. Throws `store_unavailable`.
 */
function openAgentFiles({ dataDir, resume }: WriterOptions): OpenFiles {
  const statePath = join(dataDir, fileNames.state);
  const journalPath = join(dataDir, fileNames.journal);
  if (resume && !(existsSync(statePath) && existsSync(journalPath))) throw goneError(dataDir);
  const state = guarded(fileNames.state, () => openWhole(statePath, 'NORMAL', stateMigrations));
  let journal: WriteFile | null = null;
  try {
    if (resume)
      return opened(
        guarded(fileNames.journal, () => openJournal(journalPath)),
        state,
        [],
      );
    const begun = guarded(fileNames.journal, () => openOrBeginJournal(journalPath));
    journal = begun.journal;
    settleInstallation(state);
    return opened(journal, state, settleEpoch(journal, state, begun.finding));
  } catch (error) {
    journal?.close();
    state.close();
    throw fromSqlite(error, fileNames.journal);
  }
}

function opened(journal: WriteFile, state: WriteFile, notices: readonly StoreNotice[]): OpenFiles {
  return {
    files: new Map([
      ['journal', journal],
      ['state', state],
    ]),
    notices,
  };
}

function goneError(dataDir: string): AgentError {
  return new AgentError('store_unavailable', `A database in ${dataDir} has gone while it was in use.`, {
    hint: 'Start anew.',
  });
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

function openWhole(
  path: string,
  synchronous: 'FULL' | 'NORMAL',
  migrations: readonly string[],
  { unchecked = [], pageCacheKib }: { readonly unchecked?: readonly string[]; readonly pageCacheKib?: number } = {},
): WriteFile {
  const file = openWriteFile(path, synchronous, pageCacheKib);
  try {
    for (const what of checksOf(file, unchecked)) {
      const finding = z.string().parse(file.connection.pragma(`quick_check(${what})`, { simple: true }));
      if (finding !== 'ok') throw new FoundDamage(finding);
    }
    migrate(file.connection, basename(path), migrations);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What `quick_check` is asked: one finding of all, or each table that is to be looked through (sqlite.org/pragma.html#pragma_quick_check). */
function checksOf({ connection }: WriteFile, unchecked: readonly string[]): readonly string[] {
  if (unchecked.length === 0) return ['1'];
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  const names = z.array(z.object({ name: z.string().regex(/^\w+$/) })).parse(tables.all());
  return names.flatMap(({ name }) => (unchecked.includes(name) ? [] : [name]));
}

const contents: Readonly<Record<string, string>> = {
  [fileNames.state]: 'connectors and tokens',
  [fileNames.hub]: 'tenants, keys and pairings',
};

function guarded<Result>(fileName: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!isDamage(error) && !(error instanceof FoundDamage)) throw fromSqlite(error, fileName);
    const seen = error instanceof Error ? error.message : String(error);
    throw new AgentError('store_unavailable', `${fileName} is damaged: ${seen}.`, {
      hint: `Put a copy of ${fileName} back, or move the file away to begin empty: ${contents[fileName] ?? 'all in it'} must be made again then.`,
      details: { file: fileName, reason: 'damaged' },
      cause: error,
    });
  }
}
