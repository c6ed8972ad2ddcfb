import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AgentError } from '../../drivers/kit/index.ts';
import { type Principal, scopes } from '../api/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { hashSecret, randomSecret } from './secret.ts';

/** Contract section 5. */
const TICKET_LIFE_MS = 30_000;
const IDLE_LIMIT_MS = 30 * 60_000;
const LONGEST_SESSION_MS = 12 * 3_600_000;
/** More than one person at one machine opens; the oldest gives way. */
const TICKET_LIMIT = 16;
const SESSION_LIMIT = 32;

/** Opens one window session, once, within 30 s. */
export interface SignInTicket {
  readonly secret: string;
  readonly expires_at: string;
  /** Aborts when the ticket was used or has expired. */
  readonly spent: AbortSignal;
}

/** What the browser gets for a ticket. Neither half works alone. */
export interface WindowSession {
  /** The value of the `Set-Cookie` header. */
  readonly cookie: string;
  /** The second value, which the page sends as a header of each request. */
  readonly headerSecret: string;
  readonly principal: Principal;
}

/** The sign-in of the window. */
export interface WindowSessions {
  issueTicket(): SignInTicket;
  /** Throws `key_invalid` for a ticket that is unknown, used or too old. */
  exchange(ticket: string): WindowSession;
  /**
   * Who sends these two values (`Cookie` header, second value). Throws `key_invalid`. Counts as use, unless `countsAsUse`
   * is false: a stream that reconnects by itself is not a person at work.
   */
  authenticate(
    cookieHeader: string | undefined,
    headerSecret: string | undefined,
    options?: { readonly countsAsUse?: boolean },
  ): Principal;
  /** Signs out the session of this principal. */
  end(principal: Principal): void;
  /** Ends every session and ticket. */
  close(): void;
}

interface Ticket {
  readonly spent: AbortController;
  readonly cancelTimer: () => void;
}

interface Session {
  readonly cookieHash: Buffer;
  readonly headerHash: Buffer;
  readonly principal: Principal;
  readonly end: AbortController;
  readonly lastMomentMs: number;
  usedAtMs: number;
  cancelTimer: () => void;
}

/** Window sessions live in memory: a restart of the agent ends them. */
export function createWindowSessions({ clock = systemClock }: { readonly clock?: Clock } = {}): WindowSessions {
  const tickets = new Map<string, Ticket>();
  const sessions = new Map<string, Session>();

  const spend = (hash: string): boolean => {
    const ticket = tickets.get(hash);
    if (ticket === undefined) return false;
    tickets.delete(hash);
    ticket.cancelTimer();
    ticket.spent.abort();
    return true;
  };

  const endSession = (name: string): void => {
    const session = sessions.get(name);
    if (session === undefined) return;
    sessions.delete(name);
    session.cancelTimer();
    session.end.abort(signedOutError());
  };

  const endsAtMs = (session: Session): number => Math.min(session.usedAtMs + IDLE_LIMIT_MS, session.lastMomentMs);

  /** Ends the session when its time has come, else waits for that moment, which use may have moved. */
  const watch = (name: string, session: Session): void => {
    const restMs = endsAtMs(session) - clock.now();
    if (restMs <= 0) endSession(name);
    else session.cancelTimer = clock.after(restMs, () => watch(name, session));
  };

  return {
    issueTicket() {
      if (tickets.size >= TICKET_LIMIT) dropOldest(tickets, spend);
      const secret = randomSecret();
      const hash = hashSecret(secret);
      const spent = new AbortController();
      tickets.set(hash, { spent, cancelTimer: clock.after(TICKET_LIFE_MS, () => spend(hash)) });
      return { secret, expires_at: new Date(clock.now() + TICKET_LIFE_MS).toISOString(), spent: spent.signal };
    },

    exchange(ticket) {
      if (!spend(hashSecret(ticket))) {
        throw new AgentError('key_invalid', 'This sign-in was used already or is older than 30 s.', {
          hint: 'Open the window again: fibric-edge open',
        });
      }
      if (sessions.size >= SESSION_LIMIT) dropOldest(sessions, endSession);
      // A name for each session: cookies are shared by all tabs and all ports of a host, and none may overwrite another.
      const name = `fe_window_${randomBytes(8).toString('hex')}`;
      const value = randomSecret();
      const headerSecret = randomSecret();
      const end = new AbortController();
      const principal = windowPrincipal(end.signal);
      const nowMs = clock.now();
      const session: Session = {
        cookieHash: digest(value),
        headerHash: digest(headerSecret),
        principal,
        end,
        lastMomentMs: nowMs + LONGEST_SESSION_MS,
        usedAtMs: nowMs,
        cancelTimer: () => {},
      };
      sessions.set(name, session);
      watch(name, session);
      const maxAgeSeconds = LONGEST_SESSION_MS / 1_000;
      const cookie = `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
      return { cookie, headerSecret, principal };
    },

    authenticate(cookieHeader, headerSecret, { countsAsUse = true } = {}) {
      if (cookieHeader === undefined || headerSecret === undefined) throw signedOutError();
      const headerHash = digest(headerSecret);
      for (const [name, value] of cookiesOf(cookieHeader)) {
        const session = sessions.get(name);
        if (session === undefined) continue;
        const cookieFits = timingSafeEqual(session.cookieHash, digest(value));
        const headerFits = timingSafeEqual(session.headerHash, headerHash);
        if (!cookieFits || !headerFits) continue;
        if (endsAtMs(session) <= clock.now()) endSession(name);
        else {
          if (countsAsUse) session.usedAtMs = clock.now();
          return session.principal;
        }
      }
      throw signedOutError();
    },

    end(principal) {
      for (const [name, session] of [...sessions]) if (session.principal === principal) endSession(name);
    },

    close() {
      for (const hash of [...tickets.keys()]) spend(hash);
      for (const name of [...sessions.keys()]) endSession(name);
    },
  };
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

function dropOldest(held: ReadonlyMap<string, unknown>, drop: (key: string) => void): void {
  const oldest = held.keys().next();
  if (oldest.done !== true) drop(oldest.value);
}

function digest(secret: string): Buffer {
  return Buffer.from(hashSecret(secret), 'hex');
}

/** The pairs of a `Cookie` header (RFC 6265 section 4.2.1). */
function cookiesOf(header: string): [name: string, value: string][] {
  return header.split(';').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
  });
}

const signedOutError = (): AgentError =>
  new AgentError('key_invalid', 'The window is not signed in, or its session has ended.', {
    hint: 'Open the window again: fibric-edge open',
  });
