import { z } from 'zod';
import { decodeLatin1 } from '../../kit/index.ts';

type Writer = typeof import('bwip-js/node');

const bars = z.tuple([z.looseObject({ sbs: z.array(z.int()) })]);
const squares = z.tuple([z.looseObject({ pixs: z.array(z.int()), pixx: z.int() })]);

/** A barcode as `GS k` asks for it. */
export interface PrintedBarcode {
  readonly name: string;
  readonly text: string;
  /** Bars are narrow or wide, and nothing between. */
  readonly twoWidths: boolean;
  readonly bars: (writer: Writer) => z.output<typeof bars>;
}

/** `GS k m`: symbologies of functions A and B. */
const names: Readonly<Record<number, string>> = {
  0: 'upca',
  2: 'ean13',
  3: 'ean8',
  4: 'code39',
  5: 'interleaved2of5',
  65: 'upca',
  67: 'ean13',
  68: 'ean8',
  69: 'code39',
  70: 'interleaved2of5',
  73: 'code128',
};

/** The data of `GS k`; null for what this printer does not have, or can't print, which a printer passes over in silence. */
export function readBarcodeData(symbology: number, data: Uint8Array): PrintedBarcode | null {
  const name = names[symbology];
  if (name === undefined) return null;
  const raw = decodeLatin1(data);
  const text = name === 'code128' ? readCode128(raw) : raw;
  if (text === null) return null;
  const isSound =
    name === 'code128' ||
    (name === 'code39' ? /^[0-9A-Z \-.$/+%]+$/ : name === 'interleaved2of5' ? /^(\d\d)+$/ : /^\d{7,13}$/).test(text);
  if (!isSound) return null;
  return {
    name,
    text,
    twoWidths: name === 'code39' || name === 'interleaved2of5',
    bars: (writer) => bars.parse(writer.raw({ bcid: name, text })),
  };
}

/** `{B` begins code set B, `{{` is a brace; the other functions are not spoken here. */
function readCode128(raw: string): string | null {
  if (!raw.startsWith('{B')) return null;
  const text = raw.slice(2).replaceAll('{{', '\u0000');
  return text.includes('{') ? null : text.replaceAll('\u0000', '{');
}

/** The QR code for what was stored, and what a reader would make of its bytes. */
export function qrSquares(writer: Writer, data: Uint8Array, level: number) {
  const letter = ['L', 'M', 'Q', 'H'][level - 0x30] ?? 'M';
  const text = new TextDecoder().decode(data);
  const [{ pixs, pixx }] = squares.parse(writer.raw('qrcode', text, `eclevel=${letter}`));
  return { size: pixx, isDark: (column: number, row: number) => pixs[row * pixx + column] === 1, text };
}
