import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { AgentError, type ErrorCode, errorCodes } from '../../drivers/kit/index.ts';

/** What a key is kept under. */
export interface IdempotencyScope {
  readonly principal: string;
  readonly method: string;
  /** The path with its ids: the same key on another connector is another key. */
  readonly route: string;
  /** 1 to 255 characters, as the client chose them. */
  readonly key: string;
}

/** The answer bound to a key. Never holds the request's body. */
export interface IdempotencyRecord extends IdempotencyScope {
  /** `sha256:` or, for a body with a secret in it, `hmac-sha256:`, then hex. */
  readonly bodyHash: string;
  readonly status: number;
  /** The response body, JSON text; without secrets. */
  readonly response: string;
  readonly requestId: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; after it the key counts as new. */
  readonly expiresAt: string;
}

/** Where bound answers rest. Rejects with `store_unavailable`. */
export interface IdempotencyStore {
  /** Null when nothing is bound. May still give an expired record. */
  get(scope: IdempotencyScope): Promise<IdempotencyRecord | null>;
  /** Replaces a record of the same scope. Resolves when it is stored. */
  put(record: IdempotencyRecord): Promise<void>;
  /** Removes records that expired before this time (RFC 3339). */
  purge(before: string): Promise<void>;
}

/** An answer as it goes out, first time or replayed. */
export interface IdempotentAnswer {
  readonly status: number;
  /** JSON text. */
  readonly response: string;
  readonly requestId: string;
}

/** What running a request gave; `bind` says what to keep for a replay, null for nothing. */
export interface IdempotentRun<Outcome> {
  readonly outcome: Outcome;
  readonly bind: IdempotentAnswer | null;
}

const keptMs = 24 * 3_600_000;
const purgeEveryMs = 3_600_000;

/**
 * Makes of an answer's body the record that binds it to the request's key, for a backend that stores it in the very commit
 * in which it stores what the request makes: then no kill comes between the two. The answer that goes out replaces it.
 */
export type RecordInCommit = (body: object) => IdempotencyRecord;

/** How keyed requests are run at most once. */
export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Runs `run` once after `delayMs`; returns what takes it back. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** How long a second request waits for the first, in milliseconds. */
  readonly waitMs: number;
  /** A stored answer could not be kept: the request itself went through. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** Runs keyed requests at most once and replays their answers. */
export interface Idempotency {
  /**
   * Runs `execute`, or gives the bound answer as a `replay`. While the same key runs already, waits for it: past the
   * limit `entity_locked`. Another body under the same key: `idempotency_conflict`. Rejects as `execute` does. `recordOf`
   * makes the record that `execute` may have stored early.
   */
  run<Outcome>(
    scope: IdempotencyScope,
    bodyHash: string,
    signal: AbortSignal,
    execute: (recordOf: (answer: IdempotentAnswer) => IdempotencyRecord) => Promise<IdempotentRun<Outcome>>,
  ): Promise<
    | { readonly kind: 'first'; readonly outcome: Outcome }
    | { readonly kind: 'replay'; readonly answer: IdempotentAnswer }
  >;
}

const noWait = () => {};

/** Makes the one that a router uses. */
export function createIdempotency(options: IdempotencyOptions): Idempotency {
  const running = new Map<string, { readonly bodyHash: string; readonly ended: Promise<void> }>();
  let purgeDueAt = 0;

  const recordOf = (scope: IdempotencyScope, bodyHash: string, answer: IdempotentAnswer): IdempotencyRecord => {
    const now = options.clock();
    return {
      ...scope,
      bodyHash,
      ...answer,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + keptMs).toISOString(),
    };
  };
  const keep = async (record: IdempotencyRecord) => {
    try {
      await options.store.put(record);
      const now = options.clock();
      if (now < purgeDueAt) return;
      purgeDueAt = now + purgeEveryMs;
      await options.store.purge(new Date(now).toISOString());
    } catch (error) {
      options.onFault(error, record.requestId);
    }
  };
  const bound = async (scope: IdempotencyScope, bodyHash: string): Promise<IdempotentAnswer | null> => {
    const record = await options.store.get(scope);
    if (record === null || Date.parse(record.expiresAt) <= options.clock()) return null;
    if (record.bodyHash !== bodyHash) throw conflict(scope.key);
    const { status, response, requestId } = record;
    return { status: status >= 200 && status < 300 ? 200 : status, response, requestId };
  };

  return {
    async run(scope, bodyHash, signal, execute) {
      const id = JSON.stringify([scope.principal, scope.method, scope.route, scope.key]);
      const late = new AbortController();
      let stopWaiting = noWait;
      try {
        for (let first = running.get(id); first !== undefined; first = running.get(id)) {
          if (first.bodyHash !== bodyHash) throw conflict(scope.key);
          if (stopWaiting === noWait) stopWaiting = options.after(options.waitMs, () => late.abort());
          await endOf(first.ended, AbortSignal.any([signal, late.signal]));
          if (signal.aborted)
            throw new AgentError('cancelled', 'The caller went away while waiting for its first request.');
          if (late.signal.aborted && running.get(id) === first) throw stillRunning(scope.key);
        }
      } finally {
        stopWaiting();
      }
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      running.set(id, { bodyHash, ended });
      try {
        const answer = await bound(scope, bodyHash);
        if (answer !== null) return { kind: 'replay', answer };
        const { outcome, bind } = await execute((early) => recordOf(scope, bodyHash, early));
        if (bind !== null) await keep(recordOf(scope, bodyHash, bind));
        return { kind: 'first', outcome };
      } finally {
        running.delete(id);
        end();
      }
    },
  };
}

/** Refusals with a status that binds, which yet say nothing of what was asked for: the agent stops, the caller left. */
const passing: readonly string[] = ['idempotency_conflict', 'cancelled', 'closed', 'already_running'];

/** Whether an error's answer stays bound to its key: 409 and 422, save those that a repeat may mend. */
export function bindsKey(status: number, code: string): boolean {
  const retryable = code in errorCodes && errorCodes[code as ErrorCode].retryable;
  return (status === 409 || status === 422) && !retryable && !passing.includes(code);
}

/** Reads the header: null when absent; `invalid_parameter` when it is empty or too long. */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const key = typeof header === 'string' ? header : header.join(', ');
  if (key.length >= 1 && key.length <= 255) return key;
  throw new AgentError('invalid_parameter', 'Idempotency-Key must have 1 to 255 characters.', {
    details: { parameter: 'Idempotency-Key' },
  });
}

/**
 * What tells two bodies apart. A body that carries a secret is hashed under a key of the vault, so that the stored hash
 * can't be used to try secrets; without the vault that rejects with `vault_unavailable`.
 */
export async function hashBody(raw: Buffer, hmacKey: () => Promise<Buffer>): Promise<string> {
  if (!carriesSecret(raw)) return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
  return `hmac-sha256:${createHmac('sha256', await hmacKey())
    .update(raw)
    .digest('hex')}`;
}

/** Names under which a body may carry a secret beside `auth`. Short ones (a PIN) are found from a plain hash in no time. */
const secretNames: readonly string[] = ['pin', 'password', 'passphrase', 'secret', 'token', 'key'];

/**
 * Whether `auth` holds anything beyond its type, or another secret is there. Of a name given twice JSON keeps the last, so
 * such a body counts as one with a secret. What is not JSON binds nothing, so its hash is never stored.
 */
function carriesSecret(raw: Buffer): boolean {
  let body: unknown;
  try {
    body = JSON.parse(raw.toString('utf8'));
  } catch {
    return false;
  }
  if (typeof body !== 'object' || body === null) return false;
  if (Object.keys(body).some((name) => secretNames.includes(name))) return true;
  if (!('auth' in body)) return false;
  const { auth } = body;
  if (raw.toString('utf8').split('"auth"').length > 2) return true;
  return typeof auth === 'object' && auth !== null && Object.keys(auth).some((name) => name !== 'type');
}

/** Whether `auth` was sealed for a machine: then only that one can tell whether two bodies ask for the same. */
export function carriesSealedSecret(raw: Buffer): boolean {
  try {
    return z.object({ auth: z.object({ type: z.literal('sealed') }) }).safeParse(JSON.parse(raw.toString('utf8')))
      .success;
  } catch {
    return false;
  }
}

function conflict(key: string): AgentError {
  return new AgentError(
    'idempotency_conflict',
    `The Idempotency-Key ${JSON.stringify(key)} was used with another body.`,
    {
      hint: 'Send the same bytes to repeat a request, or a new key for a new one.',
    },
  );
}

function stillRunning(key: string): AgentError {
  return new AgentError('entity_locked', `The first request with Idempotency-Key ${JSON.stringify(key)} still runs.`, {
    hint: 'Repeat it unchanged in a few seconds.',
    details: { retry_after_s: 5 },
  });
}

async function endOf(ended: Promise<void>, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onStop = () => resolve();
  stop.addEventListener('abort', onStop, { once: true });
  void ended.then(resolve);
  try {
    await promise;
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
