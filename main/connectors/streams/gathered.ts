import type { Clock } from '../clock.ts';

/** Tells what changes often no more often than is of use, the last change always. */
export interface Gathered {
  note(key: string): void;
  forget(key: string): void;
  close(): void;
}

/** At most this often for one key; the first at once. */
const INTERVAL_MS = 200;

export function createGathered(clock: Clock, tell: (key: string) => void): Gathered {
  /** Whether it changed since it was told. */
  const told = new Map<string, { changed: boolean; readonly cancel: () => void }>();

  const tellNow = (key: string) => {
    const cancel = clock.after(INTERVAL_MS, () => {
      const changed = told.get(key)?.changed === true;
      told.delete(key);
      if (changed) tellNow(key);
    });
    told.set(key, { changed: false, cancel });
    tell(key);
  };
  const forget = (key: string) => {
    told.get(key)?.cancel();
    told.delete(key);
  };

  return {
    note(key) {
      const state = told.get(key);
      if (state === undefined) tellNow(key);
      else state.changed = true;
    },
    forget,
    close() {
      for (const key of [...told.keys()]) forget(key);
    },
  };
}
