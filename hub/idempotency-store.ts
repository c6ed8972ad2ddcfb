import { z } from 'zod';
import type { IdempotencyRecord, IdempotencyStore } from '../main/api/index.ts';
import type { Database, Statement } from '../main/store/index.ts';

const rowSchema = z.object({
  principal: z.string(),
  method: z.string(),
  route: z.string(),
  key: z.string(),
  body_hash: z.string(),
  status: z.int(),
  response: z.string(),
  request_id: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
});

/** Keeps the answers bound to idempotency keys in the hub's database, across restarts. */
export function createIdempotencyStore(database: Database): IdempotencyStore {
  return {
    async get({ principal, method, route, key }) {
      const [row] = database.read(
        rowSchema,
        'SELECT * FROM idempotency WHERE principal = :principal AND method = :method AND route = :route AND key = :key',
        { principal, method, route, key },
      );
      return row === undefined ? null : recordOf(row);
    },
    async put(record) {
      await database.write([bindingStatement(record)]);
    },
    async purge(before) {
      await database.write([{ sql: 'DELETE FROM idempotency WHERE expires_at < :before', parameters: { before } }]);
    },
  };
}

/** Binds an answer to its key; for a commit together with what the request makes. */
export function bindingStatement(record: IdempotencyRecord): Statement {
  return {
    sql: `INSERT OR REPLACE INTO idempotency (principal, method, route, key, body_hash, status, response, request_id, created_at, expires_at)
          VALUES (:principal, :method, :route, :key, :bodyHash, :status, :response, :requestId, :createdAt, :expiresAt)`,
    parameters: { ...record },
  };
}

function recordOf(row: z.output<typeof rowSchema>): IdempotencyRecord {
  const { principal, method, route, key, status, response } = row;
  return {
    principal,
    method,
    route,
    key,
    status,
    response,
    bodyHash: row.body_hash,
    requestId: row.request_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
