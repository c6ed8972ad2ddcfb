import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, type Sample, seriesOf, spanOf } from './series.ts';

const sample = (atMs: number, value = 1): Sample => ({ atMs, value, text: String(value), unit: 'kg', stable: true });

describe('the course of a value', () => {
  it('is in the order of time, one for each quantity, with the device text kept', () => {
    const past = [
      {
        object: 'past_reading' as const,
        device_id: 'dev_1',
        at: '2026-01-01T00:00:02.000Z',
        value: { value: '12.480', unit: 'kg', stable: true },
      },
      {
        object: 'past_reading' as const,
        device_id: 'dev_1',
        at: '2026-01-01T00:00:01.000Z',
        value: { value: '0.000', unit: 'kg', stable: false },
      },
    ];
    expect(seriesOf('weight.read', past)).toEqual([
      {
        key: 'weight',
        tool: 'weight.read',
        samples: [
          { atMs: Date.parse(past[1]?.at ?? ''), value: 0, text: '0.000', unit: 'kg', stable: false },
          { atMs: Date.parse(past[0]?.at ?? ''), value: 12.48, text: '12.480', unit: 'kg', stable: true },
        ],
      },
    ]);
  });

  it('has a hole where nothing was heard for more than three intervals, and nowhere else', () => {
    const [times, values] = columnsOf([sample(0), sample(1000), sample(4000), sample(7001)], 1000);
    expect(values).toEqual([1, 1, 1, null, 1]);
    expect(times).toEqual([0, 1, 4, 5.5005, 7.001]);
  });

  it('never goes back in time, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { maxLength: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        (times, intervalMs) => {
          const [drawn] = columnsOf(
            times.map((at) => sample(at)),
            intervalMs,
          );
          expect([...drawn].sort((left, right) => left - right)).toEqual(drawn);
        },
      ),
    );
  });

  it('is shown over at least twenty steps of the device', () => {
    const flat = [{ ...sample(0), text: '1.000' }];
    const [low, high] = spanOf(flat);
    expect(high - low).toBeGreaterThanOrEqual(0.02);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
  });
});
