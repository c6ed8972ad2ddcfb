import { basename } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { PAGE_CACHE_KIB } from './page-cache.ts';
import { fromSqlite } from './sqlite-error.ts';
import { createStatementCache } from './statement-cache.ts';
import type { SqlValue } from './store.ts';

/** A connection that only reads, on the thread that asks. */
export interface ReadFile {
  /** Rejects a row of another form than `row` with `store_unavailable`, naming the columns but not their content. */
  read<Schema extends z.ZodType>(
    row: Schema,
    sql: string,
    parameters?: Readonly<Record<string, SqlValue>>,
  ): z.output<Schema>[];
  close(): void;
}

/** Opens an existing database file for reading. */
export function openReadFile(path: string, pageCacheKib = PAGE_CACHE_KIB): ReadFile {
  const fileName = basename(path);
  const connection = attempt(fileName, () => new Sqlite(path, { readonly: true, fileMustExist: true }));
  connection.pragma(`cache_size = -${pageCacheKib}`);
  const prepared = createStatementCache(connection);
  return {
    read(row, sql, parameters) {
      if (!connection.open) throw new AgentError('closed', 'The store is closed.');
      const rows = attempt(fileName, () => prepared(sql).all(parameters ?? {}));
      return rows.map((content) => {
        const parsed = row.safeParse(content);
        if (parsed.success) return parsed.data;
        const columns = parsed.error.issues.map(({ path: column, code }) => `${column.join('.') || 'row'} (${code})`);
        throw new AgentError(
          'store_unavailable',
          `A row of ${fileName} has an unexpected form: ${columns.join(', ')}.`,
          {
            hint: 'Something else has written to the database, or it is damaged. Only the agent may open its databases.',
            details: { file: fileName, reason: 'unexpected_row' },
          },
        );
      });
    },
    close: () => connection.close(),
  };
}

function attempt<Result>(fileName: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw fromSqlite(error, fileName);
  }
}
