/** How long a port may take to close, whatever hangs in its driver. */
const CLOSE_DEADLINE_MS = 2_000;

/**
 * Resolves when `work` has ended, or when nobody has to wait for it any more: what hangs ends by itself. Closing what is
 * already gone fails; it is gone.
 */
export async function withinCloseDeadline(work: Promise<void>, deadlineMs = CLOSE_DEADLINE_MS): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  try {
    await Promise.race([work.catch(() => {}), promise]);
  } finally {
    clearTimeout(timer);
  }
}
