import type { z } from 'zod';
import type { AgentError } from '../../drivers/kit/index.ts';

/** A value that SQLite can bind. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** One statement with its parameters, named (`:name`) in the SQL. */
export interface Statement {
  readonly sql: string;
  readonly parameters?: Readonly<Record<string, SqlValue>>;
  /** When given and the statement changes another number of rows, the whole write is rolled back and rejected with `state_conflict`. */
  readonly expectChanges?: number;
}

/** How sure a write has to be. */
export interface WriteOptions {
  /**
   * It may resolve before it is synced, so that a power cut may undo it: for what is written all the time and is told anew,
   * readings for instance. In `journal` it has no effect.
   */
  readonly mayForget?: boolean;
}

/**
 * One SQLite database with a single writer on a worker thread. Writes from the same moment share a commit; each write is
 * all or nothing by itself.
 */
export interface Database {
  /**
   * Runs the statements as one unit. Resolves with the number of rows each changed, after the commit that holds it is
   * synced: it survives a power cut. Rejects with `store_unavailable` (disk full, damaged file), `state_conflict`
   * (unmet `expectChanges`, a UNIQUE constraint).
   */
  write(statements: readonly Statement[], options?: WriteOptions): Promise<readonly number[]>;
  /** Reads on this thread; every row is parsed by `row`. Sees everything whose `write` has resolved. */
  read<Schema extends z.ZodType>(
    row: Schema,
    sql: string,
    parameters?: Readonly<Record<string, SqlValue>>,
  ): z.output<Schema>[];
}

/** What the agent keeps on disk. */
export interface Store {
  /** Side effects; `journal.db`, WAL, synchronous=FULL: a resolved write survives a power cut. */
  readonly journal: Database;
  /** Everything else; `state.db`, WAL; commits whose every write may be forgotten are not synced. */
  readonly state: Database;
  /** What keeps writes from being stored: the fault that the last one of a database met; null when each database's last was stored. */
  fault(): AgentError | null;
  /** Waits for pending writes, closes both files; idempotent. */
  close(): Promise<void>;
}

/** What a hub keeps on disk. */
export interface HubStore extends Pick<Store, 'fault' | 'close'> {
  /** Tenants, keys, agents, what they told, and answers bound to keys; `hub.db`, WAL. */
  readonly database: Database;
}
