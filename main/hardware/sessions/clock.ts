/** Time as the sessions use it, so that tests can hold it still. */
export interface Clock {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Runs once after a delay; what it returns calls that off. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs after the event loop has looked once at everything that arrived. */
  afterPoll(run: () => void): void;
  /** Wall-clock time as RFC 3339 UTC with milliseconds. */
  wallTime(): string;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  // Immediates run in the check phase, right after the poll phase of the same turn.
  afterPoll: (run) => void setImmediate(run),
  wallTime: () => new Date().toISOString(),
};
