import { z } from 'zod';
import type { Database, Statement } from './store.ts';

const rowSchema = z
  .object({
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
  })
  .transform(
    ({ body_hash: bodyHash, request_id: requestId, created_at: createdAt, expires_at: expiresAt, ...row }) => ({
      ...row,
      bodyHash,
      requestId,
      createdAt,
      expiresAt,
    }),
  );

/** An answer that is bound to an idempotency key. What its parts mean is the API's to say. */
type BoundAnswer = Readonly<z.output<typeof rowSchema>>;

/** The answers bound to idempotency keys, in a table that an agent's and a hub's database both have; they outlive a restart. */
export function createIdempotencyStore(database: Database) {
  return {
    async get({ principal, method, route, key }: Pick<BoundAnswer, 'principal' | 'method' | 'route' | 'key'>) {
      const [row] = database.read(
        rowSchema,
        'SELECT * FROM idempotency WHERE principal = :principal AND method = :method AND route = :route AND key = :key',
        { principal, method, route, key },
      );
      return row ?? null;
    },
    async put(record: BoundAnswer) {
      await database.write([bindingStatement(record)]);
    },
    async purge(before: string) {
      await database.write([{ sql: 'DELETE FROM idempotency WHERE expires_at < :before', parameters: { before } }]);
    },
  };
}

/** Binds an answer to its key; for a commit together with what the request makes. */
export function bindingStatement(record: BoundAnswer): Statement {
  return {
    sql: `INSERT OR REPLACE INTO idempotency (principal, method, route, key, body_hash, status, response, request_id, created_at, expires_at)
          VALUES (:principal, :method, :route, :key, :bodyHash, :status, :response, :requestId, :createdAt, :expiresAt)`,
    parameters: { ...record },
  };
}
