import type Sqlite from 'better-sqlite3';

const LIMIT = 256;

/** Prepares each SQL text once for this connection; the one prepared longest ago goes when there are too many. */
export function createStatementCache(connection: Sqlite.Database): (sql: string) => Sqlite.Statement {
  const statements = new Map<string, Sqlite.Statement>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql);
    if (statements.size >= LIMIT) {
      const oldest = statements.keys().next();
      if (oldest.done !== true) statements.delete(oldest.value);
    }
    statements.set(sql, statement);
    return statement;
  };
}
