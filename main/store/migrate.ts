import type Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';

/** The number of migrations a database has had. */
export function schemaVersion(connection: Sqlite.Database): number {
  return z
    .int()
    .min(0)
    .parse(connection.pragma('user_version', { simple: true }));
}

/**
 * Brings the database to the newest schema, all steps in one transaction. Rejects a database from a newer version of
 * the program with `store_unavailable` and leaves it as it is.
 */
export function migrate(connection: Sqlite.Database, fileName: string, migrations: readonly string[]): void {
  const version = schemaVersion(connection);
  if (version > migrations.length) {
    throw new AgentError(
      'store_unavailable',
      `${fileName} was written by a newer Fibric Edge: its schema is ${version}, this one knows ${migrations.length}.`,
      { hint: 'Install the newer version again. Nothing was changed.', details: { file: fileName, reason: 'newer' } },
    );
  }
  if (version === migrations.length) return;
  connection
    .transaction(() => {
      for (const step of migrations.slice(version)) connection.exec(step);
      connection.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
