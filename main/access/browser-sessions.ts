import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from '../api/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { hashSecret, randomSecret } from './secret.ts';

/** Contract section 5. */
const IDLE_LIMIT_MS = 30 * 60_000;
const LONGEST_SESSION_MS = 12 * 3_600_000;

/** How the sessions of a page are kept. */
export interface BrowserSessionOptions<Who> {
  readonly clock?: Clock;
  /** What the names of its cookies begin with. */
  readonly cookiePrefix: string;
  readonly ticketLifeMs: number;
  /** So many at once; beyond it the oldest gives way. */
  readonly ticketLimit: number;
  readonly sessionLimit: number;
  /** Whom a session stands for; `ended` aborts when it ends. What the principal itself has for its end may come earlier. */
  readonly principalOf: (who: Who, ended: AbortSignal) => Principal;
  /** What is said of a ticket that opens nothing, and of a request without a session. */
  readonly spent: () => AgentError;
  readonly signedOut: () => AgentError;
}

/** Opens one session, once, within the life of a ticket. */
export interface SignInTicket {
  readonly secret: string;
  readonly expires_at: string;
  /** Aborts when the ticket was used or has expired. */
  readonly spent: AbortSignal;
}

/** What the browser gets. Neither half works alone. */
export interface BrowserSession {
  /** The value of the `Set-Cookie` header. */
  readonly cookie: string;
  /** The second value, which the page sends as a header of each request. */
  readonly headerSecret: string;
  readonly principal: Principal;
}

/** How a session is opened. */
export interface OpenOptions {
  /** Whether the page came over TLS: then the cookie never goes out without it, and is this very host's. */
  readonly secure?: boolean;
}

/** The sign-in of a page. */
export interface BrowserSessions<Who> {
  issueTicket(who: Who): SignInTicket;
  /** Throws `key_invalid` for a ticket that is unknown, used or too old. */
  exchange(ticket: string, options?: OpenOptions): BrowserSession;
  /** For somebody who has proved otherwise who they are. */
  open(who: Who, options?: OpenOptions): BrowserSession;
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

interface Ticket<Who> {
  readonly who: Who;
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

/** Sessions live in memory: a restart ends them. */
export function createBrowserSessions<Who>(options: BrowserSessionOptions<Who>): BrowserSessions<Who> {
  const {
    clock = systemClock,
    cookiePrefix,
    ticketLifeMs,
    ticketLimit,
    sessionLimit,
    principalOf,
    signedOut,
  } = options;
  const tickets = new Map<string, Ticket<Who>>();
  const sessions = new Map<string, Session>();

  const spend = (hash: string): Ticket<Who> | null => {
    const ticket = tickets.get(hash);
    if (ticket === undefined) return null;
    tickets.delete(hash);
    ticket.cancelTimer();
    ticket.spent.abort();
    return ticket;
  };

  const endSession = (name: string): void => {
    const session = sessions.get(name);
    if (session === undefined) return;
    sessions.delete(name);
    session.cancelTimer();
    session.end.abort(signedOut());
  };

  const endsAtMs = (session: Session): number =>
    session.principal.ended.aborted ? 0 : Math.min(session.usedAtMs + IDLE_LIMIT_MS, session.lastMomentMs);

  /** Ends the session when its time has come, else waits for that moment, which use may have moved. */
  const watch = (name: string, session: Session): void => {
    const restMs = endsAtMs(session) - clock.now();
    if (restMs <= 0) endSession(name);
    else session.cancelTimer = clock.after(restMs, () => watch(name, session));
  };

  const open = (who: Who, { secure = false }: OpenOptions = {}): BrowserSession => {
    if (sessions.size >= sessionLimit) dropOldest(sessions, endSession);
    // A name for each session: cookies are shared by all tabs and all ports of a host, and none may overwrite another.
    const name = `${secure ? '__Host-' : ''}${cookiePrefix}_${randomBytes(8).toString('hex')}`;
    const value = randomSecret();
    const headerSecret = randomSecret();
    const end = new AbortController();
    const principal = principalOf(who, end.signal);
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
    const cookie = `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
    return { cookie, headerSecret, principal };
  };

  return {
    open,

    issueTicket(who) {
      if (tickets.size >= ticketLimit) dropOldest(tickets, spend);
      const secret = randomSecret();
      const hash = hashSecret(secret);
      const spent = new AbortController();
      tickets.set(hash, { who, spent, cancelTimer: clock.after(ticketLifeMs, () => spend(hash)) });
      return { secret, expires_at: new Date(clock.now() + ticketLifeMs).toISOString(), spent: spent.signal };
    },

    exchange(ticket, how) {
      const found = spend(hashSecret(ticket));
      if (found === null) throw options.spent();
      return open(found.who, how);
    },

    authenticate(cookieHeader, headerSecret, { countsAsUse = true } = {}) {
      if (cookieHeader === undefined || headerSecret === undefined) throw signedOut();
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
      throw signedOut();
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
