import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { OperatorBody, OperatorChange } from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn, type Statement } from '../../main/store/index.ts';
import { type Clock, instant } from '../clock.ts';
import { isSamePlace, noSuch, type Place } from '../partition.ts';
import { mintId } from '../secret.ts';

const rowSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  mode: z.enum(['live', 'test']),
  name: z.string(),
  capabilities: jsonColumn(z.array(z.string())),
  status: z.enum(['active', 'paused']),
  created_at: z.string(),
});
/** What depends on capabilities of a tenant's machines, never on a connector or a machine. */
export type OperatorRow = Readonly<z.output<typeof rowSchema>>;

/** The operators of a hub, in memory and on disk. Reading never touches the disk. */
export interface Operators {
  /** Newest first. */
  list(place: Place): readonly OperatorRow[];
  /** Throws `not_found`. */
  get(place: Place, id: string): OperatorRow;
  /** Resolves when stored, in one commit with `alongside`. Rejects with `state_conflict` when the name is taken. */
  create(
    place: Place,
    body: OperatorBody,
    alongside?: (made: OperatorRow) => readonly Statement[],
  ): Promise<OperatorRow>;
  /** Changes what is given. Rejects with `not_found`, `state_conflict`. */
  change(place: Place, id: string, change: OperatorChange): Promise<OperatorRow>;
  /** Rejects with `not_found`. */
  remove(place: Place, id: string): Promise<void>;
}

/** Reads the operators of the database; nothing else may write them. */
export function createOperators(database: Database, clock: Clock): Operators {
  const held = new Map<string, OperatorRow>();
  for (const row of database.read(rowSchema, 'SELECT * FROM operators ORDER BY created_at, id')) held.set(row.id, row);
  const isIn = (place: Place) => (row: OperatorRow) => isSamePlace({ tenantId: row.tenant_id, mode: row.mode }, place);
  const get = (place: Place, id: string): OperatorRow => {
    const row = held.get(id);
    if (row === undefined || !isIn(place)(row)) throw noSuch('operator', id);
    return row;
  };
  const requireFreeName = (place: Place, name: string, forId: string | null) => {
    const other = [...held.values()].filter(isIn(place)).find((row) => row.name === name && row.id !== forId);
    if (other === undefined) return;
    throw new AgentError('state_conflict', `The name ${JSON.stringify(name)} is taken by ${other.id}.`, {
      hint: 'Choose another name.',
    });
  };

  return {
    list: (place) => [...held.values()].filter(isIn(place)).reverse(),
    get,
    async create(place, { name, capabilities, status }, alongside = () => []) {
      requireFreeName(place, name, null);
      const row: OperatorRow = {
        id: mintId('op'),
        tenant_id: place.tenantId,
        mode: place.mode,
        name,
        capabilities: [...capabilities].sort(),
        status,
        created_at: instant(clock.now()),
      };
      await database.write([
        {
          sql: `INSERT INTO operators (id, tenant_id, mode, name, capabilities, status, created_at)
                VALUES (:id, :tenant_id, :mode, :name, :capabilities, :status, :created_at)`,
          parameters: { ...row, capabilities: JSON.stringify(row.capabilities) },
        },
        ...alongside(row),
      ]);
      held.set(row.id, row);
      return row;
    },
    async change(place, id, { name, capabilities, status }) {
      const before = get(place, id);
      const after: OperatorRow = {
        ...before,
        ...(name === undefined ? {} : { name }),
        ...(capabilities === undefined ? {} : { capabilities: [...capabilities].sort() }),
        ...(status === undefined ? {} : { status }),
      };
      requireFreeName(place, after.name, id);
      await database.write([
        {
          sql: 'UPDATE operators SET name = :name, capabilities = :capabilities, status = :status WHERE id = :id',
          parameters: {
            id,
            name: after.name,
            status: after.status,
            capabilities: JSON.stringify(after.capabilities),
          },
          expectChanges: 1,
        },
      ]);
      held.set(id, after);
      return after;
    },
    async remove(place, id) {
      get(place, id);
      await database.write([{ sql: 'DELETE FROM operators WHERE id = :id', parameters: { id }, expectChanges: 1 }]);
      held.delete(id);
    },
  };
}
