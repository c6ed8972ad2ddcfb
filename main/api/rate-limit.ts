import type { ServerResponse } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';

const windowMs = 60_000;

/** Routes of one class share a budget; classes do not touch one another. */
export type RateClass = 'connectors' | 'tools' | 'devices' | 'journal' | 'tokens' | 'stream' | 'machine';

/** Budgets of requests per minute, each for one principal and one route class. */
export interface RateLimiter {
  /** Writes the `X-RateLimit-*` headers as they stand, without counting. */
  announce(response: ServerResponse, principalId: string, rateClass: RateClass): void;
  /** Counts one request and writes the headers; throws `rate_limited` when the budget is spent. */
  take(response: ServerResponse, principalId: string, rateClass: RateClass): void;
}

/** Makes a limiter with windows of one minute. `clock` gives milliseconds since 1970. */
export function createRateLimiter(options: { readonly perMinute: number; readonly clock: () => number }): RateLimiter {
  const { perMinute, clock } = options;
  let counts = new Map<string, number>();
  let windowStart = Number.NEGATIVE_INFINITY;
  const current = () => {
    const now = clock();
    if (now >= windowStart + windowMs || now < windowStart) {
      windowStart = now - (now % windowMs);
      counts = new Map();
    }
    return counts;
  };
  const write = (response: ServerResponse, used: number) => {
    response.setHeader('X-RateLimit-Limit', perMinute);
    response.setHeader('X-RateLimit-Remaining', Math.max(0, perMinute - used));
    response.setHeader('X-RateLimit-Reset', Math.ceil((windowStart + windowMs) / 1000));
  };
  const keyOf = (principalId: string, rateClass: RateClass) => `${rateClass} ${principalId}`;
  return {
    announce(response, principalId, rateClass) {
      write(response, current().get(keyOf(principalId, rateClass)) ?? 0);
    },
    take(response, principalId, rateClass) {
      const key = keyOf(principalId, rateClass);
      const used = (current().get(key) ?? 0) + 1;
      if (used <= perMinute) counts.set(key, used);
      write(response, used);
      if (used <= perMinute) return;
      const seconds = Math.max(1, Math.ceil((windowStart + windowMs - clock()) / 1000));
      throw new AgentError(
        'rate_limited',
        `More than ${perMinute} requests a minute to the ${rateClass} routes with this token.`,
        { hint: `Wait ${seconds} s and try again.`, details: { retry_after_s: seconds } },
      );
    },
  };
}
