import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type Principal, scopes } from '../../main/api/index.ts';
import { type CreatedKey, type KeyBody, type KeyObject, keyRoles } from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn, type Statement } from '../../main/store/index.ts';
import { type Clock, instant } from '../clock.ts';
import { isSamePlace, noSuch, type Place } from '../partition.ts';
import { hashSecret, hintOf, mintId, randomSecret } from '../secret.ts';
import { scopesOfRole } from './roles.table.ts';

/** How exact `last_used_at` is: it costs a write. */
const USE_STEP_MS = 60_000;

const rowSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  mode: z.enum(['live', 'test']),
  name: z.string(),
  hash: z.string(),
  hint: z.string(),
  role: z.enum(keyRoles).nullable(),
  scopes: jsonColumn(z.array(z.string())).transform((found) => scopes.filter((scope) => found.includes(scope))),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
});
type KeyRow = z.output<typeof rowSchema>;

/** The `sk_` keys of a hub. */
export interface Keys {
  /** Resolves when it is stored, in one commit with `alongside`. Rejects with `state_conflict` when an active key has the name. */
  create(place: Place, body: KeyBody, alongside?: (made: CreatedKey) => readonly Statement[]): Promise<CreatedKey>;
  /** Newest first. */
  list(place: Place): readonly KeyObject[];
  /** For good; whoever uses it is cut off. Rejects with `not_found`. */
  revoke(place: Place, keyId: string): Promise<KeyObject>;
  /** Whose secret this is. Throws `key_invalid` or `key_revoked`. Touches memory only. */
  authenticate(secret: string): Principal;
}

interface Held {
  row: KeyRow;
  readonly end: AbortController;
  readonly principal: Principal;
}

/** Reads the keys of the database and keeps them in memory. */
export function createKeys(database: Database, clock: Clock): Keys {
  const byHash = new Map<string, Held>();
  const byId = new Map<string, Held>();
  const hold = (row: KeyRow) => {
    const end = new AbortController();
    if (row.revoked_at !== null) end.abort();
    const held: Held = { row, end, principal: principalOf(row, end.signal) };
    byHash.set(row.hash, held);
    byId.set(row.id, held);
  };
  for (const row of database.read(rowSchema, 'SELECT * FROM keys ORDER BY created_at, id')) hold(row);

  const noteUse = (held: Held) => {
    const nowMs = clock.now();
    const { last_used_at } = held.row;
    if (last_used_at !== null && Math.abs(nowMs - Date.parse(last_used_at)) < USE_STEP_MS) return;
    const at = instant(nowMs);
    held.row = { ...held.row, last_used_at: at };
    // For information only: no request fails because this is not stored.
    database
      .write([{ sql: 'UPDATE keys SET last_used_at = :at WHERE id = :id', parameters: { at, id: held.row.id } }], {
        mayForget: true,
      })
      .catch(() => {});
  };

  return {
    async create(place, { name, role, scopes: list }, alongside = () => []) {
      const active = [...byId.values()].filter(({ row }) => row.revoked_at === null && isSamePlace(placed(row), place));
      if (active.some(({ row }) => row.name === name)) throw taken(name);
      const prefix = `sk_${place.mode}_`;
      const secret = prefix + randomSecret();
      const row: KeyRow = {
        id: mintId('key'),
        tenant_id: place.tenantId,
        mode: place.mode,
        name,
        hash: hashSecret(secret),
        hint: hintOf(prefix, secret),
        role: role ?? null,
        scopes: role === undefined ? [...(list ?? [])] : [...scopesOfRole[role]],
        created_at: instant(clock.now()),
        revoked_at: null,
        last_used_at: null,
      };
      const made: CreatedKey = { ...keyObject(row), key: secret };
      const { scopes: kept, ...columns } = row;
      await database.write([
        {
          sql: `INSERT INTO keys (id, tenant_id, mode, name, hash, hint, role, scopes, created_at, revoked_at, last_used_at)
                VALUES (:id, :tenant_id, :mode, :name, :hash, :hint, :role, :scopes, :created_at, :revoked_at, :last_used_at)`,
          parameters: { ...columns, scopes: JSON.stringify(kept) },
        },
        ...alongside(made),
      ]);
      hold(row);
      return made;
    },
    list: (place) =>
      [...byId.values()]
        .filter(({ row }) => isSamePlace(placed(row), place))
        .map(({ row }) => keyObject(row))
        .reverse(),
    async revoke(place, keyId) {
      const held = byId.get(keyId);
      if (held === undefined || !isSamePlace(placed(held.row), place)) throw noSuch('key', keyId);
      const at = held.row.revoked_at ?? instant(clock.now());
      held.row = { ...held.row, revoked_at: at };
      held.end.abort();
      await database.write([{ sql: 'UPDATE keys SET revoked_at = :at WHERE id = :id', parameters: { at, id: keyId } }]);
      return keyObject(held.row);
    },
    authenticate(secret) {
      const held = byHash.get(hashSecret(secret));
      if (held === undefined) {
        throw new AgentError('key_invalid', 'This key is not known here.', { hint: 'Use a key of this hub.' });
      }
      if (held.row.revoked_at !== null) {
        throw new AgentError('key_revoked', 'This key was revoked.', { hint: 'Use another one.' });
      }
      noteUse(held);
      return held.principal;
    },
  };
}

function placed({ tenant_id: tenantId, mode }: KeyRow): Place {
  return { tenantId, mode };
}

function principalOf(row: KeyRow, ended: AbortSignal): Principal {
  return {
    id: row.id,
    kind: 'token',
    name: row.name,
    scopes: new Set(row.scopes),
    local: false,
    connectors: null,
    tools: null,
    ended,
    partition: { ...placed(row), agentId: null },
  };
}

function keyObject({
  id,
  name,
  mode,
  role,
  scopes: list,
  hint,
  created_at,
  revoked_at,
  last_used_at,
}: KeyRow): KeyObject {
  return {
    id,
    object: 'api_key',
    name,
    mode,
    role,
    scopes: list,
    workspace_id: null,
    hint,
    status: revoked_at === null ? 'active' : 'revoked',
    created_at,
    last_used_at,
  };
}

function taken(name: string): AgentError {
  return new AgentError('state_conflict', `An active key has the name ${JSON.stringify(name)} already.`, {
    hint: 'Choose another name, or revoke that key first.',
  });
}
