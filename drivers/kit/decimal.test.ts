import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals, type Decimal, formatDecimal, multiplyDecimals, parseDecimal } from './decimal.ts';

const decimals = fc.record({
  unscaled: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  fractionDigits: fc.nat(20),
});

function parsed(text: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal === null) throw new Error(`not a decimal: ${text}`);
  return decimal;
}

describe('decimals', () => {
  it.each([
    ['12.480', 12480n, 3],
    ['-0.12', -12n, 2],
    ['+7', 7n, 0],
    ['.5', 5n, 1],
    ['-.05', -5n, 2],
    ['3.', 3n, 0],
    ['0012', 12n, 0],
  ])('reads %s', (text, unscaled, fractionDigits) => {
    expect(parseDecimal(text)).toEqual({ unscaled, fractionDigits });
  });

  it.each(['', '.', '-', '1e3', 'NaN', '0x10', '1,5', ' 1', '1 ', '1.2.3', '--1', '\u0661', '1\n'])(
    'does not read %j',
    (text) => {
      expect(parseDecimal(text)).toBeNull();
    },
  );

  it('keeps trailing zeros and gives a zero no sign', () => {
    expect(formatDecimal(parsed('12.480'))).toBe('12.480');
    expect(formatDecimal(parsed('-0.00'))).toBe('0.00');
    expect(formatDecimal(parsed('-.5'))).toBe('-0.5');
  });

  it('reads back every decimal it writes, unchanged', () => {
    fc.assert(
      fc.property(decimals, (decimal) => {
        expect(parseDecimal(formatDecimal(decimal))).toEqual(decimal);
      }),
    );
  });

  it('never reads text of other forms', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) expect(parseDecimal(text)).toBeNull();
      }),
    );
  });

  it('multiplies exactly, where floats do not', () => {
    expect(formatDecimal(multiplyDecimals(parsed('0.1'), parsed('0.2')))).toBe('0.02');
    expect(formatDecimal(multiplyDecimals(parsed('-1.005'), parsed('1000')))).toBe('-1005.000');
  });

  it('compares by value, however many digits are written', () => {
    fc.assert(
      fc.property(decimals, decimals, fc.nat(10), (left, right, more) => {
        const padded = {
          unscaled: right.unscaled * 10n ** BigInt(more),
          fractionDigits: right.fractionDigits + more,
        };
        const sign = Math.sign(compareDecimals(left, right));
        expect(Math.sign(compareDecimals(left, padded))).toBe(sign);
        expect(Math.sign(compareDecimals(right, left)) + sign).toBe(0);
        expect(compareDecimals(right, padded)).toBe(0);
      }),
    );
    expect(compareDecimals(parsed('9.9'), parsed('10'))).toBeLessThan(0);
    expect(compareDecimals(parsed('-9.9'), parsed('-10'))).toBeGreaterThan(0);
  });
});
