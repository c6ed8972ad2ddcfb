let endWait: (() => void) | null = null;

/** Tries what was lost again at once. */
export function tryAgainNow(): void {
  endWait?.();
}

/** Waits, but no longer than until somebody presses "try now" or the page is left. */
export function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      endWait = null;
      resolve();
    };
    const timer = setTimeout(done, ms);
    endWait = done;
    signal.addEventListener('abort', done, { once: true });
  });
}
