import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';
import { sentSession } from '../../main/access/index.ts';
import { type Principal, scopes } from '../../main/api/index.ts';
import { type AgentTokens, agentTokenPrefix } from '../link/agent-tokens.ts';
import type { Keys } from '../tenants/keys.ts';
import type { Tenants } from '../tenants/tenants.ts';
import type { PageSessions } from './page-sessions.ts';
import { requireOwnPage } from './same-origin.ts';

/** Names the partition that an administrator on the hub itself works in: `acme` or `acme/test`. */
export const tenantHeader = 'fibric-hub-tenant';

/** Who sends a request over HTTP: a key or an agent. A secret in the address is never looked at. Throws `key_invalid` or `key_revoked`. */
export function authenticateBearer(
  { headers: { authorization } }: IncomingMessage,
  { keys, tokens }: { readonly keys: Keys; readonly tokens: AgentTokens },
): Principal {
  const secret = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
  if (secret === undefined) {
    throw new AgentError('key_invalid', 'This needs a key.', { hint: 'Send: Authorization: Bearer sk_...' });
  }
  return secret.startsWith(agentTokenPrefix) ? tokens.authenticate(secret) : keys.authenticate(secret);
}

/** Who sends a request to the API: as {@link authenticateBearer}, or the hub's page. Throws `forbidden_origin`, too. */
export function authenticateRequest(
  request: IncomingMessage,
  parts: {
    readonly keys: Keys;
    readonly tokens: AgentTokens;
    readonly sessions: PageSessions;
    /** Of the hub. */
    readonly origin: string;
  },
): Principal {
  const sent = request.headers.authorization === undefined ? sentSession(request) : null;
  if (sent === null) return authenticateBearer(request, parts);
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes || request.headers.origin !== undefined) requireOwnPage(request, parts.origin);
  return parts.sessions.authenticate(sent.cookie, sent.half, { countsAsUse: sent.countsAsUse });
}

/** Who uses the hub's local socket: its own user, for every tenant, or for the one that the header names. Throws `not_found`. */
export function administratorOf({ headers }: IncomingMessage, tenants: Tenants): Principal {
  const named = headers[tenantHeader];
  const base: Principal = {
    id: 'local-admin',
    kind: 'local-admin',
    name: 'administrator of the hub',
    scopes: new Set(scopes),
    local: true,
    connectors: null,
    tools: null,
    ended: never,
  };
  if (typeof named !== 'string') return base;
  const [, name = named, test] = /^(.*?)(\/test)?$/s.exec(decodeURIComponent(named)) ?? [];
  const { id: tenantId } = tenants.find(name);
  const mode = test === undefined ? 'live' : 'test';
  return { ...base, id: `local-admin/${tenantId}/${mode}`, partition: { tenantId, mode, agentId: null } };
}

const never = new AbortController().signal;
