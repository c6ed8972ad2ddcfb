/** Time as a hub needs it; replaced in tests. */
export interface Clock {
  /** Milliseconds since 1970, as the machine's clock is set; it may jump. */
  now(): number;
  /** Milliseconds from some moment on, which never jump; for how long something takes or is ago. */
  monotonicMs(): number;
  /** Runs `run` once after `delayMs`; returns what takes it back. Does not keep the process alive. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** RFC 3339, UTC. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
