import { type Scope, scopes } from '../../main/api/index.ts';
import type { keyRoles } from '../../main/api/schemas/index.ts';

/** A preset of scopes. */
export type KeyRole = (typeof keyRoles)[number];

/** What each role expands to. Ours: the platform names the roles and not their scopes. The set is frozen when a key is made. */
export const scopesOfRole: Readonly<Record<KeyRole, readonly Scope[]>> = {
  read_only: ['connectors:read', 'tools:read', 'events:read', 'agents:read', 'operators:read', 'receipts:read'],
  ingest: ['events:write'],
  operate: [
    'connectors:read',
    'connectors:write',
    'tools:read',
    'tools:act',
    'events:read',
    'events:write',
    'agents:read',
    'operators:read',
    'operators:write',
    'receipts:read',
  ],
  admin: scopes.filter((scope) => scope !== 'approvals:write' && scope !== 'policy:write' && scope !== 'tokens:write'),
};
