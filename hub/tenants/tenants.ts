import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { TenantObject } from '../../main/api/schemas/index.ts';
import type { Database } from '../../main/store/index.ts';
import { type Clock, instant } from '../clock.ts';
import { noSuch } from '../partition.ts';
import { mintId } from '../secret.ts';

const rowSchema = z.object({ id: z.string(), name: z.string(), created_at: z.string() });

/** The tenants of a hub. */
export interface Tenants {
  /** Rejects with `state_conflict` when the name is taken. */
  create(name: string): Promise<TenantObject>;
  list(): readonly TenantObject[];
  /** By id. Throws `not_found`. */
  get(tenantId: string): TenantObject;
  /** By name or id. Throws `not_found`. */
  find(nameOrId: string): TenantObject;
}

/** Reads the tenants of the database and keeps them in memory: every link and every request asks for one. */
export function createTenants(database: Database, clock: Clock): Tenants {
  const byId = new Map<string, TenantObject>();
  const byName = new Map<string, TenantObject>();
  const keep = (tenant: TenantObject) => {
    byId.set(tenant.id, tenant);
    byName.set(tenant.name, tenant);
  };
  const stored = database.read(rowSchema, 'SELECT id, name, created_at FROM tenants ORDER BY created_at, id DESC');
  for (const row of stored) keep({ ...row, object: 'tenant' });
  return {
    async create(name) {
      if (byName.has(name)) throw taken(name);
      const row = { id: mintId('t'), name, created_at: instant(clock.now()) };
      await database.write([
        { sql: 'INSERT INTO tenants (id, name, created_at) VALUES (:id, :name, :created_at)', parameters: row },
      ]);
      const tenant: TenantObject = { ...row, object: 'tenant' };
      keep(tenant);
      return tenant;
    },
    list: () => [...byId.values()].reverse(),
    get(tenantId) {
      const found = byId.get(tenantId);
      if (found === undefined) throw noSuch('tenant', tenantId);
      return found;
    },
    find(nameOrId) {
      const found = byName.get(nameOrId) ?? byId.get(nameOrId);
      if (found === undefined) throw noSuch('tenant', nameOrId);
      return found;
    },
  };
}

function taken(name: string): AgentError {
  return new AgentError('state_conflict', `There is a tenant ${JSON.stringify(name)} already.`, {
    hint: 'Choose another name.',
  });
}
