import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { createRateLimiter, type RateClass } from './rate-limit.ts';

function limiter(perMinute: number) {
  const clock = { now: Date.UTC(2026, 6, 2) };
  const rate = createRateLimiter({ perMinute, clock: () => clock.now });
  const take = (principal = 'tok_1', rateClass: RateClass = 'connectors') => {
    const headers = new Map<string, number>();
    const sink = { setHeader: (name: string, value: unknown) => headers.set(name, Number(value)) };
    let retryAfter: number | null = null;
    try {
      rate.take(sink, principal, rateClass);
    } catch (error) {
      if (!AgentError.is(error, 'rate_limited')) throw error;
      retryAfter = Number(error.details['retry_after_s']);
    }
    return { headers, retryAfter };
  };
  return { clock, take };
}

const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 60 });

describe('the sliding minute', () => {
  it('never lets more than the budget into any 60 s, and refuses only when they are full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), gaps, (perMinute, waits) => {
        const { clock, take } = limiter(perMinute);
        const admitted: number[] = [];
        for (const wait of waits) {
          clock.now += wait;
          const inWindow = admitted.filter((at) => at > clock.now - 60_000).length;
          const { headers, retryAfter } = take();
          expect(retryAfter !== null).toBe(inWindow >= perMinute);
          if (retryAfter === null) admitted.push(clock.now);
          expect(headers.get('X-RateLimit-Remaining')).toBe(retryAfter === null ? perMinute - inWindow - 1 : 0);
          expect(headers.get('X-RateLimit-Reset')).toBeGreaterThanOrEqual(clock.now / 1000);
        }
      }),
    );
  });

  it('lets in whoever waited as long as it was told, and nobody a second earlier than a second too long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), gaps, (perMinute, waits) => {
        const { clock, take } = limiter(perMinute);
        for (const wait of waits) {
          clock.now += wait;
          const { retryAfter } = take();
          if (retryAfter === null) continue;
          clock.now += (retryAfter - 1) * 1000 - 1;
          if (retryAfter > 1) expect(take().retryAfter).not.toBeNull();
          clock.now += 1001;
          expect(take().retryAfter).toBeNull();
        }
      }),
    );
  });

  it('keeps principals and classes apart, however many there are', () => {
    const { take } = limiter(1);
    for (let count = 0; count < 500; count++) expect(take(`tok_${count}`).retryAfter).toBeNull();
    expect(take('tok_7').retryAfter).not.toBeNull();
    expect(take('tok_7', 'devices').retryAfter).toBeNull();
  });

  it('begins anew when the clock is set back, instead of refusing until it has caught up', () => {
    const { clock, take } = limiter(1);
    take();
    clock.now -= 3_600_000;
    expect(take().retryAfter).toBeNull();
    expect(take().retryAfter).toBe(60);
  });
});
