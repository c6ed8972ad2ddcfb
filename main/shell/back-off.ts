/** Waits that double from `firstMs` to `longestMs`, and begin anew after something has lasted. */
export interface BackOff {
  /** How long to wait after one more failure. */
  next(): number;
  /** Failures in a row. */
  failures(): number;
  /** It has lasted: the next failure is a first one. */
  reset(): void;
}

/** Makes a {@link BackOff}. */
export function createBackOff({
  firstMs,
  longestMs,
}: {
  readonly firstMs: number;
  readonly longestMs: number;
}): BackOff {
  let failures = 0;
  return {
    next() {
      failures += 1;
      return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
    },
    failures: () => failures,
    reset() {
      failures = 0;
    },
  };
}
