import type { Clock } from '../clock.ts';

/** A clock that moves only when told to. */
export interface FakeClock extends Clock {
  /** Moves on and runs what falls due, in order. */
  advance(ms: number): void;
  /** How many timers are set. */
  waiting(): number;
}

export function createFakeClock(startMs = Date.parse('2026-11-24T00:00:00Z')): FakeClock {
  let nowMs = startMs;
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  return {
    now: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).sort((left, right) => left.atMs - right.atMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = endMs;
    },
    waiting: () => timers.size,
  };
}
