import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type Grants, grantsSchema } from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn, type Statement } from '../../main/store/index.ts';
import { type Clock, instant } from '../clock.ts';
import { isSamePlace, noSuch, type Place } from '../partition.ts';
import { mintId } from '../secret.ts';

const rowSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  mode: z.enum(['live', 'test']),
  name: z.string(),
  public_key: z.string(),
  sealing_key: z.string().nullable(),
  grants: jsonColumn(grantsSchema),
  version: z.string(),
  paired_at: z.string(),
  paired_by: z.string(),
  last_seen_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
/** An agent as a hub keeps it. */
export type AgentRow = z.output<typeof rowSchema>;

/** What an agent is taken in with. */
export interface NewAgent {
  readonly name: string;
  readonly publicKey: string;
  readonly sealingKey: string | null;
  readonly grants: Grants;
  readonly version: string;
  readonly pairedBy: string;
}

/** The agents of a hub. */
export interface AgentRegistry {
  /** The row and what stores it; it counts once {@link AgentRegistry.admit} was called. Throws `state_conflict` when the name is taken. */
  prepare(place: Place, agent: NewAgent): { readonly row: AgentRow; readonly statement: Statement };
  admit(row: AgentRow): void;
  /** Newest first, revoked ones too. */
  list(place: Place): readonly AgentRow[];
  /** Throws `not_found`. */
  get(place: Place, agentId: string): AgentRow;
  /** Of whatever partition; null when there is none. */
  find(agentId: string): AgentRow | null;
  /** What the agent says of itself as it opens its link. */
  greet(agentId: string, said: { readonly version: string; readonly grants: Grants }): Promise<void>;
  /** For information: need not survive a power cut. */
  seen(agentId: string): void;
  revoke(place: Place, agentId: string): Promise<AgentRow>;
}

/** Reads the agents of the database and keeps them in memory. */
export function createAgentRegistry(database: Database, clock: Clock): AgentRegistry {
  const rows = new Map<string, AgentRow>();
  for (const row of database.read(rowSchema, 'SELECT * FROM agents ORDER BY paired_at, id')) rows.set(row.id, row);
  const placed = ({ tenant_id: tenantId, mode }: AgentRow): Place => ({ tenantId, mode });
  const list = (place: Place) => [...rows.values()].filter((row) => isSamePlace(placed(row), place)).reverse();
  const get = (place: Place, agentId: string): AgentRow => {
    const row = rows.get(agentId);
    if (row === undefined || !isSamePlace(placed(row), place)) throw noSuch('agent', agentId);
    return row;
  };
  const change = (agentId: string, changes: Partial<AgentRow>): AgentRow | null => {
    const row = rows.get(agentId);
    if (row === undefined) return null;
    const changed = { ...row, ...changes };
    rows.set(agentId, changed);
    return changed;
  };

  return {
    prepare(place, { name, publicKey, sealingKey, grants, version, pairedBy }) {
      if (list(place).some((row) => row.revoked_at === null && row.name === name)) throw taken(name);
      const row: AgentRow = {
        id: mintId('agt'),
        tenant_id: place.tenantId,
        mode: place.mode,
        name,
        public_key: publicKey,
        sealing_key: sealingKey,
        grants,
        version,
        paired_at: instant(clock.now()),
        paired_by: pairedBy,
        last_seen_at: null,
        revoked_at: null,
      };
      return {
        row,
        statement: {
          sql: `INSERT INTO agents (id, tenant_id, mode, name, public_key, sealing_key, grants, version, paired_at, paired_by)
                VALUES (:id, :tenant_id, :mode, :name, :public_key, :sealing_key, :grants, :version, :paired_at, :paired_by)`,
          parameters: {
            id: row.id,
            tenant_id: row.tenant_id,
            mode: row.mode,
            name,
            public_key: publicKey,
            sealing_key: sealingKey,
            grants: JSON.stringify(grants),
            version,
            paired_at: row.paired_at,
            paired_by: pairedBy,
          },
        },
      };
    },
    admit: (row) => void rows.set(row.id, row),
    list,
    get,
    find: (agentId) => rows.get(agentId) ?? null,
    async greet(agentId, { version, grants }) {
      change(agentId, { version, grants, last_seen_at: instant(clock.now()) });
      await database.write(
        [
          {
            sql: 'UPDATE agents SET version = :version, grants = :grants, last_seen_at = :at WHERE id = :id',
            parameters: { version, grants: JSON.stringify(grants), at: instant(clock.now()), id: agentId },
          },
        ],
        { mayForget: true },
      );
    },
    seen(agentId) {
      const at = instant(clock.now());
      change(agentId, { last_seen_at: at });
      database
        .write([{ sql: 'UPDATE agents SET last_seen_at = :at WHERE id = :id', parameters: { at, id: agentId } }], {
          mayForget: true,
        })
        .catch(() => {});
    },
    async revoke(place, agentId) {
      const row = get(place, agentId);
      const at = row.revoked_at ?? instant(clock.now());
      const revoked = change(agentId, { revoked_at: at }) ?? row;
      await database.write([
        { sql: 'UPDATE agents SET revoked_at = :at WHERE id = :id', parameters: { at, id: agentId } },
        { sql: 'DELETE FROM projections WHERE agent_id = :id', parameters: { id: agentId } },
      ]);
      return revoked;
    },
  };
}

function taken(name: string): AgentError {
  return new AgentError('state_conflict', `An agent has the name ${JSON.stringify(name)} already.`, {
    hint: 'Choose another name for this machine, or revoke that agent first.',
    details: { parameter: 'name' },
  });
}
