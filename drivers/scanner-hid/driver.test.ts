import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHidFrame } from '../kit/hid/index.ts';
import { countedScannerDescriptor, keyboardDescriptor } from '../kit/hid/testing/descriptors.table.ts';
import { concatBytes, encodeLatin1, fromHex, type JsonObject, noDevice } from '../kit/index.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { checkStreamLaws, hear } from '../kit/testing/stream-laws.ts';
import { scannerHid } from './index.ts';
import { scanLayout } from './layout.ts';
import { optionsSchema } from './options.ts';
import { scannerHidSimulator, scanReports } from './simulator.ts';
import { scans } from './stream.ts';

const streamOn = (reportDescriptor: Uint8Array | null, options: JsonObject = {}) =>
  scans({ ...noDevice, link: 'hid', reportDescriptor, options: { ...optionsSchema.parse(options) } });
const input = (data: Uint8Array, reportId = 2) => encodeHidFrame({ kind: 'input', reportId, data });
const report = (hex: string, length = 63) => {
  const bytes = fromHex(hex);
  return input(concatBytes(bytes, new Uint8Array(length - bytes.length)));
};
/** What the frames are heard as: codes as `aim text`, numbers are bytes that were lost. */
const heard = (frames: readonly Uint8Array[], descriptor: Uint8Array | null = countedScannerDescriptor, end?: 'open') =>
  hear(streamOn(descriptor), frames, end).map((one) =>
    typeof one === 'number' ? 'lost' : `${one['aim'] ?? '-'} ${one['text']}`,
  );
const codeFrames = (text: string, aim = ']E0') => scanReports(encodeLatin1(text), aim).map((data) => input(data));

const ean = '0D 5D 45 30 34 30 30 36 33 38 31 33 33 33 39 33 31';

describe('codes in HID POS reports', () => {
  it('come with their AIM identifier: published report of an EAN-13', () => {
    expect(hear(streamOn(countedScannerDescriptor), [report(ean)])).toEqual([
      {
        text: '4006381333931',
        encoding: 'utf-8',
        length_bytes: 13,
        symbology: 'ean_upc',
        aim: ']E0',
        gs1: false,
        repeat: false,
      },
    ]);
    expect(heard([report(ean)], null)).toEqual([']E0 4006381333931']);
  });

  it('of more than one report are one code, whatever other reports come between', () => {
    const long = '4006381333931'.repeat(12);
    const frames = codeFrames(long, ']Q1');
    expect(frames).toHaveLength(3);
    const [first, ...rest] = frames;
    expect(heard([first ?? input(new Uint8Array()), input(fromHex('01'), 9), ...rest])).toEqual([`]Q1 ${long}`]);
    expect(heard(codeFrames('x'.repeat(56)))).toEqual([`]E0 ${'x'.repeat(56)}`]);
    expect(heard(codeFrames('x'.repeat(7_089), ']Q1'))).toEqual([`]Q1 ${'x'.repeat(7_089)}`]);
  });

  it('that do not go on as they said are lost, and the next one is not joined to them', () => {
    const [half = new Uint8Array()] = codeFrames('y'.repeat(60), ']Q1');
    expect(heard([half], countedScannerDescriptor, 'open')).toEqual([]);
    expect(heard([half])).toEqual(['lost']);
    expect(heard([half, report(ean)])).toEqual(['lost', ']E0 4006381333931']);
    const decoder = streamOn(countedScannerDescriptor).decoder();
    decoder.push(half, 0);
    expect(decoder.idle(500)).toMatchObject([{ kind: 'unreadable' }]);
    expect(decoder.push(report(ean), 600)).toMatchObject([{ kind: 'item', item: { text: '4006381333931' } }]);
  });

  it('keep zeros that are counted, and stand without an identifier where none is sent', () => {
    expect(heard([report('04 5D 51 31 61 00 62 00')])).toEqual([']Q1 a\u0000b\u0000']);
    expect(heard([report('02 00 00 00 61 62')])).toEqual(['- ab']);
    expect(hear(streamOn(countedScannerDescriptor, { aim: 'required' }), [report('02 00 00 00 61 62')])).toEqual([67]);
  });

  it('that are empty, and reports of other kinds, are passed over', () => {
    expect(
      heard([
        report('00 5D 45 30'),
        input(fromHex('05'), 3),
        encodeHidFrame({ kind: 'taken', reportId: 2, data: new Uint8Array() }),
      ]),
    ).toEqual([]);
  });

  it('in a report that is too short are lost', () => {
    expect(heard([input(fromHex(ean))])).toEqual(['lost']);
  });
});

describe('the layout', () => {
  it('is taken from the descriptor: identifier, data, and a flag in the last byte, nothing counted', () => {
    const plain = fromHex(`
      05 8C 09 02 A1 01 85 04 15 00 26 FF 00 75 08 95 01 09 FB 81 02 09 FC 81 02 09 FD 81 02
      95 08 09 FE 82 02 01 75 01 95 01 25 01 09 FF 81 02 75 07 81 03 C0`);
    const frames = [
      '5D 45 30 34 32 00 00 00 00 00 00 00',
      '5D 51 31 61 62 63 64 65 66 67 68 01',
      '5D 51 31 69 00 00 00 00 00 00 00 00',
    ];
    expect(
      heard(
        frames.map((hex) => input(fromHex(hex), 4)),
        plain,
      ),
    ).toEqual([']E0 42', ']Q1 abcdefghi']);
  });

  it('finds data before the identifier, a count without a usage, and three identifier bytes under one usage', () => {
    const odd = fromHex(`
      05 8C 09 02 A1 01 85 02 15 00 26 FF 00 75 08 95 01 06 66 FF 09 01 81 02 05 8C
      95 04 09 FE 82 02 01 95 03 09 FB 81 02 75 01 95 01 25 01 09 FF 81 02 75 07 81 03 C0`);
    expect(heard([input(fromHex('02 61 62 7A 7A 5D 43 31 00'))], odd)).toEqual([']C1 ab']);
  });

  it('is none where nothing describes decoded data: what such a device sends is unreadable', () => {
    expect(scanLayout(keyboardDescriptor)).toBeNull();
    expect(heard([report(ean)], keyboardDescriptor)).toEqual(['lost']);
  });
});

it('holds the laws of streams', () => {
  const [first = new Uint8Array()] = codeFrames('z'.repeat(60), ']Q1');
  const pieces = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 130 }).map((text) => concatBytes(...codeFrames(text))),
    fc.constant(first),
    fc.constant(input(fromHex('01 02'), 7)),
    fc.constant(input(fromHex('01'))),
  );
  checkStreamLaws(streamOn(countedScannerDescriptor), pieces);
});

it('is never sent a byte', async () => {
  const link = createMemoryLink(scannerHid, scannerHidSimulator.create({}));
  const context = { ...noDevice, options: { ...optionsSchema.parse({}) } };
  await expect(scannerHid.identify(link, context)).rejects.toMatchObject({ code: 'not_supported' });
  expect(link.sent).toEqual([]);
  for (const hex of ['E2 01 00 04 04', 'E3 02 00 FE 01 00', 'E4 02 00 01 08 00']) {
    expect(scannerHid.isHarmless(fromHex(hex))).toBe(false);
  }
});

it('has a simulator that sends what is scanned, by half on request, and refuses what nobody could do', () => {
  const device = scannerHidSimulator.create({});
  const frames: Uint8Array[] = [];
  const send = (bytes: Uint8Array) => void frames.push(bytes);
  device.change?.({ scan: 'AB' }, send);
  device.change?.({ scan: 'c'.repeat(100), aim: ']Q1', half: true }, send);
  expect(heard(frames)).toEqual([']E0 AB', 'lost']);
  expect(device.state()).toEqual({ scanned: 1, last: 'AB' });
  expect(() => device.change?.({ weigh: 1 }, send)).toThrow();
});
