import { factsOf } from '../../live/facts.ts';
import type { PastReading } from '../../live/wire.ts';

/** One measured value at one time. `value` is for drawing only; what is written stays the device's own text. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
  readonly text: string;
  readonly unit: string;
  readonly stable: boolean | null;
}

/** The samples of one quantity of a tool, oldest first. */
export interface Series {
  /** The quantity's key, unique within its tool. */
  readonly key: string;
  readonly tool: string;
  readonly samples: readonly Sample[];
}

/** The quantities of one reading as samples, by key. */
export function samplesOf(tool: string, { at, value }: Pick<PastReading, 'at' | 'value'>): ReadonlyMap<string, Sample> {
  const atMs = Date.parse(at);
  const samples = new Map<string, Sample>();
  for (const fact of factsOf({ tool, value })) {
    if (fact.kind !== 'quantity') continue;
    const drawn = Number(fact.value);
    if (!Number.isFinite(drawn)) continue;
    samples.set(fact.key, { atMs, value: drawn, text: fact.value, unit: fact.unit, stable: fact.stable });
  }
  return samples;
}

/** The course of each quantity in `past` (newest first, as the agent gives it). */
export function seriesOf(tool: string, past: readonly PastReading[]): readonly Series[] {
  const byKey = new Map<string, Sample[]>();
  for (const reading of [...past].reverse()) {
    for (const [key, sample] of samplesOf(tool, reading)) byKey.set(key, [...(byKey.get(key) ?? []), sample]);
  }
  return [...byKey].map(([key, samples]) => ({ key, tool, samples }));
}

/**
 * Columns for the chart: seconds, and values with a hole (null) wherever more than three intervals passed without one, so
 * that no line is drawn over a time of which nothing is known. `intervalMs`: how often a value is kept.
 */
export function columnsOf(
  samples: readonly Sample[],
  intervalMs: number,
): readonly [readonly number[], readonly (number | null)[]] {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, value } of samples) {
    if (atMs <= lastMs) continue;
    if (Number.isFinite(lastMs) && atMs - lastMs > 3 * intervalMs) {
      times.push((lastMs + atMs) / 2 / 1000);
      values.push(null);
    }
    times.push(atMs / 1000);
    values.push(value);
    lastMs = atMs;
  }
  return [times, values];
}

/** The span that the value axis shows: at least twenty of the device's steps, so that noise is no mountain. */
export function spanOf(samples: readonly Sample[]): readonly [number, number] {
  const values = samples.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const decimals = Math.max(0, ...samples.map(({ text }) => text.split('.')[1]?.length ?? 0));
  const least = 20 * 10 ** -decimals;
  const missing = Math.max(0, least - (high - low));
  const margin = (high - low + missing) * 0.05;
  return [low - missing / 2 - margin, high + missing / 2 + margin];
}
