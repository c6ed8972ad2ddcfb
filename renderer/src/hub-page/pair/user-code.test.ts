import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUserCode } from './user-code.ts';

describe('a code that a person types', () => {
  it.each(['WDJB-MJHT', 'wdjbmjht', ' wdjb mjht ', 'WDJB–MJHT', 'w d j b - m j h t'])('is read from %j', (typed) =>
    expect(readUserCode(typed)).toBe('WDJB-MJHT'),
  );

  it.each(['', 'WDJB-MJH', 'WDJB-MJHTT', 'WDJB-MJHA', 'WDJ8-MJHT', '00000000'])('is none in %j', (typed) =>
    expect(readUserCode(typed)).toBeNull(),
  );

  it('never makes a code of what has other letters', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        expect(readUserCode(typed) ?? 'WDJB-MJHT').toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      }),
    );
  });
});
