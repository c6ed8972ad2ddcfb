import { type CharacterSet, characterSet } from './character-set.ts';
import { barcodePattern, qrPattern } from './codes.ts';
import { headWidthDots, type PrinterOptions } from './options.ts';
import { type Bitmap, rasterise, requirePixels } from './picture.ts';
import { guardPicture } from './real-time-guard.ts';
import type { Block, BlockOf } from './receipt.ts';
import { unusable } from './refuse.ts';
import { cellLines, wrap } from './text-lines.ts';

/** How characters look. */
export interface TextStyle {
  readonly bold: boolean;
  readonly underline: boolean;
  readonly invert: boolean;
  readonly width: number;
  readonly height: number;
}

type Align = 'left' | 'center' | 'right';

/** What goes onto the paper, from top to bottom: each fits, and is of characters and codes that the printer has. */
export type LaidOut =
  | { readonly kind: 'line'; readonly text: string; readonly indentColumns: number; readonly style: TextStyle }
  | {
      readonly kind: 'barcode';
      readonly block: BlockOf<'barcode'>;
      readonly data: string;
      readonly widthsDots: readonly number[];
    }
  | { readonly kind: 'qr'; readonly block: BlockOf<'qr'>; readonly size: number; readonly isDark: QrSquares }
  | { readonly kind: 'picture'; readonly picture: Bitmap; readonly align: Align }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'cut'; readonly mode: 'partial' | 'full' }
  | { readonly kind: 'drawer' }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

type QrSquares = (column: number, row: number) => boolean;

/** A receipt as it will be. */
export interface ReceiptLayout {
  readonly items: readonly LaidOut[];
  /** Characters that the printer does not have; each is printed as `?`. */
  readonly missing: readonly string[];
  /** Dots of pictures that were blackened so that they hold no commands. */
  readonly changedDots: number;
}

const plain: TextStyle = { bold: false, underline: false, invert: false, width: 1, height: 1 };

/** Lays a receipt out. Pure; throws `invalid_arguments` for what can't be printed. */
export function layOut(
  { content, cut }: { readonly content: readonly Block[]; readonly cut: boolean },
  options: PrinterOptions,
): ReceiptLayout {
  requirePixels(
    content.filter((block) => block.type === 'image'),
    headWidthDots(options),
  );
  const set = characterSet(options.code_pages);
  const missing = new Set<string>();
  let changedDots = 0;
  const lay = (block: Block): readonly LaidOut[] => {
    switch (block.type) {
      case 'text':
        return textLines(block, options, set, missing);
      case 'columns':
        return columnLines(block, options, set, missing);
      case 'rule':
        return [line(ruleOf(block.style, set).repeat(options.columns), 0, plain)];
      case 'barcode':
        return [layBarcode(block, options)];
      case 'qr':
        // A reader needs white around it, and what stands beside it on the paper is not ours to know.
        return [{ kind: 'feed', lines: 1 }, layQr(block, options), { kind: 'feed', lines: 1 }];
      case 'image': {
        const guarded = guardPicture(rasterise(block, headWidthDots(options)));
        changedDots += guarded.changedDots;
        return [{ kind: 'picture', picture: guarded.picture, align: block.align }];
      }
      case 'feed':
        return [{ kind: 'feed', lines: block.lines }];
      case 'cut':
        return [{ kind: 'cut', mode: block.mode }];
      case 'drawer':
        return [{ kind: 'drawer' }];
      case 'raw':
        return [{ kind: 'raw', bytes: new Uint8Array(Buffer.from(block.bytes, 'base64')) }];
    }
  };
  const items = content.flatMap(lay);
  const last = items.at(-1);
  const end: readonly LaidOut[] =
    cut && options.cutter && last?.kind !== 'cut' ? [{ kind: 'cut', mode: 'partial' }] : [];
  return { items: [...items, ...end], missing: [...missing], changedDots };
}

function line(text: string, indentColumns: number, style: TextStyle): LaidOut {
  return { kind: 'line', text, indentColumns, style };
}

function ruleOf(style: 'single' | 'double', set: CharacterSet): string {
  const drawn = style === 'single' ? '─' : '═';
  if (set.has(drawn)) return drawn;
  return style === 'single' ? '-' : '=';
}

function textLines(
  { text, align, bold, underline, invert, width, height }: BlockOf<'text'>,
  { columns }: PrinterOptions,
  set: CharacterSet,
  missing: Set<string>,
): readonly LaidOut[] {
  const style = { bold, underline, invert, width, height };
  const room = Math.floor(columns / width);
  return text
    .split('\n')
    .flatMap((paragraph) => wrap(set.printable(paragraph, missing), room))
    .map((words) => {
      const shown = align === 'left' ? words : words.trimEnd();
      const free = columns - Array.from(shown).length * width;
      return line(shown, align === 'left' ? 0 : align === 'right' ? free : Math.floor(free / 2), style);
    });
}

/** Text is made printable before it is wrapped, since that may change how many characters it has. */
function columnLines(
  { cells, bold, underline, invert }: BlockOf<'columns'>,
  { columns }: PrinterOptions,
  set: CharacterSet,
  missing: Set<string>,
): readonly LaidOut[] {
  const printable = cells.map(({ text, ...cell }) => ({
    ...cell,
    paragraphs: text.split('\n').map((paragraph) => set.printable(paragraph, missing)),
  }));
  return cellLines(printable, columns).map((text) => line(text, 0, { ...plain, bold, underline, invert }));
}

function layBarcode(block: BlockOf<'barcode'>, options: PrinterOptions): LaidOut {
  const pattern = barcodePattern(block.symbology, block.data, block.module_width);
  requireFit(
    'the barcode',
    pattern.widthsDots.reduce((sum, dots) => sum + dots, 0),
    options,
    'Make module_width smaller, or the data shorter.',
  );
  return { kind: 'barcode', block, ...pattern };
}

function layQr(block: BlockOf<'qr'>, options: PrinterOptions): LaidOut {
  const { size, isDark } = qrPattern(block.data, block.error_level);
  requireFit('the QR code', size * block.module_dots, options, 'Make module_dots smaller, or the data shorter.');
  return { kind: 'qr', block, size, isDark };
}

/** A printer leaves out what is too wide, and says nothing. */
function requireFit(what: string, widthDots: number, options: PrinterOptions, hint: string): void {
  const head = headWidthDots(options);
  if (widthDots > head) throw unusable(`${what} is ${widthDots} dots wide, and the head has ${head}`, hint);
}
