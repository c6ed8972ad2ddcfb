import { z } from 'zod';
import type { IdempotencyRecord, IdempotencyStore } from '../api/index.ts';
import type { Database, Statement } from '../store/index.ts';

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

/** Keeps the answers bound to idempotency keys in the agent's store, across restarts. */
export function createIdempotencyStore(state: Database): IdempotencyStore {
  return {
    async get({ principal, method, route, key }) {
      const [row] = state.read(
        rowSchema,
        'SELECT * FROM idempotency WHERE principal = :principal AND method = :method AND route = :route AND key = :key',
        { principal, method, route, key },
      );
      return row === undefined ? null : recordOf(row);
    },
    async put(record) {
      await state.write([bindingStatement(record)]);
    },
    async purge(before) {
      await state.write([{ sql: 'DELETE FROM idempotency WHERE expires_at < :before', parameters: { before } }]);
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
