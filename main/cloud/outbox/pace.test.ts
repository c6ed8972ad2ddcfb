import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackOff } from './back-off.ts';
import { readPace, waitFor } from './pace.ts';

const now = Date.parse('2026-07-02T15:20:00Z');
const wait = (headers: Record<string, string>) => waitFor(readPace(new Headers(headers), now));

describe('what a response says of the budget', () => {
  it('is nothing where it says nothing', () => expect(wait({})).toBe(0));

  it('is Retry-After in seconds, or as a date', () => {
    expect(wait({ 'Retry-After': '7' })).toBe(7_000);
    expect(wait({ 'Retry-After': 'Thu, 02 Jul 2026 15:20:30 GMT' })).toBe(30_000);
  });

  it('is measured by the clock of who says it, also when ours is an hour off', () => {
    const served = { Date: 'Thu, 02 Jul 2026 16:20:00 GMT' };
    expect(wait({ ...served, 'Retry-After': 'Thu, 02 Jul 2026 16:20:05 GMT' })).toBe(5_000);
    const reset = String(Date.parse('2026-07-02T16:20:20Z') / 1000);
    expect(wait({ ...served, 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': reset })).toBe(20_000);
  });

  it('is a pause when nothing remains, and slow steps when little does', () => {
    expect(wait({ 'RateLimit-Limit': '100', 'RateLimit-Remaining': '0', 'RateLimit-Reset': '12' })).toBe(12_000);
    expect(wait({ 'RateLimit-Limit': '100', 'RateLimit-Remaining': '5', 'RateLimit-Reset': '10' })).toBe(2_000);
    expect(wait({ 'RateLimit-Limit': '100', 'RateLimit-Remaining': '50', 'RateLimit-Reset': '10' })).toBe(0);
    expect(wait({ RateLimit: '"default";r=0;t=9' })).toBe(9_000);
    expect(wait({ RateLimit: 'limit=100, remaining=0, reset=9' })).toBe(0);
  });

  it('is never longer than a quarter of an hour, never negative, never no number, whatever it says', () => {
    const text = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('', '1e9', '99999999999', '-5', '0'));
    fc.assert(
      fc.property(text, text, text, text, (retry, remaining, reset, limit) => {
        const printable = (value: string) => value.replaceAll(/[^\x20-\x7e]/g, '');
        const waitMs = wait({
          'Retry-After': printable(retry),
          'X-RateLimit-Remaining': printable(remaining),
          'X-RateLimit-Reset': printable(reset),
          'X-RateLimit-Limit': printable(limit),
        });
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(15 * 60_000);
      }),
    );
  });
});

describe('the waits between attempts', () => {
  it('double up to a cap, each between half and the whole of it, and begin anew after a success', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }), (randoms) => {
        let next = 0;
        const random = () => randoms[next++ % randoms.length] ?? 0;
        const backOff = createBackOff({ firstMs: 1_000, longestMs: 300_000, random });
        for (let failure = 0; failure < 40; failure += 1) {
          const whole = Math.min(300_000, 1_000 * 2 ** failure);
          const waitMs = backOff.next();
          expect(waitMs).toBeGreaterThanOrEqual(whole / 2);
          expect(waitMs).toBeLessThanOrEqual(whole);
        }
        backOff.reset();
        expect(backOff.next()).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});
