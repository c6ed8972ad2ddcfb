import type { Clock } from '../clock.ts';

/** A clock that moves only when told. */
export interface ManualClock extends Clock {
  /** Moves on, running what falls due, in order. */
  advance(durationMs: number): void;
  /** Whether something waits for this long from now. */
  hasTimer(delayMs: number): boolean;
  /** Sets the wall clock forward, or back; nothing falls due by that. */
  setWall(byMs: number): void;
  /** Nothing that waits will run: whoever waited was killed. */
  forgetTimers(): void;
}

/** Starts at `startMs`. */
export function createManualClock(startMs = Date.parse('2026-07-02T15:00:00.000Z')): ManualClock {
  let nowMs = startMs;
  let wallAheadMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  return {
    now: () => nowMs + wallAheadMs,
    monotonicMs: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((candidate) => candidate !== timer);
      };
    },
    hasTimer: (delayMs) => timers.some((timer) => timer.atMs === nowMs + delayMs),
    forgetTimers() {
      timers = [];
    },
    advance(durationMs) {
      const endMs = nowMs + durationMs;
      for (;;) {
        const next = timers.filter((timer) => timer.atMs <= endMs).sort((left, right) => left.atMs - right.atMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = endMs;
    },
    setWall(byMs) {
      wallAheadMs += byMs;
    },
  };
}
