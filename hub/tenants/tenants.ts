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

/** Tenants as the database has them. */
export function createTenants(database: Database, clock: Clock): Tenants {
  const list = () =>
    database
      .read(rowSchema, 'SELECT id, name, created_at FROM tenants ORDER BY created_at DESC, id')
      .map((row): TenantObject => ({ ...row, object: 'tenant' }));
  return {
    async create(name) {
      if (list().some((tenant) => tenant.name === name)) throw taken(name);
      const tenant = { id: mintId('t'), name, created_at: instant(clock.now()) };
      await database.write([
        { sql: 'INSERT INTO tenants (id, name, created_at) VALUES (:id, :name, :created_at)', parameters: tenant },
      ]);
      return { ...tenant, object: 'tenant' };
    },
    list,
    get(tenantId) {
      const found = list().find(({ id }) => id === tenantId);
      if (found === undefined) throw noSuch('tenant', tenantId);
      return found;
    },
    find(nameOrId) {
      const all = list();
      const found = all.find(({ name }) => name === nameOrId) ?? all.find(({ id }) => id === nameOrId);
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
