import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPacedWire } from './pacing.ts';

describe('a paced wire', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  const record = (baudRate: number | null) => {
    const arrived: number[] = [];
    const wire = createPacedWire(baudRate, (bytes) => arrived.push(...bytes));
    return { wire, arrived };
  };

  it('delivers ten bits a byte, in order', () => {
    const { wire, arrived } = record(1_000);
    wire.push(Uint8Array.of(1, 2, 3));
    wire.push(Uint8Array.of(4));
    vi.advanceTimersByTime(9);
    expect(arrived).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(arrived).toEqual([1]);
    vi.advanceTimersByTime(20);
    expect(arrived).toEqual([1, 2, 3]);
    vi.advanceTimersByTime(10);
    expect(arrived).toEqual([1, 2, 3, 4]);
  });

  it('takes as long as the speed says although timers only count whole milliseconds', () => {
    const { wire, arrived } = record(9_600);
    wire.push(new Uint8Array(960));
    vi.advanceTimersByTime(990);
    expect(arrived.length).toBeLessThan(960);
    vi.advanceTimersByTime(20);
    expect(arrived).toHaveLength(960);
  });

  it('does not save up an idle time', () => {
    const { wire, arrived } = record(1_000);
    wire.push(Uint8Array.of(1));
    vi.advanceTimersByTime(1_000);
    wire.push(Uint8Array.of(2, 3));
    vi.advanceTimersByTime(10);
    expect(arrived).toEqual([1, 2]);
  });

  it('forgets what is under way', () => {
    const { wire, arrived } = record(1_000);
    wire.push(Uint8Array.of(1, 2));
    wire.clear();
    vi.advanceTimersByTime(100);
    wire.push(Uint8Array.of(9));
    vi.advanceTimersByTime(10);
    expect(arrived).toEqual([9]);
  });

  it('delivers at once without a speed', () => {
    const { wire, arrived } = record(null);
    wire.push(Uint8Array.of(1, 2));
    expect(arrived).toEqual([1, 2]);
  });
});
