import type { Server } from '@modelcontextprotocol/server';
import type { Clock } from '../connectors/index.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { Exchange } from './exchange.ts';
import { interestOf } from './interest.ts';
import type { Refusal } from './refusal.ts';
import { openSession, type Session } from './session.ts';

/** Sessions open at once, of all clients together (contract section 6). */
const MAX_SESSIONS = 64;
/** A session with no request and no stream open for this long is over. */
const IDLE_MS = 10 * 60_000;
/** How long a client may take from the answer to its `initialize` to its next message before its session can make room. */
const BEGINNING_MS = 10_000;
/** How often the idle ones are looked for. */
const SWEEP_MS = 60_000;

/** The sessions of clients of the 2025 revisions. */
export interface Sessions {
  /** Opens one for the `initialize` of this exchange; or why there is none. */
  open(exchange: Exchange, connectorId: string | null): Promise<Session | Refusal>;
  /** The session of that id, for whoever opened it and at the address it was opened at; null otherwise. */
  find(id: string, exchange: Exchange, connectorId: string | null): Session | null;
  /** Ends those of a connector that is gone. */
  closeOf(connectorId: string): void;
  close(): Promise<void>;
}

/** Makes {@link Sessions}. `createServer` makes the server of one. */
export function createSessions(parts: {
  readonly createServer: (exchange: Exchange, subscriptions: Set<string>) => Server;
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}): Sessions {
  const { createServer, feed, clock, onFault } = parts;
  const open = new Map<string, Session>();
  /** Made and not yet in `open`. */
  let opening = 0;
  let cancelSweep: (() => void) | null = null;

  const end = (session: Session) => void session.close().catch(onFault);
  const sweep = () => {
    cancelSweep = null;
    for (const session of open.values()) {
      if (!session.busy && clock.now() - session.usedAtMs >= IDLE_MS) end(session);
    }
    if (open.size > 0) cancelSweep = clock.after(SWEEP_MS, sweep);
  };
  const mayEnd = ({ busy, beginning, usedAtMs }: Session) =>
    !busy && !(beginning && clock.now() - usedAtMs < BEGINNING_MS);
  /** Whoever opens one too many loses the session it has left alone longest; only then does somebody else. */
  const makeRoom = (principalId: string): boolean => {
    if (open.size + opening < MAX_SESSIONS) return true;
    const idle = [...open.values()].filter(mayEnd).sort((left, right) => left.usedAtMs - right.usedAtMs);
    const victim = idle.find((session) => session.principalId === principalId) ?? idle[0];
    if (victim === undefined) return false;
    open.delete(victim.id);
    end(victim);
    return true;
  };

  return {
    async open(exchange, connectorId) {
      const { principal } = exchange;
      if (!makeRoom(principal.id)) return tooMany;
      const tokenEnded = () => end(session);
      opening += 1;
      const session = await openSession({
        opening: exchange,
        connectorId,
        createServer: (subscriptions) => createServer(exchange, subscriptions),
        listen: (listener) => feed.subscribe(interestOf(connectorId, principal), listener),
        now: () => clock.now(),
        onClosed(closed) {
          open.delete(closed.id);
          principal.ended.removeEventListener('abort', tokenEnded);
        },
      }).finally(() => {
        opening -= 1;
      });
      open.set(session.id, session);
      principal.ended.addEventListener('abort', tokenEnded, { once: true });
      cancelSweep ??= clock.after(SWEEP_MS, sweep);
      return session;
    },
    find(id, { principal }, connectorId) {
      const session = open.get(id);
      return session?.principalId === principal.id && session.connectorId === connectorId ? session : null;
    },
    closeOf(connectorId) {
      for (const session of open.values()) if (session.connectorId === connectorId) end(session);
    },
    async close() {
      cancelSweep?.();
      cancelSweep = null;
      await Promise.all([...open.values()].map((session) => session.close()));
    },
  };
}

const tooMany: Refusal = {
  status: 503,
  code: -32_000,
  message: `${MAX_SESSIONS} sessions are open and every one is at work or just beginning. End one (DELETE with its Mcp-Session-Id), or ask again later.`,
  headers: { 'Retry-After': '30' },
};
