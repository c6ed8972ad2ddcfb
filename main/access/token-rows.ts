import { z } from 'zod';
import { type Scope, scopes } from '../api/index.ts';
import { type Database, jsonColumn, type Statement } from '../store/index.ts';

/** A token as it rests: never the secret itself. Times are RFC 3339. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly connectors: readonly string[] | null;
  readonly tools: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

const names = z.array(z.string());
const rowSchema: z.ZodType<TokenRow> = z.object({
  id: z.string(),
  name: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: jsonColumn(names).transform((found) => scopes.filter((scope) => found.includes(scope))),
  connectors: jsonColumn(names).nullable(),
  tools: jsonColumn(names).nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
});

/** Every token ever made, newest first. */
export function readTokens(state: Database): TokenRow[] {
  return state.read(rowSchema, 'SELECT * FROM tokens ORDER BY created_at DESC, id');
}

/** Stores a new token in one commit with `alongside`. */
export async function insertToken(state: Database, row: TokenRow, alongside: readonly Statement[]): Promise<void> {
  await state.write([
    {
      sql: `INSERT INTO tokens (id, name, hash, scopes, connectors, tools, created_at, expires_at)
            VALUES (:id, :name, :hash, :scopes, :connectors, :tools, :created_at, :expires_at)`,
      parameters: {
        id: row.id,
        name: row.name,
        hash: row.hash,
        scopes: JSON.stringify(row.scopes),
        connectors: row.connectors === null ? null : JSON.stringify(row.connectors),
        tools: row.tools === null ? null : JSON.stringify(row.tools),
        created_at: row.created_at,
        expires_at: row.expires_at,
      },
    },
    ...alongside,
  ]);
}

export async function markRevoked(state: Database, id: string, at: string): Promise<void> {
  await state.write([
    { sql: 'UPDATE tokens SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL', parameters: { id, at } },
  ]);
}

export async function markUsed(state: Database, id: string, at: string): Promise<void> {
  await state.write([{ sql: 'UPDATE tokens SET last_used_at = :at WHERE id = :id', parameters: { id, at } }], {
    mayForget: true,
  });
}
