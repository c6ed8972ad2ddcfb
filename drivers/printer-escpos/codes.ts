import { z } from 'zod';
import { barcodeWriter } from './lazy-packages.ts';
import type { BlockOf } from './receipt.ts';
import { unusable } from './refuse.ts';

/** A barcode ready to print: its checked data, and the dots of each bar and gap in turn, a bar first. */
export interface BarcodePattern {
  readonly data: string;
  readonly widthsDots: readonly number[];
}

/** A QR code's squares, row by row. */
export interface QrPattern {
  readonly size: number;
  readonly isDark: (column: number, row: number) => boolean;
}

// What the writer gives for linear codes, and for square ones.
const barsSchema = z.tuple([z.looseObject({ sbs: z.array(z.int().min(1)) })]);
const squaresSchema = z.tuple([z.looseObject({ pixs: z.array(z.literal([0, 1])), pixx: z.int() })]);

type Symbology = BlockOf<'barcode'>['symbology'];

/** Digits without the check digit. */
const articleDigits = { ean13: 12, ean8: 7, upca: 11 } as const;

const writerNames: Readonly<Record<Symbology, string>> = {
  ean13: 'ean13',
  ean8: 'ean8',
  upca: 'upca',
  code39: 'code39',
  itf: 'interleaved2of5',
  code128: 'code128',
};

/** The data as it is printed, check digit included. Throws `invalid_arguments` when this symbology can't hold it. */
export function barcodeData(symbology: Symbology, data: string): string {
  switch (symbology) {
    case 'ean13':
    case 'ean8':
    case 'upca':
      return withCheckDigit(symbology, data);
    case 'code39':
      if (/^[0-9A-Z \-.$/+%]+$/.test(data)) return data;
      throw unusable(
        `code39 can't hold ${JSON.stringify(data)}`,
        'It has capitals, digits, space and - . $ / + %; use code128 for the rest.',
      );
    case 'itf':
      if (/^(\d\d)+$/.test(data)) return data;
      throw unusable(`itf needs an even number of digits, not ${JSON.stringify(data)}`, 'Put a 0 in front.');
    case 'code128':
      if (/^[\x20-\x7e]{1,120}$/.test(data)) return data;
      throw unusable(
        `code128 can't hold ${JSON.stringify(data)}`,
        'It has up to 120 printable ASCII characters; use a QR code for the rest.',
      );
  }
}

/** The bars as a printer makes them for `GS w n` with module width 1 to 3. */
export function barcodePattern(symbology: Symbology, data: string, moduleWidth: number): BarcodePattern {
  const checked = barcodeData(symbology, data);
  const [{ sbs }] = barsSchema.parse(barcodeWriter().raw({ bcid: writerNames[symbology], text: checked }));
  const narrow = narrowDots(symbology, moduleWidth);
  const isTwoWidth = symbology === 'code39' || symbology === 'itf';
  const wide = wideDots(narrow);
  return {
    data: checked,
    widthsDots: withoutLastGap(sbs).map((modules) => (isTwoWidth ? (modules > 1 ? wide : narrow) : modules * narrow)),
  };
}

/** The squares of a QR code, model 2; the text as UTF-8. */
export function qrPattern(data: string, errorLevel: 'l' | 'm' | 'q' | 'h'): QrPattern {
  const [{ pixs, pixx }] = squaresSchema.parse(writeQr(data, errorLevel));
  return { size: pixx, isDark: (column, row) => pixs[row * pixx + column] === 1 };
}

/** Bars and gaps in turn begin and end with a bar; the writer gives Code 39 a gap after the last one. */
export function withoutLastGap(modules: readonly number[]): readonly number[] {
  return modules.length % 2 === 0 ? modules.slice(0, -1) : modules;
}

/** `GS w`: the encoder sets one dot more than the module width, for ITF twice as many. */
export function narrowDots(symbology: string, moduleWidth: number): number {
  return symbology === 'itf' ? moduleWidth * 2 : moduleWidth + 1;
}

/** The wide bars of Code 39 and ITF: two and a half times the narrow ones, in whole dots. */
export function wideDots(narrow: number): number {
  return Math.round(narrow * 2.5);
}

function writeQr(text: string, errorLevel: string): unknown {
  try {
    return barcodeWriter().raw('qrcode', text, `eclevel=${errorLevel.toUpperCase()}`);
  } catch (cause) {
    throw unusable(`the QR code can't hold its data (${String(cause)})`, 'Shorten the data or lower error_level.');
  }
}

/** GS1 check digit: weights 3 and 1 from the right. */
function withCheckDigit(symbology: keyof typeof articleDigits, data: string): string {
  const length = articleDigits[symbology];
  const body = data.slice(0, length);
  if (!/^\d+$/.test(data) || body.length < length || data.length > length + 1) {
    throw unusable(
      `${symbology} needs ${length} digits, or ${length + 1} with the check digit, not ${JSON.stringify(data)}`,
      'Correct the number.',
    );
  }
  const sum = [...body].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  const check = String((10 - (sum % 10)) % 10);
  const given = data.slice(length);
  if (given !== '' && given !== check) {
    throw unusable(
      `the check digit of ${data} is ${given}, and ${check} is right`,
      'Look at the number again: a digit is wrong.',
    );
  }
  return body + check;
}
