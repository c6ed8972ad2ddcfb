import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackOff } from './back-off.ts';
import { createCrashPolicy } from './crash-policy.ts';
import { createManualClock } from './testing/manual-clock.ts';

describe('a window that keeps dying', () => {
  it('is reloaded, then made anew, ever later, then left with a plain page', () => {
    const policy = createCrashPolicy(createManualClock());
    expect(Array.from({ length: 6 }, () => policy.pageDied())).toEqual([
      { do: 'reload', afterMs: 500 },
      { do: 'reload', afterMs: 1_000 },
      { do: 'recreate', afterMs: 2_000 },
      { do: 'recreate', afterMs: 4_000 },
      { do: 'recreate', afterMs: 8_000 },
      { do: 'give-up' },
    ]);
  });

  it('begins anew when it has lived for five minutes', () => {
    const clock = createManualClock();
    const policy = createCrashPolicy(clock);
    for (let deaths = 0; deaths < 5; deaths += 1) policy.pageDied();
    clock.advance(5 * 60_000);
    expect(policy.pageDied()).toEqual({ do: 'reload', afterMs: 500 });
  });

  it('is drawn by the processor after three deaths of the GPU process in five minutes', () => {
    const clock = createManualClock();
    const policy = createCrashPolicy(clock);
    expect([policy.gpuDied(), policy.gpuDied()]).toEqual([false, false]);
    clock.advance(5 * 60_000);
    expect([policy.gpuDied(), policy.gpuDied(), policy.gpuDied()]).toEqual([false, false, true]);
  });
});

describe('the back-off', () => {
  it('doubles up to its longest, and begins anew', () => {
    const backOff = createBackOff({ firstMs: 10, longestMs: 50 });
    expect([backOff.next(), backOff.next(), backOff.next(), backOff.next()]).toEqual([10, 20, 40, 50]);
    backOff.reset();
    expect([backOff.next(), backOff.failures()]).toEqual([10, 1]);
  });

  it('stays within its bounds however often something fails', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (failures) => {
        const backOff = createBackOff({ firstMs: 1_000, longestMs: 60_000 });
        let previous = 0;
        for (let count = 0; count < failures; count += 1) {
          const waitMs = backOff.next();
          expect(waitMs >= previous && waitMs >= 1_000 && waitMs <= 60_000).toBe(true);
          previous = waitMs;
        }
      }),
    );
  });
});
