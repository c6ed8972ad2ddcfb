/** What a series of durations looks like, in milliseconds. */
export interface Summary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Median, 99th percentile and largest of some durations. */
export function summarise(durationsMs: readonly number[]): Summary {
  const sorted = [...durationsMs].sort((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return {
    count: sorted.length,
    p50Ms: round(at(0.5)),
    p99Ms: round(at(0.99)),
    maxMs: round(sorted.at(-1) ?? Number.NaN),
  };
}

/** Three digits after the point are more than any of these measurements can carry. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Runs `step` `count` times after `warmUp` more, one after the other, and tells how long each took. */
export async function time(count: number, warmUp: number, step: () => Promise<unknown>): Promise<number[]> {
  for (let index = 0; index < warmUp; index += 1) await step();
  const durations: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    await step();
    durations.push(performance.now() - start);
  }
  return durations;
}

/** Calls a second that `workers` reach together within `durationMs`. */
export async function throughput(durationMs: number, workers: readonly (() => Promise<unknown>)[]): Promise<number> {
  const end = performance.now() + durationMs;
  let calls = 0;
  const start = performance.now();
  await Promise.all(
    workers.map(async (worker) => {
      while (performance.now() < end) {
        await worker();
        calls += 1;
      }
    }),
  );
  return round((calls * 1000) / (performance.now() - start));
}

/** Times each step `rounds` times `count` calls, in turns; the first round only warms up. One list of durations a step. */
export async function timeInTurns(
  rounds: number,
  count: number,
  steps: readonly (() => Promise<unknown>)[],
): Promise<readonly (readonly number[])[]> {
  const durations = steps.map(() => [] as number[]);
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (const [index, step] of steps.entries()) {
      const times = await time(count, 10, step);
      if (turn > 0) durations[index]?.push(...times);
    }
  }
  return durations;
}

/** Calls a second of each group of workers, `rounds` slices each, in turns; the first slice only warms up. */
export async function throughputInTurns(
  rounds: number,
  sliceMs: number,
  groups: readonly (readonly (() => Promise<unknown>)[])[],
): Promise<readonly (readonly number[])[]> {
  const rates = groups.map(() => [] as number[]);
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (const [index, workers] of groups.entries()) {
      const rate = await throughput(sliceMs, workers);
      if (turn > 0) rates[index]?.push(rate);
    }
  }
  return rates;
}

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
