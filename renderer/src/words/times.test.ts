import { describe, expect, it } from 'vitest';
import { en } from './en/en.ts';
import { wordsOf } from './language.ts';
import { displayAge, displayCountdown, isStale } from './times.ts';

describe('age', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const now = Date.parse(at);
  const words = wordsOf({ language: 'en', locale: 'en', catalogue: en });
  it('is told in the largest whole unit and never negative', () => {
    const told = (ms: number) => displayAge(words, at, now + ms);
    expect([told(-5000), told(59_900), told(61_000), told(7_200_000), told(86_400_000), told(3 * 86_400_000)]).toEqual([
      '0 s ago',
      '59 s ago',
      '1 min ago',
      '2 h ago',
      '1 day ago',
      '3 days ago',
    ]);
  });

  it('makes a value stale after three intervals, and not before ten seconds', () => {
    expect(isStale(at, 1000, now + 9_000)).toBe(false);
    expect(isStale(at, 1000, now + 11_000)).toBe(true);
    expect(isStale(at, 30_000, now + 60_000)).toBe(false);
    expect(isStale(at, null, now + 1e9)).toBe(false);
  });

  it('counts down in minutes and seconds', () => {
    expect([displayCountdown(102), displayCountdown(9), displayCountdown(0)]).toEqual(['1:42', '0:09', '0:00']);
  });
});
