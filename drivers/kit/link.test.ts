import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from './link.ts';

describe('bytes as hex', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        expect([...fromHex(toHex(data, Number.POSITIVE_INFINITY))]).toEqual([...data]);
      }),
    );
  });

  it('writes spaced upper-case pairs and says how much it left out', () => {
    expect(toHex(Uint8Array.of(0x53, 0x0d, 0x0a))).toBe('53 0D 0A');
    expect(toHex(Uint8Array.of(1, 2, 3), 2)).toBe('01 02 … (3 bytes)');
  });

  it.each(['5', '5g', '0x53'])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError);
  });

  it('joins chunks into bytes of their own', () => {
    const chunk = Uint8Array.of(1, 2);
    const joined = concatBytes(chunk, new Uint8Array(), Uint8Array.of(3));
    chunk[0] = 9;
    expect([...joined]).toEqual([1, 2, 3]);
  });
});
