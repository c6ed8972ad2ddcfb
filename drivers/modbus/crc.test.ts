import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../kit/index.ts';
import { crc16, hasValidCrc, withCrc } from './crc.ts';

describe('CRC-16 of Modbus', () => {
  it.each([
    ['01 05 00 00 FF 00', '8C 3A'],
    ['01 01 00 00 00 08', '3D CC'],
    ['01 04 00 01 00 02', '20 0B'],
    ['01 2B 0E 01 00', '70 77'],
    ['00 03 40 00 00 01', '90 1B'],
  ])('ends %s with %s', (bytes, crc) => {
    expect(toHex(withCrc(fromHex(bytes)))).toBe(`${bytes} ${crc}`);
  });

  it('agrees with the bit by bit definition', () => {
    const byDefinition = (bytes: Uint8Array) => {
      let crc = 0xffff;
      for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
      }
      return crc;
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => crc16(bytes) === byDefinition(bytes)));
  });

  it('notices every single changed bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), fc.nat(), (bytes, position) => {
        const frame = withCrc(bytes);
        const bit = position % (frame.length * 8);
        const changed = frame.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        return hasValidCrc(frame) && !hasValidCrc(changed);
      }),
    );
  });
});
