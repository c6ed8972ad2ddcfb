import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../kit/index.ts';
import { decodeValue, encodeValue, registerCount, type ValueFormat, valueTypes, wordOrders } from './values.ts';

const read = (words: readonly number[], format: Partial<ValueFormat>) => {
  const value = decodeValue(words, { type: 'u16', word_order: 'ABCD', scale: '1', ...format });
  return value === null ? null : formatDecimal(value);
};

describe('register values', () => {
  it.each([
    [[0x0131], { type: 's16', scale: '0.1' }, '30.5'],
    [[0xff33], { type: 's16', scale: '0.1' }, '-20.5'],
    [[0xff33], { type: 'u16', scale: '0.1' }, '6533.1'],
    [[0x08d1], { type: 'u16', scale: '0.1' }, '225.7'],
    [[0x0064], { type: 'u16', scale: '0.01' }, '1.00'],
    [[0x006c, 0x0000], { type: 'u32', scale: '0.001', word_order: 'CDAB' }, '0.108'],
    [[0xffff, 0xffff], { type: 's32' }, '-1'],
    [[0xffff, 0xffff], { type: 'u32' }, '4294967295'],
    [[0x3412], { type: 'u16', word_order: 'BADC' }, '4660'],
  ] as const)('reads %j as %j: %s', (words, format, text) => {
    expect(read(words, format)).toBe(text);
  });

  it.each([
    ['ABCD', [0x4366, 0x3333]],
    ['CDAB', [0x3333, 0x4366]],
    ['BADC', [0x6643, 0x3333]],
    ['DCBA', [0x3333, 0x6643]],
  ] as const)('reads 230.2 from a float in %s order', (word_order, words) => {
    expect(read(words, { type: 'f32', word_order })).toBe('230.2');
  });

  it.each([
    ['not a number', [0x7fc0, 0x0000]],
    ['infinity', [0x7f80, 0x0000]],
  ])('has no value for %s', (_name, words) => {
    expect(read(words, { type: 'f32' })).toBeNull();
  });

  it('has no value when a word is missing', () => {
    expect(read([0x4366], { type: 'f32' })).toBeNull();
  });

  it('shows very large and very small floats without an exponent', () => {
    expect(read([0x5015, 0x02f9], { type: 'f32' })).toBe('10000000000');
    expect(read([0x3089, 0x705f], { type: 'f32' })).toBe('0.000000001');
  });

  it('gets back every integer that it wrote, in every order and scale', () => {
    const integers = { s16: [-32768, 32767], u16: [0, 65535], s32: [-2147483648, 2147483647], u32: [0, 4294967295] };
    const format = fc.record({
      type: fc.constantFrom('s16', 'u16', 's32', 'u32'),
      word_order: fc.constantFrom(...wordOrders),
      scale: fc.constantFrom('1', '0.1', '0.01', '0.001', '10', '0.5'),
    });
    const cases = format.chain((chosen) => {
      const [min, max] = integers[chosen.type];
      return fc.tuple(fc.constant(chosen), fc.integer({ min, max }));
    });
    fc.assert(
      fc.property(cases, ([chosen, raw]) => {
        const words = encodeValue(String(raw), { ...chosen, scale: '1' });
        const value = decodeValue(words, chosen);
        expect(value).not.toBeNull();
        if (value !== null) expect(encodeValue(formatDecimal(value), chosen)).toEqual(words);
      }),
    );
  });

  it('gives a float the shortest text that reads back as the same float', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(...wordOrders),
        (float, word_order) => {
          const format = { type: 'f32', word_order, scale: '1' } as const;
          const text = read(encodeValue(String(float), format), format);
          expect(Math.fround(Number(text))).toBe(float === 0 ? 0 : float);
          const significant = (text ?? '').replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
          expect(significant.length).toBeLessThanOrEqual(9);
        },
      ),
    );
  });

  it.each(valueTypes.filter((type) => type !== 'f32'))('refuses to hold in %s what does not fit', (type) => {
    const format = { type, word_order: 'ABCD', scale: '0.1' } as const;
    expect(() => encodeValue('0.05', format)).toThrow(RangeError);
    expect(() => encodeValue('99999999999', format)).toThrow(RangeError);
    expect(encodeValue('1.5', format)).toHaveLength(registerCount(type));
  });
});
