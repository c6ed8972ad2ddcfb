import type { Clock } from '../clock.ts';

/** A clock that moves only when told. */
export interface ManualClock extends Clock {
  /** Moves on, running what falls due, in order. */
  advance(durationMs: number): void;
  /** How long until the next thing falls due; null when nothing waits. */
  nextMs(): number | null;
}

/** Starts in November 2026. */
export function createManualClock(startMs = Date.parse('2026-11-26T08:00:00.000Z')): ManualClock {
  let elapsedMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, run) {
      const timer = { atMs: elapsedMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    nextMs: () => (timers.size === 0 ? null : Math.min(...[...timers].map(({ atMs }) => atMs)) - elapsedMs),
    advance(durationMs) {
      const endMs = elapsedMs + durationMs;
      for (;;) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).sort((left, right) => left.atMs - right.atMs);
        if (next === undefined) break;
        timers.delete(next);
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.run();
      }
      elapsedMs = endMs;
    },
  };
}
