import { randomBytes } from 'node:crypto';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal, Scope } from '../api/index.ts';
import type { Database, Statement } from '../store/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { hashSecret, randomSecret } from './secret.ts';
import { parseTokenRequest, type TokenRequest } from './token-request.ts';
import { insertToken, markRevoked, markUsed, readTokens, type TokenRow } from './token-rows.ts';

/** So that a leaked token is found by those who look for them. */
const PREFIX = 'fe_';
/** How exact `last_used_at` is: it costs a write. */
const USE_STEP_MS = 60_000;
/** Timers can't run longer than 24 days, and a machine that slept must not be late by more than this. */
const LONGEST_WAIT_MS = 3_600_000;

/** A token as people see it in lists. */
export type TokenDescription = Omit<TokenRow, 'hash'>;

/** A token at the only moment its secret is known. */
export interface NewToken {
  readonly id: string;
  readonly name: string;
  /** The secret; shown once. */
  readonly token: string;
  readonly scopes: readonly Scope[];
  readonly connectors: readonly string[] | null;
  readonly tools: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string;
}

/** The bearer tokens of this agent. */
export interface Tokens {
  /** Resolves when the token is stored, in one commit with what `alongside` writes. Rejects with `invalid_parameter`. */
  create(request: TokenRequest, alongside?: (made: NewToken) => readonly Statement[]): Promise<NewToken>;
  /** Whose secret this is. Throws `key_invalid` (unknown, expired) or `key_revoked`. Touches memory only. */
  authenticate(secret: string): Principal;
  /** Newest first, revoked and expired ones too. */
  list(): readonly TokenDescription[];
  /** Ends the token now, its open streams included; resolves when that is stored. Again is fine; unknown is `not_found`. */
  revoke(id: string): Promise<TokenDescription>;
  /** Ends the timers. */
  close(): void;
}

interface Held {
  row: TokenRow;
  readonly expiresAtMs: number;
  readonly end: AbortController;
  readonly principal: Principal;
}

/** Reads the tokens of the store and keeps them in memory; nothing else may write them. Throws `store_unavailable`. */
export function createTokens({
  state,
  clock = systemClock,
}: {
  readonly state: Database;
  readonly clock?: Clock;
}): Tokens {
  const byHash = new Map<string, Held>();
  const byId = new Map<string, Held>();
  let cancelTimer = (): void => {};
  let closed = false;

  const hold = (row: TokenRow): void => {
    const end = new AbortController();
    const held: Held = { row, end, expiresAtMs: Date.parse(row.expires_at), principal: principalOf(row, end.signal) };
    byHash.set(row.hash, held);
    byId.set(row.id, held);
    if (row.revoked_at !== null) end.abort(revokedError());
  };

  /** Ends what has expired and waits for the next. */
  const watchExpiry = (): void => {
    cancelTimer();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { end, expiresAtMs } of byId.values()) {
      if (end.signal.aborted) continue;
      if (expiresAtMs <= clock.now()) end.abort(expiredError());
      else nextMs = Math.min(nextMs, expiresAtMs);
    }
    if (closed || nextMs === Number.POSITIVE_INFINITY) return;
    cancelTimer = clock.after(Math.min(nextMs - clock.now(), LONGEST_WAIT_MS), watchExpiry);
  };

  const noteUse = (held: Held): void => {
    const nowMs = clock.now();
    const { last_used_at } = held.row;
    if (last_used_at !== null && nowMs - Date.parse(last_used_at) < USE_STEP_MS) return;
    const at = new Date(nowMs).toISOString();
    held.row = { ...held.row, last_used_at: at };
    // For information only: no request fails because this is not stored.
    markUsed(state, held.row.id, at).catch(() => {});
  };

  for (const row of readTokens(state).reverse()) hold(row);
  watchExpiry();

  return {
    async create(request, alongside = () => []) {
      const { name, scopes, connectors, tools, expiresInMs } = parseTokenRequest(request);
      const secret = PREFIX + randomSecret();
      const nowMs = clock.now();
      const row: TokenRow = {
        id: `tok_${randomBytes(16).toString('hex')}`,
        name,
        hash: hashSecret(secret),
        scopes,
        connectors,
        tools,
        created_at: new Date(nowMs).toISOString(),
        expires_at: new Date(nowMs + expiresInMs).toISOString(),
        revoked_at: null,
        last_used_at: null,
      };
      const { id, created_at, expires_at } = row;
      const made: NewToken = { id, name, token: secret, scopes, connectors, tools, created_at, expires_at };
      await insertToken(state, row, alongside(made));
      hold(row);
      watchExpiry();
      return made;
    },
    authenticate(secret) {
      const held = byHash.get(hashSecret(secret));
      if (held === undefined) throw unknownError();
      if (held.row.revoked_at !== null) throw revokedError();
      if (held.end.signal.aborted || held.expiresAtMs <= clock.now()) {
        held.end.abort(expiredError());
        throw expiredError();
      }
      noteUse(held);
      return held.principal;
    },
    list: () => [...byId.values()].reverse().map(({ row }) => describe(row)),
    async revoke(id) {
      const held = byId.get(id);
      if (held === undefined) throw new AgentError('not_found', `There is no token ${id}.`);
      const at = held.row.revoked_at ?? new Date(clock.now()).toISOString();
      held.row = { ...held.row, revoked_at: at };
      held.end.abort(revokedError());
      await markRevoked(state, id, at);
      return describe(held.row);
    },
    close() {
      closed = true;
      cancelTimer();
    },
  };
}

function principalOf(row: TokenRow, ended: AbortSignal): Principal {
  return {
    id: row.id,
    kind: 'token',
    name: row.name,
    scopes: new Set(row.scopes),
    local: false,
    connectors: row.connectors === null ? null : new Set(row.connectors),
    tools: row.tools === null ? null : new Set(row.tools),
    ended,
  };
}

function describe({ hash: _, ...row }: TokenRow): TokenDescription {
  return row;
}

const unknownError = (): AgentError =>
  new AgentError('key_invalid', 'This token is not known here.', { hint: 'Make one: fibric-edge tokens create' });
const expiredError = (): AgentError =>
  new AgentError('key_invalid', 'This token has expired.', { hint: 'Make a new one: fibric-edge tokens create' });
const revokedError = (): AgentError =>
  new AgentError('key_revoked', 'This token was revoked.', { hint: 'Make a new one: fibric-edge tokens create' });
