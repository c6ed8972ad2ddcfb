import { pick } from '../loads/load.ts';
import type { MachineMoment } from './machine.ts';

/** When the power goes: at the so-manieth of something, or after a time. */
export type Moment =
  | { readonly at: MachineMoment; readonly count: number }
  | { readonly at: 'time'; readonly afterMs: number };

/** About as many as a load of one trial has. */
const MOST: Readonly<Record<MachineMoment, number>> = { write: 50, before_flush: 32, after_flush: 32, wire: 32 };
const LONGEST_MS = 3_000;
const kinds = ['write', 'before_flush', 'after_flush', 'wire', 'wire', 'time'] as const;

/** A moment at random, within what a trial does. */
export function pickMoment(random: () => number): Moment {
  const at = pick(random, kinds);
  if (at === 'time') return { at, afterMs: Math.round(random() * LONGEST_MS) };
  return { at, count: 1 + Math.floor(random() * MOST[at]) };
}

/** For people: `at flush 7, before it is done`. */
export function describeMoment(moment: Moment): string {
  switch (moment.at) {
    case 'time':
      return `after ${moment.afterMs} ms`;
    case 'write':
      return `at disk write ${moment.count}`;
    case 'before_flush':
      return `before disk flush ${moment.count}`;
    case 'after_flush':
      return `after disk flush ${moment.count}, unanswered`;
    case 'wire':
      return `at chunk ${moment.count} on the wires`;
  }
}
