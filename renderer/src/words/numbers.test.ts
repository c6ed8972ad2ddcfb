import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayDecimal, displayUnit } from './numbers.ts';

describe('displayDecimal', () => {
  it('keeps every digit the device gave', () => {
    expect(displayDecimal('12.480', 'en')).toBe('12.480');
    expect(displayDecimal('12.480', 'de')).toBe('12,480');
    expect(displayDecimal('-0.12', 'es')).toBe('−0,12');
    expect(displayDecimal('12.480', 'zh-Hans')).toBe('12.480');
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

it('writes units as people do, and those it does not know as they are', () => {
  expect([displayUnit('Cel'), displayUnit('kg'), displayUnit('[lb_av]'), displayUnit('mm[Hg]')]).toEqual([
    '°C',
    'kg',
    'lb',
    'mm[Hg]',
  ]);
});
