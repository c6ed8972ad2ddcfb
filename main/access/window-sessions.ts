import { AgentError } from '../../drivers/kit/index.ts';
import { type Principal, scopes } from '../api/index.ts';
import { type BrowserSessions, createBrowserSessions } from './browser-sessions.ts';
import type { Clock } from './clock.ts';

/** Contract section 5. */
const TICKET_LIFE_MS = 30_000;
/** More than one person at one machine opens; the oldest gives way. */
const TICKET_LIMIT = 16;
const SESSION_LIMIT = 32;

/** The sign-in of the window. */
export type WindowSessions = BrowserSessions<void>;

/** Window sessions live in memory: a restart of the agent ends them. */
export function createWindowSessions({ clock }: { readonly clock?: Clock } = {}): WindowSessions {
  return createBrowserSessions<void>({
    ...(clock === undefined ? {} : { clock }),
    cookiePrefix: 'fe_window',
    ticketLifeMs: TICKET_LIFE_MS,
    ticketLimit: TICKET_LIMIT,
    sessionLimit: SESSION_LIMIT,
    principalOf: (_, ended) => windowPrincipal(ended),
    spent: () =>
      new AgentError('key_invalid', 'This sign-in was used already or is older than 30 s.', {
        hint: 'Open the window again: fibric-edge open',
      }),
    signedOut: () =>
      new AgentError('key_invalid', 'The window is not signed in, or its session has ended.', {
        hint: 'Open the window again: fibric-edge open',
      }),
  });
}

function windowPrincipal(ended: AbortSignal): Principal {
  return {
    id: 'window',
    kind: 'window',
    name: 'window',
    scopes: new Set(scopes),
    local: true,
    connectors: null,
    tools: null,
    ended,
  };
}
