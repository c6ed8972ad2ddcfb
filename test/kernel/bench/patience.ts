/** The guest's processor is software, on a machine that may be busy with other things. */
const PATIENCE_MS = 60_000;
/** Each question costs the guest time that it needs for the answer. */
const ASK_EVERY_MS = 200;

/** Asks again until there is an answer that says something, and returns it; throws with what was awaited after a minute or `withinMs`. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false>,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false && found !== '') return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
