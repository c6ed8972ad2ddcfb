import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from './principal.ts';

const windowMs = 60_000;

/** Routes of one class share a budget; classes do not touch one another. */
export type RateClass =
  | 'connectors'
  | 'operators'
  | 'tools'
  | 'devices'
  | 'journal'
  | 'approvals'
  | 'tokens'
  | 'stream'
  | 'events'
  | 'event_reads'
  | 'keys'
  | 'agents'
  | 'pairing'
  | 'machine';

/** Budgets of requests per minute, each for one principal and one route class. */
export interface RateLimiter {
  /** Writes the `X-RateLimit-*` headers as they stand, without counting. */
  announce(response: HeaderSink, principalId: string, rateClass: RateClass): void;
  /** Counts one request and writes the headers; throws `rate_limited` when the budget is spent. */
  take(response: HeaderSink, principalId: string, rateClass: RateClass): void;
}

/**
 * Counts a request of this principal. The local socket has no budget to spend: whoever may open it owns the agent, and
 * `pause` or `tokens revoke` must get through beside a script that has run wild. Throws `rate_limited`.
 */
export function countRequest(
  rate: RateLimiter,
  response: HeaderSink,
  { id, kind }: Pick<Principal, 'id' | 'kind'>,
  rateClass: RateClass,
): void {
  if (kind === 'local-admin') rate.announce(response, id, rateClass);
  else rate.take(response, id, rateClass);
}

/** What the headers are written to. */
export interface HeaderSink {
  setHeader(name: string, value: number): unknown;
}

/** How many budgets are kept at least before the idle ones are looked for; then twice as many as were left. */
const sweepAbove = 64;

/**
 * Makes a limiter with a sliding minute: any 60 s hold at most `perMinute` requests of one principal to one class, and a
 * request is refused only when the 60 s before it hold that many. Refused ones don't count, so whoever waits for
 * `Retry-After` is let in. `X-RateLimit-Reset` is when the budget grows next. `clock` gives milliseconds since 1970; when
 * it is set back, the budgets begin anew.
 */
export function createRateLimiter(options: { readonly perMinute: number; readonly clock: () => number }): RateLimiter {
  const { perMinute, clock } = options;
  /** Times of the requests of the last minute, oldest first. */
  const taken = new Map<string, number[]>();
  /** Looking through all of them for each new one would cost more with each agent that a hub has. */
  let sweepAt = sweepAbove;

  const recent = (key: string, now: number): number[] => {
    const times = taken.get(key);
    if (times === undefined) return [];
    const newest = times.at(-1) ?? now;
    const kept = newest > now ? [] : times.filter((at) => at > now - windowMs);
    if (kept.length === 0) taken.delete(key);
    else if (kept.length < times.length) taken.set(key, kept);
    return kept;
  };
  const write = (response: HeaderSink, times: readonly number[], now: number) => {
    response.setHeader('X-RateLimit-Limit', perMinute);
    response.setHeader('X-RateLimit-Remaining', Math.max(0, perMinute - times.length));
    response.setHeader('X-RateLimit-Reset', Math.ceil(((times[0] ?? now - windowMs) + windowMs) / 1000));
  };
  const keyOf = (principalId: string, rateClass: RateClass) => `${rateClass} ${principalId}`;
  return {
    announce(response, principalId, rateClass) {
      const now = clock();
      write(response, recent(keyOf(principalId, rateClass), now), now);
    },
    take(response, principalId, rateClass) {
      const now = clock();
      const key = keyOf(principalId, rateClass);
      const times = recent(key, now);
      const [oldest] = times;
      if (times.length >= perMinute && oldest !== undefined) {
        write(response, times, now);
        const seconds = Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
        throw new AgentError(
          'rate_limited',
          `More than ${perMinute} requests a minute to the ${rateClass} routes with this token.`,
          { hint: `Wait ${seconds} s and try again.`, details: { retry_after_s: seconds } },
        );
      }
      if (times.length === 0 && taken.size >= sweepAt) {
        for (const other of [...taken.keys()]) recent(other, now);
        sweepAt = Math.max(sweepAbove, taken.size * 2);
      }
      times.push(now);
      taken.set(key, times);
      write(response, times, now);
    },
  };
}
