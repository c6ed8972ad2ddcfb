import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Drawing and encoding are wanted by the first receipt, not by every agent: these packages are loaded when first needed.
// A plan is made synchronously, so they are required rather than imported.
const require = createRequire(import.meta.url);

function lazily<T>(load: () => T): () => T {
  let loaded: { readonly value: T } | null = null;
  return () => {
    loaded ??= { value: load() };
    return loaded.value;
  };
}

/** `@point-of-sale/receipt-printer-encoder`: ESC/POS commands. */
export const receiptEncoder = lazily((): typeof import('@point-of-sale/receipt-printer-encoder').default =>
  require('@point-of-sale/receipt-printer-encoder'),
);

/** `@point-of-sale/codepage-encoder`: the code pages that the encoder chooses from. */
export const codePageEncoder = lazily((): typeof import('@point-of-sale/codepage-encoder').default =>
  require('@point-of-sale/codepage-encoder'),
);

/** `bwip-js`: the bars of barcodes and the squares of QR codes. */
export const barcodeWriter = lazily((): typeof import('bwip-js/node') => require('bwip-js/node'));

/** `fast-png`: PNG files. */
export const pngCodec = lazily((): typeof import('fast-png') => require('fast-png'));

/** `iconv-lite`: code pages, from a source of its own, for the simulator. */
export const iconv = lazily((): typeof import('iconv-lite') => require('iconv-lite'));

/** `opentype.js`: outlines of characters. */
export const outlineFont = lazily((): OutlineFont => {
  const { parse }: { parse: (file: ArrayBuffer) => OutlineFont } = require('opentype.js');
  const file = readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf'));
  return parse(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
});

/** What is used of a font (the package brings no types). */
export interface OutlineFont {
  readonly unitsPerEm: number;
  /** 0 when the font does not have the character. */
  charToGlyphIndex(character: string): number;
  getPath(text: string, x: number, y: number, fontSize: number): { readonly commands: readonly PathCommand[] };
}

/** One piece of an outline. */
export type PathCommand =
  | { readonly type: 'M' | 'L'; readonly x: number; readonly y: number }
  | { readonly type: 'Q'; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
  | {
      readonly type: 'C';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly x: number;
      readonly y: number;
    }
  | { readonly type: 'Z' };
