import { AgentError } from '../../drivers/kit/index.ts';
import { type BrowserSessions, createBrowserSessions } from '../../main/access/index.ts';
import type { Principal } from '../../main/api/index.ts';
import type { Clock } from '../clock.ts';
import type { Place } from '../partition.ts';
import { scopesOfRole } from '../tenants/roles.table.ts';

/** Long enough to carry the address to a browser on another computer. */
const TICKET_LIFE_MS = 5 * 60_000;
const TICKET_LIMIT = 100;
/** Of all tenants together. */
const SESSION_LIMIT = 2_000;

/** The sign-in of the hub's own page: by a key, or by a ticket of whoever looks after the hub. */
export type PageSessions = BrowserSessions<Principal>;

/** Page sessions live in memory: a restart of the hub ends them, and the end of a key those that it opened. */
export function createPageSessions(clock: Clock): PageSessions {
  return createBrowserSessions<Principal>({
    clock,
    cookiePrefix: 'fe_hub',
    ticketLifeMs: TICKET_LIFE_MS,
    ticketLimit: TICKET_LIMIT,
    sessionLimit: SESSION_LIMIT,
    principalOf: (who, ended) => ({ ...who, ended: AbortSignal.any([who.ended, ended]) }),
    spent: () =>
      new AgentError('key_invalid', 'This address was used already or is older than five minutes.', {
        hint: 'Print another one: fibric-edge hub page --tenant NAME',
      }),
    signedOut: () =>
      new AgentError('key_invalid', 'This page is not signed in, or its session has ended.', {
        hint: 'Sign in with a key of this hub.',
      }),
  });
}

/** Whoever looks after the hub, on its page: within one partition, with what an admin key may. */
export function administratorOnPage({ tenantId, mode }: Place): Principal {
  return {
    id: `page/${tenantId}/${mode}`,
    kind: 'token',
    name: 'administrator of the hub',
    scopes: new Set(scopesOfRole.admin),
    local: false,
    connectors: null,
    tools: null,
    ended: new AbortController().signal,
    partition: { tenantId, mode, agentId: null },
  };
}
