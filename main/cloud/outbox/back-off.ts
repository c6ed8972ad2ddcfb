/** Waits that double up to a cap, each a random part of it, so that many agents do not come back at one moment. */
export interface BackOff {
  /** How long to wait after one more failure. */
  next(): number;
  reset(): void;
}

/** `random` gives 0 to 1. */
export function createBackOff(options: {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly random: () => number;
}): BackOff {
  let failures = 0;
  return {
    next() {
      const whole = Math.min(options.longestMs, options.firstMs * 2 ** Math.min(failures, 30));
      failures += 1;
      return Math.round(whole * (0.5 + options.random() / 2));
    },
    reset() {
      failures = 0;
    },
  };
}
