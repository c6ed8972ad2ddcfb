import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex } from '../link.ts';
import { parseReportDescriptor, type ReportDescriptor, topLevelUsages } from './report-descriptor.ts';
import { findUsage, readByteField, readElement, readSelection, reportLength, usageAt } from './report-values.ts';
import {
  arrayScaleDescriptor,
  countedScannerDescriptor,
  featureBytesDescriptor,
  keyboardDescriptor,
  mouseDescriptor,
  variableScaleDescriptor,
} from './testing/descriptors.table.ts';

function read(bytes: Uint8Array): ReportDescriptor {
  const reading = parseReportDescriptor(bytes);
  if (reading.kind === 'malformed') throw new Error(`${reading.problem} at ${reading.at}`);
  return reading.descriptor;
}
const problemOf = (hex: string) => {
  const reading = parseReportDescriptor(fromHex(hex));
  return reading.kind === 'malformed' ? `${reading.problem} at ${reading.at}` : null;
};

describe('published report descriptors', () => {
  it.each([
    ['a keyboard', keyboardDescriptor, ['0001:0006'], { input: 8, output: 1, feature: 0 }],
    ['a mouse', mouseDescriptor, ['0001:0002'], { input: 3, output: 0, feature: 0 }],
    ['a relay board', featureBytesDescriptor, ['ff00:0001'], { input: 0, output: 0, feature: 8 }],
  ] as const)('%s: its usage and the lengths of its reports', (_name, bytes, usages, lengths) => {
    const descriptor = read(bytes);
    expect(topLevelUsages(descriptor)).toEqual(usages);
    for (const kind of ['input', 'output', 'feature'] as const) {
      expect(reportLength(descriptor, kind, 0)).toBe(lengths[kind]);
    }
  });

  it('reads what a keyboard and a mouse say', () => {
    const keyboard = read(keyboardDescriptor);
    const keys = keyboard.fields.find((field) => field.isArray && field.kind === 'input' && !field.isConstant);
    expect(keys).toMatchObject({ bitOffset: 16, count: 6, isArray: true });
    const pressed = fromHex('02 00 04 00 00 00 00 00');
    expect(keys && readSelection(keys, 0, pressed)).toBe(0x0007_0004);
    const shift = findUsage(keyboard, 'input', 0x0007_00e1);
    expect(shift && readElement(shift.field, shift.index, pressed)).toBe(1);
    const mouse = read(mouseDescriptor);
    const y = findUsage(mouse, 'input', 0x0001_0031);
    expect(y && readElement(y.field, y.index, fromHex('01 05 FB'))).toBe(-5);
  });

  it('finds the values of a scale, whichever way they are written', () => {
    const data = fromHex('04 0B FF 31 00');
    for (const bytes of [arrayScaleDescriptor, variableScaleDescriptor]) {
      const descriptor = read(bytes);
      expect(topLevelUsages(descriptor)).toEqual(['008d:0020']);
      expect(reportLength(descriptor, 'input', 3)).toBe(5);
      const weight = findUsage(descriptor, 'input', 0x008d_0040);
      expect(weight && readElement(weight.field, weight.index, data)).toBe(49);
      const scaling = findUsage(descriptor, 'input', 0x008d_0041);
      expect(scaling && readElement(scaling.field, scaling.index, data)).toBe(-1);
    }
    const [status] = read(arrayScaleDescriptor).fields.filter((field) => field.isArray);
    expect(status && readSelection(status, 0, data)).toBe(0x008d_0074);
    expect(status && readSelection(status, 0, fromHex('09'))).toBeNull();
    expect(reportLength(read(arrayScaleDescriptor), 'output', 2)).toBe(1);
    expect(reportLength(read(arrayScaleDescriptor), 'feature', 1)).toBe(1);
  });

  it('finds the parts of a scanned code', () => {
    const descriptor = read(countedScannerDescriptor);
    expect(reportLength(descriptor, 'input', 2)).toBe(63);
    const data = findUsage(descriptor, 'input', 0x008c_00fe);
    expect(data?.field).toMatchObject({ bitOffset: 32, count: 56, isBuffered: true });
    const goesOn = findUsage(descriptor, 'input', 0x008c_00ff);
    expect(goesOn?.field).toMatchObject({ bitOffset: 62 * 8, bitSize: 1 });
    const identifier = findUsage(descriptor, 'input', 0x008c_00fc);
    const report = concatBytes(fromHex('02 5D 45 30 34 32'), new Uint8Array(57));
    expect(identifier && readElement(identifier.field, identifier.index, report)).toBe(0x45);
    expect(data && readByteField(data.field, report)?.slice(0, 3)).toEqual(fromHex('34 32 00'));
  });
});

describe('the rules of the items', () => {
  const fieldsOf = (hex: string) => read(fromHex(hex)).fields;

  it('gives a usage the page that holds at the main item, unless it has its own', () => {
    const [field] = fieldsOf('05 01 09 30 05 09 0B 40 00 8D 00 75 08 95 02 81 02');
    expect(field && [usageAt(field, 0), usageAt(field, 1)]).toEqual([0x0009_0030, 0x008d_0040]);
  });

  it('lets the last usage stand for all elements that follow', () => {
    const [field] = fieldsOf('05 8C 09 FB 09 FE 75 08 95 09 81 02');
    expect(field && [0, 1, 8].map((index) => usageAt(field, index))).toEqual([0x008c_00fb, 0x008c_00fe, 0x008c_00fe]);
  });

  it('keeps and gives back the globals, and forgets the locals at each main item', () => {
    const fields = fieldsOf('05 01 75 08 95 01 A4 05 09 75 04 09 01 81 02 B4 81 02');
    expect(fields.map(({ bitSize, usages, bitOffset }) => ({ bitSize, usages, bitOffset }))).toEqual([
      { bitSize: 4, usages: [{ first: 0x0009_0001, last: 0x0009_0001 }], bitOffset: 0 },
      { bitSize: 8, usages: [], bitOffset: 4 },
    ]);
  });

  it('takes the first of a set of alternatives', () => {
    const [field] = fieldsOf('05 01 A9 01 09 30 09 31 A9 00 09 32 75 08 95 02 81 02');
    expect(field?.usages.map(({ first }) => first)).toEqual([0x0001_0030, 0x0001_0032]);
  });

  it('reads a maximum without a sign where the minimum has none, and the exponent as a nibble with a sign', () => {
    const [plain, signed] = fieldsOf('75 08 95 01 15 00 25 FF 55 0E 65 11 81 02 15 80 25 7F 55 03 81 02');
    expect(plain).toMatchObject({ logicalMin: 0, logicalMax: 255, unitExponent: -2, unit: 0x11 });
    expect(signed).toMatchObject({ logicalMin: -128, logicalMax: 127, unitExponent: 3 });
  });

  it('counts each kind and each id of report from its own beginning, and passes over long items', () => {
    const fields = fieldsOf('FE 02 10 AA BB 75 08 95 01 85 01 81 02 B1 02 85 02 81 02 85 01 81 02');
    expect(fields.map(({ kind, reportId, bitOffset }) => `${kind} ${reportId} ${bitOffset}`)).toEqual([
      'input 1 0',
      'feature 1 0',
      'input 2 0',
      'input 1 8',
    ]);
  });

  it.each([
    ['05', 'it ends within an item at 1'],
    ['FE 05 10 AA', 'it ends within an item at 4'],
    ['A1 01', 'a collection never ends at 2'],
    ['C0', 'a collection ends that never began at 0'],
    ['B4', 'it pops what was never pushed at 0'],
    ['85 00', 'there is no report id 0 at 0'],
    ['19 05 29 02', 'a range of usages ends before it begins at 2'],
    ['75 08 97 FF FF FF FF 81 02', 'a report is too long at 7'],
    ['A4'.repeat(65), 'it pushes too often at 64'],
    ['A1 00'.repeat(65), 'its collections are nested too deep at 128'],
  ])('says what is wrong with %s', (hex, problem) => {
    expect(problemOf(hex)).toBe(problem);
  });

  it('refuses what is longer than the kernel takes', () => {
    expect(parseReportDescriptor(new Uint8Array(4097))).toMatchObject({ kind: 'malformed' });
  });
});

describe('any bytes at all', () => {
  it('are read or refused, and every field lies where it can be read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 80 }), (bytes, data) => {
        const reading = parseReportDescriptor(bytes);
        if (reading.kind === 'malformed') return reading.at <= bytes.length;
        for (const field of reading.descriptor.fields) {
          const { kind, reportId, bitOffset, bitSize, count } = field;
          expect(bitOffset + bitSize * count).toBeLessThanOrEqual(reportLength(reading.descriptor, kind, reportId) * 8);
          readElement(field, count - 1, data);
          readSelection(field, 0, data);
          readByteField(field, data);
        }
        return true;
      }),
    );
  });

  it('that cut a real descriptor short or change one byte of it neither throw nor hang', () => {
    const real = [keyboardDescriptor, arrayScaleDescriptor, countedScannerDescriptor];
    fc.assert(
      fc.property(fc.constantFrom(...real), fc.nat(200), fc.nat(255), fc.boolean(), (bytes, at, value, cut) => {
        const where = at % bytes.length;
        const changed = bytes.slice();
        changed[where] = value;
        parseReportDescriptor(cut ? bytes.subarray(0, where) : changed);
      }),
    );
  });
});

describe('values', () => {
  const fieldArbitrary = fc.record({ bits: fc.integer({ min: 1, max: 32 }), signed: fc.boolean(), pad: fc.nat(12) });

  it('are read back as they were packed, at any size, place and sign', () => {
    const cases = fc.array(fc.tuple(fieldArbitrary, fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(cases, (list) => {
        const descriptor: number[] = [0x05, 0x8d];
        const bits: number[] = [];
        const values = list.map(([{ bits: size, signed, pad }, share], index) => {
          const lowest = signed ? -(2 ** (size - 1)) : 0;
          const value = lowest + Math.floor(share * (2 ** size - 1));
          descriptor.push(0x09, index + 1, 0x75, size, 0x95, 1, ...(signed ? [0x15, 0x80] : [0x15, 0]), 0x81, 0x02);
          for (let bit = 0; bit < size; bit += 1)
            bits.push(Math.floor((value - lowest + (signed ? 2 ** (size - 1) : 0)) / 2 ** bit) % 2);
          if (pad > 0) descriptor.push(0x75, pad, 0x95, 1, 0x81, 0x03);
          for (let bit = 0; bit < pad; bit += 1) bits.push(1);
          return value;
        });
        const data = new Uint8Array(Math.ceil(bits.length / 8));
        for (const [at, bit] of bits.entries()) data[at >> 3] = (data[at >> 3] ?? 0) | (bit << (at & 7));
        const parsed = read(Uint8Array.from(descriptor));
        expect(
          values.map((_, index) => {
            const place = findUsage(parsed, 'input', 0x008d_0001 + index);
            return place && readElement(place.field, place.index, data);
          }),
        ).toEqual(values);
      }),
    );
  });

  it('are null where the report is too short for them', () => {
    const place = findUsage(read(variableScaleDescriptor), 'input', 0x008d_0040);
    expect(place && readElement(place.field, place.index, fromHex('04 02 00 14'))).toBeNull();
  });
});
