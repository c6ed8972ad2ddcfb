/** A hidden page draws no frames; what came meanwhile is taken in this often, in milliseconds. */
const HIDDEN_INTERVAL_MS = 1_000;

let wanted = false;
let timer: ReturnType<typeof setTimeout> | null = null;

/**
 * Runs `work` in the next animation frame, however often it is asked for until then; in a hidden page within a second.
 * `work` returns after how many milliseconds it has more to do, or null.
 */
export function requestFrame(work: () => number | null): void {
  if (wanted) return;
  wanted = true;
  if (timer !== null) clearTimeout(timer);
  timer = null;
  let done = false;
  const run = () => {
    if (done) return;
    done = true;
    clearTimeout(fallback);
    wanted = false;
    const moreMs = work();
    if (moreMs !== null && !wanted) timer = setTimeout(() => requestFrame(work), moreMs);
  };
  const fallback = setTimeout(run, HIDDEN_INTERVAL_MS);
  requestAnimationFrame(run);
}
