import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type Grants, grantsSchema } from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn, type Statement } from '../../main/store/index.ts';
import { type Clock, instant } from '../clock.ts';
import { keyOf, noSuch, type Place } from '../partition.ts';
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

/** What an agent says of itself. */
export interface AgentSaid {
  readonly version: string;
  readonly grants: Grants;
  /** X25519; absent: as it was. */
  readonly sealingKey?: string;
}

/** The agents of a hub. */
export interface AgentRegistry {
  /** The row and what stores it; it counts once {@link AgentRegistry.admit} was called. Throws `state_conflict` when the name is taken. */
  prepare(place: Place, agent: NewAgent): { readonly row: AgentRow; readonly statement: Statement };
  admit(row: AgentRow): void;
  /** Of every partition. */
  all(): Iterable<AgentRow>;
  /** Newest first, revoked ones too. */
  list(place: Place): readonly AgentRow[];
  /** Throws `not_found`. */
  get(place: Place, agentId: string): AgentRow;
  /** Of whatever partition; null when there is none. */
  find(agentId: string): AgentRow | null;
  /** What the agent says of itself as it opens its link. */
  greet(agentId: string, said: AgentSaid): Promise<void>;
  /** For information: need not survive a power cut. */
  seen(agentId: string): void;
  revoke(place: Place, agentId: string): Promise<AgentRow>;
  /** Called when an agent was taken in, or what is kept of it has changed; not for when it was seen. */
  onChange(listener: (now: AgentRow) => void): () => void;
  /** Stores when agents were seen last. */
  close(): Promise<void>;
}

/** How exact `last_seen_at` is on disk: thousands of agents give a sign of life several times a minute. */
const STORE_SEEN_MS = 60_000;

/** Reads the agents of the database and keeps them in memory. */
export function createAgentRegistry(database: Database, clock: Clock): AgentRegistry {
  const rows = new Map<string, AgentRow>();
  const places = new Map<string, Map<string, AgentRow>>();
  /** Ids of those that are not revoked, by place and name. */
  const names = new Map<string, string>();
  const listeners = new Set<(now: AgentRow) => void>();
  const seenSince = new Set<string>();
  const placed = ({ tenant_id: tenantId, mode }: AgentRow): Place => ({ tenantId, mode });
  const nameKey = (place: Place, name: string) => `${keyOf(place)}/${name}`;
  const keep = (row: AgentRow) => {
    const place = placed(row);
    const own = places.get(keyOf(place)) ?? new Map<string, AgentRow>();
    places.set(keyOf(place), own);
    own.set(row.id, row);
    rows.set(row.id, row);
    const key = nameKey(place, row.name);
    if (row.revoked_at === null) names.set(key, row.id);
    else if (names.get(key) === row.id) names.delete(key);
  };
  for (const row of database.read(rowSchema, 'SELECT * FROM agents ORDER BY paired_at, id')) keep(row);
  const list = (place: Place) => [...(places.get(keyOf(place))?.values() ?? [])].reverse();
  const get = (place: Place, agentId: string): AgentRow => {
    const row = places.get(keyOf(place))?.get(agentId);
    if (row === undefined) throw noSuch('agent', agentId);
    return row;
  };
  const tell = (now: AgentRow) => {
    for (const listener of [...listeners]) listener(now);
  };
  const change = (agentId: string, changes: Partial<AgentRow>): AgentRow | null => {
    const row = rows.get(agentId);
    if (row === undefined) return null;
    const changed = { ...row, ...changes };
    keep(changed);
    return changed;
  };
  const storeSeen = async () => {
    if (seenSince.size === 0) return;
    const seen = [...seenSince].map((id) => [id, rows.get(id)?.last_seen_at ?? null]);
    seenSince.clear();
    await database.write(
      [
        {
          sql: `UPDATE agents SET last_seen_at = seen.value ->> 1 FROM json_each(:seen) AS seen WHERE agents.id = seen.value ->> 0`,
          parameters: { seen: JSON.stringify(seen) },
        },
      ],
      { mayForget: true },
    );
  };
  let stopStoring = () => {};
  const storeLater = () => {
    stopStoring = clock.after(STORE_SEEN_MS, () => {
      // For information only; the next sign of life brings it again.
      storeSeen().catch(() => {});
      storeLater();
    });
  };
  storeLater();

  return {
    prepare(place, { name, publicKey, sealingKey, grants, version, pairedBy }) {
      if (names.has(nameKey(place, name))) throw taken(name);
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
    admit(row) {
      keep(row);
      tell(row);
    },
    all: () => rows.values(),
    list,
    get,
    find: (agentId) => rows.get(agentId) ?? null,
    async greet(agentId, { version, grants, sealingKey }) {
      const before = rows.get(agentId) ?? null;
      const sealing_key = sealingKey ?? before?.sealing_key ?? null;
      const now = change(agentId, { version, grants, sealing_key, last_seen_at: instant(clock.now()) });
      seenSince.add(agentId);
      if (before === null || now === null) return;
      const told = JSON.stringify(grants);
      const same = before.version === version && before.sealing_key === sealing_key;
      if (same && JSON.stringify(before.grants) === told) return;
      tell(now);
      await database.write(
        [
          {
            sql: 'UPDATE agents SET version = :version, grants = :grants, sealing_key = :sealing_key WHERE id = :id',
            parameters: { version, grants: told, sealing_key, id: agentId },
          },
        ],
        { mayForget: true },
      );
    },
    seen(agentId) {
      change(agentId, { last_seen_at: instant(clock.now()) });
      seenSince.add(agentId);
    },
    async revoke(place, agentId) {
      const row = get(place, agentId);
      const at = row.revoked_at ?? instant(clock.now());
      const revoked = change(agentId, { revoked_at: at }) ?? row;
      tell(revoked);
      await database.write([
        { sql: 'UPDATE agents SET revoked_at = :at WHERE id = :id', parameters: { at, id: agentId } },
        { sql: 'DELETE FROM told WHERE agent_id = :id', parameters: { id: agentId } },
        { sql: 'DELETE FROM told_catalogues WHERE agent_id = :id', parameters: { id: agentId } },
      ]);
      return revoked;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      stopStoring();
      await storeSeen();
    },
  };
}

function taken(name: string): AgentError {
  return new AgentError('state_conflict', `An agent has the name ${JSON.stringify(name)} already.`, {
    hint: 'Choose another name for this machine, or revoke that agent first.',
    details: { parameter: 'name' },
  });
}
