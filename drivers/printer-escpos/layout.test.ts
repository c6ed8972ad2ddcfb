import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError, type JsonObject } from '../kit/index.ts';
import { barcodeData, barcodePattern, qrPattern } from './codes.ts';
import { layOut } from './layout.ts';
import { optionsSchema } from './options.ts';
import { rasterise } from './picture.ts';
import { paperMoved } from './preview.ts';
import { findRealTimeCommand, guardPicture } from './real-time-guard.ts';
import { receiptInput } from './receipt.ts';
import { pngOf } from './testing/pictures.ts';
import { cellLines, wrap } from './text-lines.ts';

const options = optionsSchema.parse({});
const lay = (content: readonly JsonObject[], own: JsonObject = {}) => {
  const settled = optionsSchema.parse(own);
  return layOut(receiptInput(settled).parse({ content, cut: false }), settled);
};
const lines = (content: readonly JsonObject[], own: JsonObject = {}) =>
  lay(content, own).items.map((item) =>
    item.kind === 'line' ? ' '.repeat(item.indentColumns) + item.text : `<${item.kind}>`,
  );

describe('wrapping', () => {
  it('breaks at blanks, else in the word', () => {
    expect(wrap('two words', 5)).toEqual(['two', 'words']);
    expect(wrap('exact fit', 5)).toEqual(['exact', 'fit']);
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(wrap('    indented', 8)).toEqual(['    inde', 'nted']);
    expect(wrap('', 5)).toEqual(['']);
  });

  it('never makes a line too long, and loses nothing but the blanks it breaks at', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab c 日'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (words, room) => {
        const wrapped = wrap(words, room);
        expect(Math.max(...wrapped.map((line) => Array.from(line).length))).toBeLessThanOrEqual(room);
        expect(wrapped.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
      }),
    );
  });
});

describe('columns', () => {
  const cell = (text: string, width?: number, align: 'left' | 'center' | 'right' = 'left') => ({
    paragraphs: [text],
    width,
    align,
  });

  it('share what fixed widths leave, and wrap each in its own', () => {
    expect(cellLines([cell('one two'), cell('3', 3, 'right')], 7)).toEqual(['one   3', 'two']);
    expect(cellLines([cell('a'), cell('b'), cell('c')], 8)).toEqual(['a  b  c']);
    expect(cellLines([cell('a', 5, 'center')], 5)).toEqual(['  a']);
  });

  it('are refused when they do not fit', () => {
    expect(() => cellLines([cell('a', 40), cell('b', 10)], 42)).toThrow(/at least 50 columns/);
  });
});

describe('a layout', () => {
  it('centres by columns, wide text by its own width', () => {
    expect(lines([{ type: 'text', text: 'ab', align: 'center' }], { columns: 32 })).toEqual([`${' '.repeat(15)}ab`]);
    expect(lines([{ type: 'text', text: 'ab', align: 'right', width: 3 }], { columns: 32 })).toEqual([
      `${' '.repeat(26)}ab`,
    ]);
    expect(lines([{ type: 'text', text: 'a '.repeat(12), width: 4 }], { columns: 32 })).toEqual([
      'a a a a',
      'a a a a',
      'a a a a ',
    ]);
  });

  it('draws rules with characters that the model has', () => {
    expect(lines([{ type: 'rule' }], { columns: 32 })).toEqual(['─'.repeat(32)]);
    expect(lines([{ type: 'rule', style: 'double' }], { columns: 32 })).toEqual(['═'.repeat(32)]);
  });

  it('takes drawer, cut and raw commands only where they are configured', () => {
    const blocks: readonly JsonObject[] = [{ type: 'drawer' }, { type: 'raw', bytes: 'G0A=' }];
    for (const block of blocks) expect(() => lay([block])).toThrow(/discriminator/);
    expect(lines(blocks, { receipt_may_open_drawer: true, raw_commands: true })).toEqual(['<drawer>', '<raw>']);
    expect(() => lay([{ type: 'drawer' }], { receipt_may_open_drawer: true, drawer: false })).toThrow(/discriminator/);
    expect(() => lay([{ type: 'cut' }], { cutter: false })).toThrow(/discriminator/);
    const uncut = receiptInput(optionsSchema.parse({ cutter: false }));
    expect(uncut.parse({ content: [{ type: 'feed' }] }).cut).toBe(false);
    expect(() => uncut.parse({ content: [{ type: 'feed' }], cut: true })).toThrow();
  });

  it.each<[string, JsonObject, RegExp]>([
    ['a barcode', { type: 'barcode', symbology: 'code128', data: 'X'.repeat(60) }, /dots wide, and the head has 512/],
    ['a QR code', { type: 'qr', data: 'x'.repeat(700), module_dots: 8 }, /dots wide, and the head has 512/],
    ['a picture', { type: 'image', png: pngOf(8, 8, () => 0), width_dots: 600 }, /600 dots wide/],
  ])('refuses %s that is wider than the paper, which a printer would leave out in silence', (_what, block, words) => {
    expect(() => lay([block])).toThrow(
      expect.objectContaining({ code: 'invalid_arguments', message: expect.stringMatching(words) }),
    );
  });

  it('knows how long it will be', () => {
    const content = [
      { type: 'text', text: 'a\nb', height: 2 },
      { type: 'feed', lines: 2 },
    ];
    expect(paperMoved(lay(content), options)).toBe(48 * 2 + 60);
  });
});

describe('barcodes', () => {
  it('get their check digit, and no wrong one', () => {
    expect(barcodeData('ean13', '400638133393')).toBe('4006381333931');
    expect(barcodeData('ean8', '96385074')).toBe('96385074');
    expect(barcodeData('upca', '04210000526')).toBe('042100005264');
    expect(() => barcodeData('ean13', '4006381333932')).toThrow(
      /the check digit of 4006381333932 is 2, and 1 is right/,
    );
  });

  it.each<['ean13' | 'code39' | 'itf' | 'code128', string]>([
    ['ean13', '12345'],
    ['ean13', '40063813339a'],
    ['code39', 'lower'],
    ['itf', '123'],
    ['code128', 'ümlaut'],
  ])('%s does not take %s', (symbology, data) => {
    expect(() => barcodeData(symbology, data)).toThrow(AgentError);
  });

  it.each([
    ['ean13', '400638133393', 95],
    ['ean8', '9638507', 67],
    ['upca', '04210000526', 95],
    ['code128', 'AB-12', 11 * (1 + 5 + 1) + 13],
  ] as const)('%s has the width that its standard says', (symbology, data, modules) => {
    const { widthsDots } = barcodePattern(symbology, data, 2);
    expect(widthsDots.reduce((sum, dots) => sum + dots, 0)).toBe(modules * 3);
  });

  it('Code 39 is six narrow and three wide bars a character, with a gap between', () => {
    const { widthsDots } = barcodePattern('code39', 'AB', 1);
    // Start, A, B, stop; narrow 2, wide 5.
    expect(widthsDots.reduce((sum, dots) => sum + dots, 0)).toBe(4 * (6 * 2 + 3 * 5) + 3 * 2);
  });

  it('a QR code is as large as its version says', () => {
    expect(qrPattern('HELLO', 'm').size).toBe(21);
    expect(() => qrPattern('x'.repeat(4_000), 'h')).toThrow(/can't hold/);
  });
});

describe('pictures', () => {
  const picture = (png: string, more: JsonObject = {}) =>
    rasterise({ type: 'image', png, dither: 'threshold', align: 'left', width_dots: undefined, ...more }, 512);

  it('become dots, black where they are dark', () => {
    const bitmap = picture(pngOf(16, 8, (x) => (x < 8 ? 0 : 255)));
    expect(bitmap.widthDots).toBe(16);
    expect([...bitmap.bytes.subarray(0, 4)]).toEqual([0xff, 0, 0xff, 0]);
  });

  it('are scaled to the width that is asked for, and to the head', () => {
    expect(picture(pngOf(1024, 64, () => 0))).toMatchObject({ widthDots: 512, heightDots: 32 });
    expect(
      picture(
        pngOf(64, 64, () => 0),
        { width_dots: 128 },
      ),
    ).toMatchObject({ widthDots: 128, heightDots: 128 });
  });

  it('keep their mean brightness when they are dithered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 245 }), (grey) => {
        const { bytes } = picture(
          pngOf(64, 64, () => grey),
          { dither: 'floyd_steinberg' },
        );
        const black = bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
        expect(Math.abs(black / 4096 - (255 - grey) / 255)).toBeLessThan(0.03);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['no PNG', Buffer.from('hello world, this is no picture at all').toString('base64'), /no PNG/],
    ['a damaged one', `${pngOf(64, 64, (x) => x).slice(0, 60)}AAAA`, /can't be read/],
    ['one that unpacks to far more than its header says', bomb(), /can't be read/],
  ])('refuses %s', (_what, png, words) => {
    expect(() => picture(png)).toThrow(
      expect.objectContaining({ code: 'invalid_arguments', message: expect.stringMatching(words) }),
    );
  });

  it('are counted before any is unpacked', () => {
    const image = { type: 'image', png: hugeHeader() };
    expect(() => lay([image])).toThrow(/more than 4000000 pixels \(one has 60000 × 60000\)/);
    const large = { type: 'image', png: pngOf(1_500, 1_500, () => 0) };
    expect(() => lay([large, large])).toThrow(/more than 4000000 pixels/);
  });

  it('lose every real-time command, by a dot for each, and nothing else', () => {
    const bytes = fc.array(fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x00, 0xff), { minLength: 8, maxLength: 64 });
    fc.assert(
      fc.property(bytes, (data) => {
        const before = { widthDots: 8, heightDots: data.length, bytes: Uint8Array.from(data) };
        const { picture: after, changedDots } = guardPicture(before);
        expect(findRealTimeCommand(after.bytes)).toBe(-1);
        const different = after.bytes.filter((byte, index) => byte !== data[index]);
        expect(different.length).toBe(changedDots);
        for (const [index, byte] of after.bytes.entries()) expect([0, 8]).toContain(byte ^ (data[index] ?? 0));
      }),
    );
    expect(findRealTimeCommand(Uint8Array.of(0x10, 0x14, 0x01))).toBe(0);
  });
});

/** Eight by eight pixels, and a hundred megabytes of zeros packed. */
function bomb(): string {
  const file = Buffer.from(
    pngOf(8, 8, () => 0),
    'base64',
  );
  const data = deflateSync(Buffer.alloc(100_000_000), { level: 9 });
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write('IDAT', 4);
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return Buffer.concat([file.subarray(0, 33), chunk, file.subarray(-12)]).toString('base64');
}

function hugeHeader(): string {
  const file = Buffer.from(
    pngOf(1, 1, () => 0),
    'base64',
  );
  file.writeUInt32BE(60_000, 16);
  file.writeUInt32BE(60_000, 20);
  return file.toString('base64');
}
