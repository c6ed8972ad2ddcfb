import type { Clock } from '../sessions/index.ts';

/** Time that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time, running what falls due in order, and lets promises settle in between. */
  advance(durationMs: number): Promise<void>;
  /** Sets the clock on the wall, as a person or a machine that wakes up does; no time passes. */
  setWall(byMs: number): void;
  /** The poll that {@link Clock.afterPoll} waits for: runs what waits for it. */
  poll(): Promise<void>;
}

export function createManualClock(): ManualClock {
  const timers = new Map<object, { readonly dueMs: number; readonly run: () => void }>();
  let polls: (() => void)[] = [];
  let nowMs = 1_000;
  let wallAheadMs = 0;
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const poll = async () => {
    const due = polls;
    polls = [];
    for (const run of due) run();
    await settle();
  };
  return {
    nowMs: () => nowMs,
    wallTime: () => new Date(Date.UTC(2026, 0, 1) + nowMs + wallAheadMs).toISOString(),
    setWall(byMs) {
      wallAheadMs += byMs;
    },
    after(delayMs, run) {
      const key = {};
      timers.set(key, { dueMs: nowMs + delayMs, run });
      return () => void timers.delete(key);
    },
    afterPoll: (run) => void polls.push(run),
    poll,
    async advance(durationMs) {
      const endMs = nowMs + durationMs;
      await settle();
      for (;;) {
        const [next] = [...timers].filter(([, { dueMs }]) => dueMs <= endMs).sort(([, a], [, b]) => a.dueMs - b.dueMs);
        if (next === undefined) break;
        const [key, { dueMs, run }] = next;
        timers.delete(key);
        nowMs = dueMs;
        run();
        await settle();
      }
      nowMs = endMs;
    },
  };
}
