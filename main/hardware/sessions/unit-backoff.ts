import type { Clock } from './clock.ts';

/** Keeps a silent unit from holding up the others on its bus: it is asked again only after 1, 2, 4 ... 30 s. */
export interface UnitBackoff {
  /** Milliseconds until the unit may be asked again; 0: now. */
  waitMs(): number;
  /** It said something, whatever it was. */
  answered(): void;
  /** It was asked and said nothing. */
  silent(): void;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** For one unit on a bus. */
export function createUnitBackoff(clock: Clock): UnitBackoff {
  let silences = 0;
  let askAgainAtMs = 0;
  return {
    waitMs: () => (silences === 0 ? 0 : Math.max(0, askAgainAtMs - clock.nowMs())),
    answered() {
      silences = 0;
    },
    silent() {
      askAgainAtMs = clock.nowMs() + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(silences, 10));
      silences += 1;
    },
  };
}

/** A device that has no bus to hold up is asked whenever someone wants to know. */
export const noBackoff: UnitBackoff = { waitMs: () => 0, answered() {}, silent() {} };
