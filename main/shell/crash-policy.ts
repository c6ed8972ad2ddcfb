import type { Clock } from './clock.ts';

/** What to do after a page of the window died or hung. */
export type Recovery =
  | { readonly do: 'reload'; readonly afterMs: number }
  | { readonly do: 'recreate'; readonly afterMs: number }
  | { readonly do: 'give-up' };

/** Deaths within this time belong together. */
const SPELL_MS = 5 * 60_000;
const RELOADS = 2;
const RECREATIONS = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** After this many deaths of the GPU process in one spell the window is drawn by the processor, from the next start on. */
const GPU_DEATHS = 3;

/** Decides what becomes of a window that keeps dying: reloaded, then made anew, then left with a plain page. */
export interface CrashPolicy {
  /** Called at each death of the page, and when it stays unresponsive. */
  pageDied(): Recovery;
  /** Called at each death of the GPU process; true when drawing should change to software. */
  gpuDied(): boolean;
}

/** Makes a {@link CrashPolicy}; nothing is remembered beyond this run. */
export function createCrashPolicy(clock: Clock): CrashPolicy {
  let pageDeaths: number[] = [];
  let gpuDeaths: number[] = [];
  const recent = (deaths: readonly number[]) => [
    ...deaths.filter((atMs) => clock.monotonicMs() - atMs < SPELL_MS),
    clock.monotonicMs(),
  ];
  return {
    pageDied() {
      pageDeaths = recent(pageDeaths);
      const deaths = pageDeaths.length;
      const afterMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (deaths - 1));
      if (deaths <= RELOADS) return { do: 'reload', afterMs };
      if (deaths <= RELOADS + RECREATIONS) return { do: 'recreate', afterMs };
      return { do: 'give-up' };
    },
    gpuDied() {
      gpuDeaths = recent(gpuDeaths);
      return gpuDeaths.length >= GPU_DEATHS;
    },
  };
}
