import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDeviceId, decodePortStatus } from './printer-class.ts';

const epson = 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;DES:EPSON TM-T88V;CID:EpsonTM00000001;';
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const withLength = (text: string, length: number, order: 'high first' | 'low first' = 'high first') => {
  const bytes = order === 'high first' ? [length >> 8, length & 0xff] : [length & 0xff, length >> 8];
  return Buffer.concat([Uint8Array.from(bytes), latin1(text)]);
};

describe('the IEEE 1284 id', () => {
  it('is what stands behind its length', () => {
    expect(decodeDeviceId(withLength(epson, epson.length + 2))).toBe(epson);
  });

  it('is read from firmware that puts the low byte first, counts wrongly, or leaves the length out', () => {
    expect(decodeDeviceId(withLength(epson, epson.length + 2, 'low first'))).toBe(epson);
    expect(decodeDeviceId(withLength(epson, epson.length))).toBe(epson);
    expect(decodeDeviceId(withLength(epson, 0))).toBe(epson);
    expect(decodeDeviceId(withLength(epson, 0xffff))).toBe(epson);
    expect(decodeDeviceId(latin1(epson))).toBe(epson);
  });

  it('leaves out what a buffer is filled up with', () => {
    const filled = Buffer.concat([withLength('MFG:A;', 8), Buffer.alloc(100, 0xff)]);
    expect(decodeDeviceId(filled)).toBe('MFG:A;');
    expect(decodeDeviceId(Buffer.concat([withLength('MFG:A;', 0), Buffer.alloc(100)]))).toBe('MFG:A;');
  });

  it('is null where there is none', () => {
    expect(decodeDeviceId(new Uint8Array())).toBeNull();
    expect(decodeDeviceId(Uint8Array.of(0, 2))).toBeNull();
    expect(decodeDeviceId(withLength('nothing', 9))).toBeNull();
  });

  it('is read whole whatever the length, and never throws', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'ABC:;/- 123'), minLength: 1, maxLength: 700 })
      .map((body) => `MFG:${body};X`);
    fc.assert(fc.property(text, (id) => void expect(decodeDeviceId(withLength(id, id.length + 2))).toBe(id)));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1_023 }), (bytes) => void decodeDeviceId(bytes)));
  });
});

describe('the port status', () => {
  it('has three bits, of which error is told by its absence', () => {
    expect(decodePortStatus(Uint8Array.of(0x18))).toEqual({ paperEmpty: false, selected: true, error: false });
    expect(decodePortStatus(Uint8Array.of(0x38))).toEqual({ paperEmpty: true, selected: true, error: false });
    expect(decodePortStatus(Uint8Array.of(0x00))).toEqual({ paperEmpty: false, selected: false, error: true });
  });

  it('is null for an answer without a byte', () => {
    expect(decodePortStatus(new Uint8Array())).toBeNull();
  });
});
