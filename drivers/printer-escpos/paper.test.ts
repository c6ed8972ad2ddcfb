import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { JsonObject } from '../kit/index.ts';
import { encodeReceipt } from './encode.ts';
import { layOut } from './layout.ts';
import { optionsSchema } from './options.ts';
import { previewReceipt } from './preview.ts';
import { type Block, receiptInput } from './receipt.ts';
import { printerEscposSimulator } from './simulator.ts';
import { pngOf } from './testing/pictures.ts';
import { anyReceipt } from './testing/receipts.ts';

/**
 * The preview is drawn from the arguments, the paper from the bytes. They share how a glyph, a bar or a square is drawn, not
 * what is where. This part of the dots may differ: none does today, and a line of text that moved would be far more.
 */
const TOLERANCE = 0.002;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly isBlack: (x: number, y: number) => boolean;
}

function read(png: Uint8Array): Picture {
  const { width, height, data } = decode(png);
  // The dashed line of a cut is grey.
  return { width, height, isBlack: (x, y) => (data[y * width + x] ?? 255) < 100 };
}

function print(content: readonly Block[], own: JsonObject = {}) {
  const options = optionsSchema.parse(own);
  const layout = layOut({ content, cut: true }, options);
  const printer = printerEscposSimulator.create({ head_width_dots: 512 });
  printer.receive(encodeReceipt(layout, options), () => {});
  const seen = printer.view?.({});
  return {
    preview: read(previewReceipt(layout, options).bytes),
    paper: read(Buffer.from(String(seen?.['data']), 'base64')),
    text: String(seen?.['text']),
  };
}

function differingPart(left: Picture, right: Picture): number {
  expect([left.width, left.height]).toEqual([right.width, right.height]);
  let differing = 0;
  for (let y = 0; y < left.height; y += 1) {
    for (let x = 0; x < left.width; x += 1) if (left.isBlack(x, y) !== right.isBlack(x, y)) differing += 1;
  }
  return differing / (left.width * left.height);
}

const parse = (content: readonly JsonObject[]) => receiptInput(optionsSchema.parse({})).parse({ content }).content;

describe('preview and paper', () => {
  it('are the same picture, for any receipt', () => {
    fc.assert(
      fc.property(anyReceipt, (content) => {
        const { preview, paper } = print(content);
        expect(differingPart(preview, paper)).toBeLessThanOrEqual(TOLERANCE);
      }),
      { numRuns: 40 },
    );
  });

  it('are the same for a picture as wide as the head', () => {
    const png = pngOf(512, 300, (x, y) => ((x ^ y) * 7) & 255);
    const { preview, paper } = print(parse([{ type: 'image', png }]));
    expect(differingPart(preview, paper)).toBe(0);
  });

  it('differ when a line moves, so that the comparison means something', () => {
    const { preview } = print(parse([{ type: 'text', text: 'Total 12.50', bold: true, width: 2, height: 2 }]));
    const { paper } = print(parse([{ type: 'text', text: ' Total 12.50', bold: true, width: 2, height: 2 }]));
    expect(differingPart(preview, paper)).toBeGreaterThan(TOLERANCE * 5);
  });

  it('show the words in their code pages', () => {
    const { text } = print(
      parse([
        { type: 'text', text: 'Żółć Ωμέγα Жук 5 €' },
        { type: 'columns', cells: [{ text: 'ß' }] },
      ]),
    );
    expect(text).toContain('Żółć Ωμέγα Жук 5 €\nß');
  });
});

describe('a reader that nobody here wrote (ZXing)', () => {
  beforeAll(() => {
    const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
    const file = readFileSync(wasm);
    prepareZXingModule({
      overrides: { wasmBinary: file.buffer.slice(file.byteOffset, file.byteOffset + file.length) },
      fireImmediately: true,
    });
  });

  const scan = async ({ width, height, isBlack }: Picture) => {
    // Paper has white beside the printed dots.
    const margin = 40;
    const png = pngOf(width + 2 * margin, height + 2 * margin, (x, y) => (isBlack(x - margin, y - margin) ? 0 : 255));
    const found = await readBarcodes(Buffer.from(png, 'base64'), { tryHarder: true });
    return found.map(({ format, text }) => [format, text]);
  };

  it.each<[JsonObject, string, string]>([
    [{ type: 'barcode', symbology: 'ean13', data: '400638133393' }, 'EAN13', '4006381333931'],
    [{ type: 'barcode', symbology: 'ean8', data: '9638507' }, 'EAN8', '96385074'],
    [{ type: 'barcode', symbology: 'upca', data: '042100005264', caption: 'above' }, 'EAN13', '0042100005264'],
    [{ type: 'barcode', symbology: 'code39', data: 'AB-12', caption: 'none' }, 'Code39', 'AB-12'],
    [{ type: 'barcode', symbology: 'itf', data: '00123456' }, 'ITF', '00123456'],
    [{ type: 'barcode', symbology: 'code128', data: 'Order {42}', module_width: 1 }, 'Code128', 'Order {42}'],
    [{ type: 'qr', data: 'https://example.com/für?n=1' }, 'QRCode', 'https://example.com/für?n=1'],
    // A UPC-A code is an EAN-13 code that begins with a zero.
  ])('reads %o from the paper and from the preview', async (block, format, text) => {
    const { paper, preview } = print(parse([{ type: 'text', text: 'Scan me' }, { type: 'feed' }, block]));
    expect(await scan(paper)).toEqual([[format, text]]);
    expect(await scan(preview)).toEqual([[format, text]]);
  });
});
