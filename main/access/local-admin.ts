import { type Principal, scopes } from '../api/index.ts';

/** Who uses the local socket: whoever may open it is the agent's own user. Every scope; ends with the process. */
export function localAdmin(): Principal {
  return admin;
}

/** The same user, who asked for less: only tools that change nothing. */
export function localReader(): Principal {
  return reader;
}

const admin: Principal = {
  id: 'local-admin',
  kind: 'local-admin',
  name: 'local administrator',
  scopes: new Set(scopes),
  local: true,
  connectors: null,
  tools: null,
  ended: new AbortController().signal,
};

const reader: Principal = { ...admin, scopes: new Set(['connectors:read', 'tools:read']) };
