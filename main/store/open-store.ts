import { join } from 'node:path';
import type { DatabaseName, HubSchema, StoreKind } from './messages.ts';
import { fileNames } from './open-files.ts';
import { HUB_PAGE_CACHE_KIB, PAGE_CACHE_KIB } from './page-cache.ts';
import { openReadFile, type ReadFile } from './read-file.ts';
import type { Database, HubStore, Store } from './store.ts';
import { startWriter, type Writer, type WriterEvents } from './writer.ts';

/** Where the store tells what a person should hear; a pino logger fits. */
export interface StoreLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface StoreOptions {
  /** An existing folder that this process holds (`acquireDataFolder`). */
  readonly dataDir: string;
  readonly log?: StoreLog;
  /** Each writer thread as it starts; for tests that end it. */
  readonly writerStarted?: NonNullable<WriterEvents['started']>;
}

/**
 * Opens the databases of an agent's data folder, creating or migrating them. Rejects with `store_unavailable` when one is
 * damaged beyond what can be begun anew, was written by a newer version, or can't be opened.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { database, opened } = await openDatabases('agent', options, { migrations: [], unchecked: [] });
  return opened({ journal: await database('journal'), state: await database('state') });
}

/** The same for a hub, whose schema is its own. */
export async function openHubStore(
  options: StoreOptions & Pick<HubSchema, 'migrations'> & Partial<HubSchema>,
): Promise<HubStore> {
  const { migrations, unchecked = [] } = options;
  const { database, opened } = await openDatabases('hub', options, { migrations, unchecked });
  return opened({ database: await database('hub') });
}

async function openDatabases(kind: StoreKind, { dataDir, log, writerStarted }: StoreOptions, schema: HubSchema) {
  const { writer, notices } = await startWriter(kind, dataDir, schema, {
    died: (fault, restarting) => log?.error({ restarting }, fault),
    ...(writerStarted === undefined ? {} : { started: writerStarted }),
  });
  for (const { message, details } of notices) log?.warn(details, message);
  const readers: ReadFile[] = [];
  return {
    async database(name: DatabaseName): Promise<Database> {
      try {
        const reader = openReadFile(
          join(dataDir, fileNames[name]),
          kind === 'hub' ? HUB_PAGE_CACHE_KIB : PAGE_CACHE_KIB,
        );
        readers.push(reader);
        return { read: reader.read, write: (statements, options) => writer.write(name, statements, options) };
      } catch (error) {
        await closeStore(writer, readers);
        throw error;
      }
    },
    opened: <Databases extends object>(databases: Databases) => ({
      ...databases,
      fault: () => writer.fault(),
      close: () => closeStore(writer, readers),
    }),
  };
}

async function closeStore(writer: Writer, readers: readonly ReadFile[]): Promise<void> {
  await writer.drain();
  // Readers before the writer: the last connection to close folds the log into the database, and only the writer can.
  for (const reader of readers) reader.close();
  await writer.close();
}
