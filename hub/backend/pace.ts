import { setImmediate as nextPass } from 'node:timers/promises';

/** Takes what was done since; when that is `atOnce` or more, resolves only after others had their turn. */
export function createPace(atOnce: number): (done: number) => Promise<void> {
  let since = 0;
  return async (done) => {
    since += done;
    if (since < atOnce) return;
    since = 0;
    await nextPass();
  };
}
