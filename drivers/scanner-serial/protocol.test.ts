import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLatin1, fromHex, type JsonObject, noDevice, toHex } from '../kit/index.ts';
import { checkStreamLaws, hear } from '../kit/testing/stream-laws.ts';
import { askEnabled, askRevision, isHarmless } from './menu.ts';
import { checkOptions, optionsSchema } from './options.ts';
import { scans } from './stream.ts';

const stream = (options: JsonObject = {}) => scans({ ...noDevice, options: { ...optionsSchema.parse(options) } });
/** Texts of what was heard; numbers are bytes that were lost. */
const texts = (options: JsonObject, hex: string | readonly string[], end?: 'silence' | 'open') =>
  hear(stream(options), [hex].flat().map(fromHex), end).map((one) => (typeof one === 'number' ? one : one['text']));

describe('lines of a scanner', () => {
  it('end in CR LF, with the AIM identifier of EAN-13 in front', () => {
    const line = fromHex('5D 45 30 34 30 30 36 33 38 31 33 33 33 39 33 31 0D 0A');
    expect(hear(stream(), [line])).toEqual([
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
  });

  it.each(['0D', '0A', '0D 0A', '0A 0D'])('end in %s by default', (end) => {
    expect(texts({}, `41 42 ${end} 43 44 ${end}`)).toEqual(['AB', 'CD']);
  });

  it('keep what is no end of theirs when the end is known exactly', () => {
    expect(texts({ framing: 'crlf' }, '41 0D 42 0A 0D 0A 0D 0A 43 0D 0A')).toEqual(['A\rB\n', 'C']);
    expect(texts({ framing: 'cr' }, '41 0A 42 0D')).toEqual(['A\nB']);
    expect(texts({ framing: 'lf' }, '41 0D 42 0A')).toEqual(['A\rB']);
    expect(texts({ framing: 'suffix', suffix_hex: '1E 04' }, '41 1E 42 1E 04')).toEqual(['A\u001eB']);
  });

  it('are unreadable when their end does not come, and the next one is not joined to them', () => {
    expect(texts({}, '41 42 43')).toEqual([3]);
    const decoder = stream().decoder();
    decoder.push(fromHex('41 42'), 0);
    expect(decoder.idle(500)).toMatchObject([{ kind: 'unreadable', bytes: 2 }]);
    expect(decoder.push(fromHex('43 0D'), 600)).toMatchObject([{ kind: 'item', item: { text: 'C' } }]);
  });

  it('are unreadable without the prefix that was configured', () => {
    expect(texts({ prefix_hex: '02 41' }, '02 41 42 0D 43 44 0D')).toEqual(['B', 3]);
  });

  it('are unreadable when they are longer than configured', () => {
    expect(texts({ max_length: 4 }, '41 41 41 41 0D 42 42 42 42 42 0D 43 0D')).toEqual(['AAAA', 6, 'C']);
    const long = encodeLatin1(`${'A'.repeat(50_000)}\rB\r`);
    expect(hear(stream(), [long])).toMatchObject([50_001, { text: 'B' }]);
  });
});

describe('a code between STX and ETX', () => {
  const options = { framing: 'stx_etx' };

  it('may contain line ends, and line ends may stand between two', () => {
    expect(texts(options, '02 41 0D 42 03 0D 0A 02 43 03')).toEqual(['A\rB', 'C']);
  });

  it('is found again behind noise', () => {
    expect(texts(options, '00 FF 41 03 02 42 03')).toEqual([4, 'B']);
  });

  it('is unreadable when another begins inside it', () => {
    expect(texts(options, '02 41 02 42 03 02 43 03')).toEqual([5, 'C']);
  });
});

describe('a code that ends with silence', () => {
  const options = { framing: 'idle' };

  it('is whole when the line was silent, however it was split', () => {
    expect(texts(options, ['41 0D', '42'], 'open')).toEqual([]);
    expect(texts(options, ['41 0D', '42'])).toEqual(['A\rB']);
  });

  it('is unreadable when it never ends', () => {
    expect(hear(stream({ ...options, max_length: 10 }), [new Uint8Array(1_000)])).toEqual([1_000]);
  });

  it('ends after the silence that was configured', () => {
    expect(stream({ ...options, idle_gap_ms: 120 }).idleMs).toBe(120);
  });
});

describe('any bytes', () => {
  const code = fc.string({ unit: 'binary-ascii', maxLength: 12 });
  it.each<JsonObject>([
    {},
    { aim: 'required' },
    { framing: 'crlf' },
    { framing: 'stx_etx' },
    { framing: 'suffix', suffix_hex: '09' },
    { framing: 'idle' },
    { make: 'honeywell' },
    { prefix_hex: '02', max_length: 6 },
  ])('hold the laws of streams with %j', (options) => {
    const pieces = fc.oneof(
      code.map((text) => encodeLatin1(`\u0002]E0${text}\u0003\r\n`)),
      code.map((text) => encodeLatin1(`${text}\t`)),
      fc.constant(encodeLatin1('CBRENA1\u0006.Product Name: X\r\nREVINF\u0006.')),
    );
    checkStreamLaws(stream(options), pieces);
  });
});

describe('menu commands', () => {
  const answer = `Product Name: Voyager 1602g\r\nBoot Revision: : 8992\r\nSoftware Part Number: CW000082BBA\r\nSoftware Revision: $ProjectRevision: 16345 \r\nSerial Number: 15232B1F0C\r\nSupported IF: Bluetooth\r\nPCB Assembly ID: 000000\r\nEngine Firmware Type: N/A   Revision: N/A   Serial Number: N/A   Checksum: N/A\r\nREVINF\u0006.`;

  it('are two, and nothing else is harmless', () => {
    expect(toHex(askRevision.bytes)).toBe('16 4D 0D 52 45 56 49 4E 46 2E');
    expect(toHex(askEnabled.bytes)).toBe('16 4D 0D 43 42 52 45 4E 41 3F 2E');
    expect([askRevision.bytes, askEnabled.bytes].map(isHarmless)).toEqual([true, true]);
    for (const text of ['\u0016M\rCBRENA1.', '\u0016M\rDEFALT.', '\u0016T\r', 'R', '']) {
      expect(isHarmless(encodeLatin1(text))).toBe(false);
    }
  });

  it('tell model, serial number and firmware', () => {
    expect(askRevision.match(encodeLatin1(answer))).toEqual({
      kind: 'reply',
      consumed: answer.length,
      value: {
        manufacturer: 'Honeywell',
        model: 'Voyager 1602g',
        protocolSerial: '15232B1F0C',
        details: { firmware: 'CW000082BBA' },
      },
      passedOver: new Uint8Array(),
    });
  });

  it.each(['06', '05', '15'])('are answered also by a refusal (%s)', (verdict) => {
    const reply = askEnabled.match(fromHex(`43 42 52 45 4E 41 31 ${verdict} 2E`));
    expect(reply).toMatchObject({ kind: 'reply', consumed: 9 });
  });

  it('leave codes that are scanned meanwhile to the stream', () => {
    const reply = askRevision.match(encodeLatin1(`4006381333931\r\n${answer}`));
    expect(reply).toMatchObject({ kind: 'reply', passedOver: encodeLatin1('4006381333931\r\n') });
    expect(askEnabled.match(encodeLatin1('4006381333931\rCBR'))).toEqual({ kind: 'incomplete', discard: 14 });
    expect(askEnabled.match(encodeLatin1('40063'))).toEqual({ kind: 'incomplete', discard: 0 });
  });

  it('are no codes when their answer comes late', () => {
    const late = encodeLatin1(`${answer}CBRENA1\u0006.4006381333931\r`);
    expect(hear(stream({ make: 'honeywell' }), [late])).toMatchObject([{ text: '4006381333931' }]);
  });
});

describe('options', () => {
  it.each<[string, JsonObject]>([
    ['a suffix without the framing that uses it', { suffix_hex: '09' }],
    ['the framing without its suffix', { framing: 'suffix' }],
  ])('refuse %s', (_name, options) => {
    expect(() => checkOptions({ ...optionsSchema.parse(options) })).toThrowError(/config\.suffix_hex/);
  });

  it.each<JsonObject>([{ prefix_hex: '0' }, { framing: 'tabs' }, { max_length: 0 }, { baud: 1 }])(
    'refuse %j',
    (options) => {
      expect(optionsSchema.safeParse(options).success).toBe(false);
    },
  );
});
