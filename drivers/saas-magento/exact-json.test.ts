import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDecimal } from '../kit/index.ts';
import { parseExactJson, toDecimalText } from './exact-json.ts';

test('numbers keep the digits they were sent with', () => {
  expect(parseExactJson('{"grand_total":36.3900,"ids":[7,1.0e-5],"name":"7","none":null,"yes":true}')).toEqual({
    grand_total: '36.3900',
    ids: ['7', '1.0e-5'],
    name: '7',
    none: null,
    yes: true,
  });
  expect(parseExactJson('0.1')).toBe('0.1');
  expect(parseExactJson('123456789012345678901234567890.05')).toBe('123456789012345678901234567890.05');
});

test.each([
  ['36.3900', '36.3900'],
  ['0', '0'],
  ['-0', '0'],
  ['-0.00', '0.00'],
  ['-12.5', '-12.5'],
  ['1.5e2', '150'],
  ['1.25E+1', '12.5'],
  ['1.0e-5', '0.000010'],
  ['-3e-1', '-0.3'],
  ['007.50', '7.50'],
])('%s is %s', (source, plain) => {
  expect(toDecimalText(source)).toBe(plain);
});

test.each(['', '.5', '5.', '1e99', '1e-99', 'NaN', '0x10', '1,5', ' 1', '1 ', '--1', '1e'])(
  '%j is no amount',
  (source) => {
    expect(toDecimalText(source)).toBeNull();
  },
);

test('plain text has exactly the value of the number, whatever its exponent', () => {
  const parts = fc.tuple(
    fc.constantFrom('', '-'),
    fc.bigInt(0n, 10n ** 20n),
    fc.stringMatching(/^\d{1,8}$/),
    fc.integer({ min: -30, max: 30 }),
  );
  fc.assert(
    fc.property(parts, ([sign, whole, fraction, exponent]) => {
      const plain = parseDecimal(toDecimalText(`${sign}${whole}.${fraction}e${exponent}`) ?? '');
      expect(plain).not.toBeNull();
      const scale = 60;
      const shown = (plain?.unscaled ?? 0n) * 10n ** BigInt(scale - (plain?.fractionDigits ?? 0));
      const meant = BigInt(`${whole}${fraction}`) * 10n ** BigInt(scale + exponent - fraction.length);
      expect(shown).toBe(sign === '-' ? -meant : meant);
    }),
  );
});

test('it never throws on other text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const plain = toDecimalText(text);
      expect(plain === null || parseDecimal(plain) !== null).toBe(true);
    }),
  );
});
