import type { HealthSpan } from '../../live/wire.ts';

/** A lane of the picture: states by what a person does about them. */
export type Lane = 'ok' | 'listening' | 'starting' | 'error' | 'not_known';
/** From the top. */
export const lanes: readonly Lane[] = ['ok', 'listening', 'error', 'starting', 'not_known'];

/** A bar of the picture; both are shares of its width, 0 to 1. */
export interface Bar {
  readonly from: number;
  readonly width: number;
}

/** What the picture says in a sentence. */
export interface TimelineSummary {
  readonly problems: number;
  readonly problemSeconds: number;
  readonly notKnownSeconds: number;
  /** From when on it is kept how it was; null: from before this time. */
  readonly knownSince: string | null;
  /** Nothing at all is known of this time. */
  readonly nothing: boolean;
}

/** The bars of each lane that has some. */
export function barsOf(spans: readonly HealthSpan[], fromMs: number, toMs: number): ReadonlyMap<Lane, readonly Bar[]> {
  const bars = new Map<Lane, Bar[]>();
  const total = Math.max(1, toMs - fromMs);
  for (const { state, from, to } of spans) {
    const own = bars.get(state) ?? [];
    bars.set(state, own);
    own.push({ from: (Date.parse(from) - fromMs) / total, width: (Date.parse(to) - Date.parse(from)) / total });
  }
  return bars;
}

/** Neighbouring spans that are errors, whatever their reasons, are one problem. */
export function summarise(spans: readonly HealthSpan[]): TimelineSummary {
  let problems = 0;
  let problemMs = 0;
  let notKnownMs = 0;
  let before: HealthSpan['state'] | null = null;
  for (const { state, reason, from, to } of spans) {
    const ms = Date.parse(to) - Date.parse(from);
    if (state === 'error') {
      problemMs += ms;
      if (before !== 'error') problems += 1;
    } else if (state === 'not_known' && reason !== 'not_kept') notKnownMs += ms;
    before = state;
  }
  return {
    problems,
    problemSeconds: problemMs / 1000,
    notKnownSeconds: notKnownMs / 1000,
    knownSince: spans[0]?.reason === 'not_kept' ? spans[0].to : null,
    nothing: spans.every(({ state }) => state === 'not_known'),
  };
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long, in its two largest units: `2 hr 5 min`, `40 sec`, `< 1 sec`. */
export function displayDuration(seconds: number, locale: string): string {
  if (seconds > 0 && seconds < 1) return `< ${displayDuration(1, locale)}`;
  const first = units.findIndex(([, size]) => seconds >= size);
  const from = first < 0 ? units.length - 1 : first;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of units.slice(from, from + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 && parts.length > 0) continue;
    parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count));
  }
  // German abbreviates with a full stop; the sentence that this stands in has its own.
  return parts.join(' ').replace(/\.$/, '');
}
