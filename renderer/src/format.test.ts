import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayAge, displayDecimal, isStale } from './format.ts';

describe('displayDecimal', () => {
  it('keeps every digit the device gave', () => {
    expect(displayDecimal('12.480', 'en')).toBe('12.480');
    expect(displayDecimal('12.480', 'de')).toBe('12,480');
    expect(displayDecimal('-0.12', 'en')).toBe('−0.12');
    expect(displayDecimal('123456789012345678.123456789', 'en')).toBe('123456789012345678.123456789');
  });

  it('never changes a digit, for any decimal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.stringMatching(/^\d{1,9}$/), (whole, fraction) => {
        expect(displayDecimal(`${whole}.${fraction}`, 'en')).toBe(`${whole}.${fraction}`);
      }),
    );
  });

  it('leaves what is no number alone', () => {
    expect(displayDecimal('Error 10b', 'en')).toBe('Error 10b');
  });
});

describe('age', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const now = Date.parse(at);
  it('is told in the largest whole unit and never negative', () => {
    expect([
      displayAge(at, now - 5000),
      displayAge(at, now + 59_000),
      displayAge(at, now + 61_000),
      displayAge(at, now + 7_200_000),
    ]).toEqual(['0 s ago', '59 s ago', '1 min ago', '2 h ago']);
  });

  it('makes a value stale after three intervals, and not before ten seconds', () => {
    expect(isStale(at, 1000, now + 9_000)).toBe(false);
    expect(isStale(at, 1000, now + 11_000)).toBe(true);
    expect(isStale(at, 30_000, now + 60_000)).toBe(false);
    expect(isStale(at, null, now + 1e9)).toBe(false);
  });
});
