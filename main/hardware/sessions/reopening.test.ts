import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './reopening.ts';

describe('how soon a port is tried again', () => {
  const delays = (isNetwork: boolean, random = 0) =>
    Array.from({ length: 12 }, (_, failures) => retryDelayMs('device_unplugged', failures, isNetwork, random) ?? -1);

  it('is soon at first and ever slower, on the network slower than here', () => {
    expect(delays(false).slice(0, 3)).toEqual([50, 100, 200]);
    expect(Math.max(...delays(false))).toBe(2_000);
    expect(delays(true).slice(0, 3)).toEqual([200, 400, 800]);
    expect(Math.max(...delays(true))).toBe(15_000);
    for (const series of [delays(false), delays(true)]) expect(series).toEqual(series.toSorted((a, b) => a - b));
  });

  it('differs on the network from agent to agent, by a quarter at most, and never here', () => {
    expect(delays(true, 1)).toEqual(delays(true).map((delayMs) => delayMs * 0.75));
    expect(delays(false, 1)).toEqual(delays(false));
  });

  it('is later where an adapter refused its settings: it may take them yet, and most likely never will', () => {
    const series = Array.from({ length: 12 }, (_, failures) => retryDelayMs('unsupported_setting', failures, false, 0));
    expect(series.slice(0, 3)).toEqual([500, 1_000, 2_000]);
    expect(series.at(-1)).toBe(60_000);
  });

  it('is never where only a person can mend it', () => {
    expect(retryDelayMs('invalid_configuration', 0, true, 0)).toBeNull();
  });
});
