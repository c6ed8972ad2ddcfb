import fc from 'fast-check';
import type { Block } from '../receipt.ts';
import { pngOf } from './pictures.ts';

const align = fc.constantFrom('left' as const, 'center' as const, 'right' as const);
const words = fc.string({ unit: fc.constantFrom(...'abc XYZ 019 äßéñ€ΑΩЖя─\n'), maxLength: 80 });
const flag = fc.boolean();

const text = fc.record({
  type: fc.constant('text' as const),
  text: words,
  align,
  bold: flag,
  underline: flag,
  invert: flag,
  width: fc.integer({ min: 1, max: 4 }),
  height: fc.integer({ min: 1, max: 4 }),
});
const columns = fc.record({
  type: fc.constant('columns' as const),
  cells: fc.array(
    fc.record({ text: words, align, width: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  bold: flag,
  underline: flag,
  invert: flag,
});
const rule = fc.record({
  type: fc.constant('rule' as const),
  style: fc.constantFrom('single' as const, 'double' as const),
});
const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));
const barcodeData = fc.oneof(
  fc.record({ symbology: fc.constant('ean13' as const), data: digits(12) }),
  fc.record({ symbology: fc.constant('ean8' as const), data: digits(7) }),
  fc.record({ symbology: fc.constant('upca' as const), data: digits(11) }),
  fc.record({ symbology: fc.constant('code39' as const), data: fc.stringMatching(/^[0-9A-Z.$/+%-]{1,8}$/) }),
  fc.record({ symbology: fc.constant('itf' as const), data: digits(8) }),
  fc.record({ symbology: fc.constant('code128' as const), data: fc.stringMatching(/^[!-~]{1,10}$/) }),
);
const barcode = fc
  .record({
    type: fc.constant('barcode' as const),
    code: barcodeData,
    height_dots: fc.integer({ min: 40, max: 120 }),
    module_width: fc.constant(1),
    caption: fc.constantFrom('none' as const, 'above' as const, 'below' as const, 'both' as const),
    align,
  })
  .map(({ code, ...rest }) => ({ ...rest, ...code }));
const qr = fc.record({
  type: fc.constant('qr' as const),
  data: fc.string({ unit: fc.constantFrom(...'abc/:.?=019ü€'), minLength: 1, maxLength: 60 }),
  module_dots: fc.integer({ min: 3, max: 6 }),
  error_level: fc.constantFrom('l' as const, 'm' as const, 'q' as const, 'h' as const),
  align,
});
const image = fc
  .record({
    type: fc.constant('image' as const),
    dots: fc.array(fc.constantFrom(0, 255), { minLength: 64 * 8, maxLength: 64 * 8 }),
    dither: fc.constantFrom('floyd_steinberg' as const, 'threshold' as const),
    align,
  })
  .map(({ dots, ...rest }) => ({ ...rest, png: pngOf(64, 8, (x, y) => dots[y * 64 + x] ?? 0) }));
const feed = fc.record({ type: fc.constant('feed' as const), lines: fc.integer({ min: 1, max: 3 }) });

/** Receipts of every kind of block that needs no switching on, all of which fit on 42 columns. */
export const anyReceipt: fc.Arbitrary<readonly Block[]> = fc.array(
  fc.oneof(text, columns, rule, barcode, qr, image, feed),
  { minLength: 1, maxLength: 6 },
);
