import type { Clock } from './clock.ts';

/** Window.md's budget: so many in so long, approvals aside, then one summary. */
const MOST = 4;
const SPELL_MS = 10 * 60_000;

/** What becomes of one more notification. */
export type Admission = 'show' | 'summarise' | 'drop';

/** Keeps the whole of the notifications within bounds. */
export interface NotificationBudget {
  /** `summarise` once per spell, for the first one over the budget; those after it are only counted. */
  admit(): Admission;
  /** How many were not shown in this spell. */
  held(): number;
}

/** Makes a {@link NotificationBudget} over a sliding ten minutes. */
export function createNotificationBudget(clock: Clock): NotificationBudget {
  let shown: number[] = [];
  let held = 0;
  let summarised = false;
  return {
    admit() {
      const nowMs = clock.monotonicMs();
      shown = shown.filter((atMs) => nowMs - atMs < SPELL_MS);
      if (shown.length < MOST) {
        shown.push(nowMs);
        held = 0;
        summarised = false;
        return 'show';
      }
      held += 1;
      if (summarised) return 'drop';
      summarised = true;
      return 'summarise';
    },
    held: () => held,
  };
}
