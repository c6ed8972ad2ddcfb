import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Database, jsonColumn, type Statement } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import { mintId } from '../ids.ts';

/** What depends on capabilities, never on a connector. Only an active one keeps a connector from being uninstalled. */
export interface Operator {
  readonly id: string;
  /** Unique on this machine. */
  readonly name: string;
  /** What it needs, each once, sorted. */
  readonly capabilities: readonly string[];
  readonly status: 'active' | 'paused';
  readonly created_at: string;
}

/** What a new operator is to be. */
export interface OperatorRequest {
  readonly name: string;
  readonly capabilities: readonly string[];
  /** Default `active`. */
  readonly status?: Operator['status'];
}

/** The operators of this machine, in memory and on disk. Reading never touches the disk. */
export interface Operators {
  /** Newest first. */
  all(): readonly Operator[];
  /** Throws `not_found`. */
  get(id: string): Operator;
  /** Resolves when stored, in one commit with what `alongside` writes. Rejects with `state_conflict` when the name is taken. */
  create(request: OperatorRequest, alongside?: (made: Operator) => readonly Statement[]): Promise<Operator>;
  /** Changes what is given. Rejects with `not_found`, `state_conflict`. */
  change(id: string, change: Partial<OperatorRequest>): Promise<Operator>;
  /** Rejects with `not_found`. */
  remove(id: string): Promise<void>;
}

const rowSchema: z.ZodType<Operator> = z.object({
  id: z.string(),
  name: z.string(),
  capabilities: jsonColumn(z.array(z.string())),
  status: z.enum(['active', 'paused']),
  created_at: z.string(),
});

/** Reads the operators of the store; nothing else may write them. */
export function openOperators({ database, clock }: { readonly database: Database; readonly clock: Clock }): Operators {
  const held = new Map(
    database
      .read(rowSchema, 'SELECT id, name, capabilities, status, created_at FROM operators ORDER BY created_at, rowid')
      .map((operator) => [operator.id, operator]),
  );
  const get = (id: string): Operator => {
    const found = held.get(id);
    if (found !== undefined) return found;
    throw new AgentError('not_found', `There is no operator ${JSON.stringify(id.slice(0, 100))}.`, {
      hint: 'List the operators to see their ids.',
    });
  };
  const requireFreeName = (name: string, forId: string | null) => {
    for (const other of held.values()) {
      if (other.name !== name || other.id === forId) continue;
      throw new AgentError('state_conflict', `The name ${JSON.stringify(name)} is taken by ${other.id}.`, {
        hint: 'Choose another name.',
      });
    }
  };

  return {
    all: () => [...held.values()].reverse(),
    get,

    async create({ name, capabilities, status = 'active' }, alongside = () => []) {
      requireFreeName(name, null);
      const operator: Operator = {
        id: mintId('op'),
        name,
        capabilities: sorted(capabilities),
        status,
        created_at: toInstant(clock.now()),
      };
      await database.write([
        {
          sql: `INSERT INTO operators (id, name, capabilities, status, created_at)
                VALUES (:id, :name, :capabilities, :status, :created_at)`,
          parameters: { ...operator, capabilities: JSON.stringify(operator.capabilities) },
        },
        ...alongside(operator),
      ]);
      held.set(operator.id, operator);
      return operator;
    },

    async change(id, change) {
      const before = get(id);
      const after: Operator = {
        ...before,
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.capabilities === undefined ? {} : { capabilities: sorted(change.capabilities) }),
        ...(change.status === undefined ? {} : { status: change.status }),
      };
      requireFreeName(after.name, id);
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

    async remove(id) {
      get(id);
      await database.write([{ sql: 'DELETE FROM operators WHERE id = :id', parameters: { id }, expectChanges: 1 }]);
      held.delete(id);
    },
  };
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
