import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../kit/index.ts';
import { characterSet } from './character-set.ts';
import { codePageTables } from './code-pages.table.ts';
import { encodeReceipt } from './encode.ts';
import { layOut } from './layout.ts';
import { optionsSchema, type PrinterOptions } from './options.ts';
import { findRealTimeCommand } from './real-time-guard.ts';
import { type Block, receiptInput } from './receipt.ts';
import { codePageNumbers } from './simulator/code-page-numbers.table.ts';
import { pngOf } from './testing/pictures.ts';
import { anyReceipt } from './testing/receipts.ts';

const everything = optionsSchema.parse({ receipt_may_open_drawer: true, raw_commands: true });
/** Initialise, single-byte characters, font A. */
const begin = '1B 40 1C 2E 1B 4D 00';

function encode(content: readonly object[], options: PrinterOptions = everything, cut = false) {
  const layout = layOut(receiptInput(options).parse({ content, cut }), options);
  return { bytes: encodeReceipt(layout, options), layout };
}
const hex = (content: readonly object[], cut = false) => toHex(encode(content, everything, cut).bytes, 100_000);

describe('a receipt as bytes', () => {
  it.each<[string, readonly object[], string]>([
    ['text', [{ type: 'text', text: 'Hi' }], '1B 74 00 48 69 0A'],
    ['a code page where it is needed', [{ type: 'text', text: '5 €' }], '1B 74 00 35 20 1B 74 10 80 0A'],
    [
      'styles, on and off again',
      [{ type: 'text', text: 'A', bold: true, underline: true, invert: true, width: 2, height: 3 }],
      '1D 21 12 1B 45 01 1B 2D 01 1D 42 01 1B 74 00 41 1D 21 00 1B 45 00 1B 2D 00 1D 42 00 0A',
    ],
    ['text to the right', [{ type: 'text', text: 'A', align: 'right' }], `1B 74 00 ${'20 '.repeat(41)}41 0A`],
    [
      'columns',
      [{ type: 'columns', cells: [{ text: 'Tea' }, { text: '2', width: 4, align: 'right' }] }],
      `1B 74 00 54 65 61 ${'20 '.repeat(38)}32 0A`,
    ],
    [
      'EAN-13 with its check digit',
      [{ type: 'barcode', symbology: 'ean13', data: '400638133393', align: 'left' }],
      '1D 68 50 1D 77 03 1D 48 02 1D 6B 02 34 30 30 36 33 38 31 33 33 33 39 33 31 00',
    ],
    [
      'Code 128 in set B',
      [{ type: 'barcode', symbology: 'code128', data: 'AB-12', caption: 'none', align: 'left' }],
      '1D 68 50 1D 77 03 1D 48 00 1D 6B 49 07 7B 42 41 42 2D 31 32',
    ],
    [
      'a QR code',
      [{ type: 'qr', data: 'HELLO', align: 'left', module_dots: 5 }],
      '0A 1D 28 6B 04 00 31 41 32 00 1D 28 6B 03 00 31 43 05 1D 28 6B 03 00 31 45 31 1D 28 6B 08 00 31 50 30 48 45 4C 4C 4F 1D 28 6B 03 00 31 51 30 0A',
    ],
    [
      'a picture, its height filled up to eight dots',
      [{ type: 'image', png: pngOf(8, 2, (x, y) => (x < 4 && y === 0 ? 0 : 255)), align: 'left', dither: 'threshold' }],
      '1D 76 30 00 01 00 08 00 F0 00 00 00 00 00 00 00',
    ],
    ['feeds', [{ type: 'feed', lines: 3 }], '0A 0A 0A'],
    ['the drawer', [{ type: 'drawer' }], '1B 70 00 3C FA'],
    ['raw commands', [{ type: 'raw', bytes: 'HWEA' }], '1D 61 00'],
  ])('%s', (_what, content, expected) => {
    expect(hex(content)).toBe(`${begin} ${expected}`.trim());
  });

  it('feeds past the blade, cuts once at the end, and not twice after a cut', () => {
    expect(hex([{ type: 'text', text: 'x' }], true)).toBe(`${begin} 1B 74 00 78 0A 0A 0A 0A 0A 1D 56 01`);
    expect(hex([{ type: 'cut', mode: 'full' }], true)).toBe(`${begin} 0A 0A 0A 0A 1D 56 00`);
  });

  it('says the length of QR data in bytes of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (data) => {
        if (/\p{Cc}|[\ud800-\udfff]/u.test(data)) return;
        const text = Buffer.from(data, 'utf8');
        const length = text.length + 3;
        const stored = `1D 28 6B ${toHex(Uint8Array.of(length & 255, length >> 8))} 31 50 30 ${toHex(text, 10_000)}`;
        expect(hex([{ type: 'qr', data, module_dots: 2 }])).toContain(stored);
      }),
      { numRuns: 50 },
    );
  });

  it('puts no command where a picture of the code page would be, whatever the text', () => {
    // In CP437 an arrow is ESC, a pointer is DLE, a note is CR.
    const { bytes, layout } = encode([{ type: 'text', text: '←►♦♪☺☼' }]);
    expect(layout.missing.length).toBeGreaterThan(0);
    const own = bytes.subarray(fromHex(begin).length);
    expect(findRealTimeCommand(own)).toBe(-1);
    // ESC only where it chooses a page.
    for (let index = own.indexOf(0x1b); index >= 0; index = own.indexOf(0x1b, index + 1)) {
      expect([0x74, 0x45, 0x2d]).toContain(own[index + 1]);
    }
  });

  it('holds no real-time command, for any receipt', () => {
    fc.assert(
      fc.property(anyReceipt, (content: readonly Block[]) => {
        const options = optionsSchema.parse({});
        const bytes = encodeReceipt(layOut({ content, cut: true }, options), options);
        expect(findRealTimeCommand(bytes)).toBe(-1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('code pages', () => {
  it('hold what they are sent for, by the tables of another package', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aZ9 ßéñÖ€£ΑΩλЖяčŁőğşשבيж─═░'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, (words) => {
        const { bytes, layout } = encode([{ type: 'text', text: words, width: 1 }]);
        expect(decodeText(bytes.subarray(fromHex(begin).length))).toBe(
          layout.items.map((item) => (item.kind === 'line' ? item.text : '')).join('\n'),
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each(codePageTables)('%s prints plain text as it is, and names what it does not have', (code_pages) => {
    const missing = new Set<string>();
    const set = characterSet(code_pages);
    expect(set.printable('Plain ASCII 0-9 {}~', missing)).toBe('Plain ASCII 0-9 {}~');
    expect([...missing]).toEqual([]);
    expect(set.printable('本a𝄞', missing)).toBe('?a?');
    expect([...missing]).toEqual(['本', '𝄞']);
    expect(set.runs('Plain').length).toBe(1);
  });

  it('are composed first, so that an accent that came apart is printed', () => {
    expect(characterSet('epson').printable('e\u0301', new Set())).toBe('é');
  });
});

/** Text with code page commands and line feeds, by iconv-lite and nothing of the driver. */
function decodeText(bytes: Uint8Array): string {
  let text = '';
  let page = 'cp437';
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x1b && bytes[index + 1] === 0x74) {
      page = codePageNumbers.get(bytes[index + 2] ?? 0) ?? 'unknown';
      index += 2;
    } else if (byte === 0x1d || byte === 0x1b) index += 2;
    else text += byte === 0x0a ? '\n' : iconv.decode(Buffer.of(byte), page);
  }
  return text.replace(/\n$/, '');
}
