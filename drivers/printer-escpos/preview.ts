import type { Preview } from '../kit/index.ts';
import { type Canvas, createCanvas } from './drawing/canvas.ts';
import { drawBars, drawCharacter, drawPacked, drawSquares, leftEdge } from './drawing/draw.ts';
import { CELL_HEIGHT, CELL_WIDTH } from './drawing/glyphs.ts';
import { toPng } from './drawing/png.ts';
import type { LaidOut, ReceiptLayout, TextStyle } from './layout.ts';
import { headWidthDots, type PrinterOptions } from './options.ts';
import { receiptNotes } from './receipt-notes.ts';

/** Line spacing after `ESC @`: a sixth of an inch at 180 dots an inch. */
export const LINE_SPACING_DOTS = 30;

const captionStyle: TextStyle = { bold: false, underline: false, invert: false, width: 1, height: 1 };

/** The receipt as it will look on the paper, one pixel a dot. The printer's own font and QR pattern differ in detail. */
export function previewReceipt(layout: ReceiptLayout, options: PrinterOptions): Preview {
  const { canvas, cutsAtDots } = drawReceipt(layout, options);
  return {
    mediaType: 'image/png',
    bytes: toPng(canvas, cutsAtDots),
    widthDots: canvas.widthDots,
    heightDots: canvas.heightDots(),
    notes: receiptNotes(layout),
  };
}

/** How far the paper moves for a receipt, in dots. */
export function paperMoved({ items }: ReceiptLayout, options: PrinterOptions): number {
  return items.reduce((sum, item) => sum + heightOf(item, options), 0);
}

/** The receipt's dots, and where it is cut. */
export function drawReceipt(
  { items }: ReceiptLayout,
  options: PrinterOptions,
): { readonly canvas: Canvas; readonly cutsAtDots: readonly number[] } {
  const canvas = createCanvas(headWidthDots(options));
  const cutsAtDots: number[] = [];
  let y = 0;
  for (const item of items) {
    drawItem(canvas, item, y);
    y += heightOf(item, options);
    canvas.reserve(y);
    if (item.kind === 'cut') cutsAtDots.push(y);
  }
  return { canvas, cutsAtDots };
}

/** How far the paper moves for one thing. */
function heightOf(item: LaidOut, options: PrinterOptions): number {
  switch (item.kind) {
    case 'line':
      return item.text === '' ? LINE_SPACING_DOTS : Math.max(LINE_SPACING_DOTS, CELL_HEIGHT * item.style.height);
    case 'barcode': {
      const captions = { none: 0, above: 1, below: 1, both: 2 }[item.block.caption];
      return item.block.height_dots + captions * CELL_HEIGHT;
    }
    case 'qr':
      return item.size * item.block.module_dots;
    case 'picture':
      return item.picture.heightDots;
    case 'feed':
      return item.lines * LINE_SPACING_DOTS;
    case 'cut':
      return options.feed_before_cut_lines * LINE_SPACING_DOTS;
    case 'drawer':
    case 'raw':
      return 0;
  }
}

function drawItem(canvas: Canvas, item: LaidOut, y: number): void {
  const { widthDots } = canvas;
  if (item.kind === 'line') drawText(canvas, item.text, item.indentColumns * CELL_WIDTH, y, item.style);
  if (item.kind === 'barcode') drawBarcode(canvas, item, y);
  if (item.kind === 'qr') {
    const { module_dots: dots, align } = item.block;
    drawSquares(canvas, item.size, item.isDark, dots, leftEdge(align, widthDots, item.size * dots), y);
  }
  if (item.kind === 'picture') {
    const { bytes, widthDots: wide, heightDots } = item.picture;
    drawPacked(canvas, bytes, wide, heightDots, leftEdge(item.align, widthDots, wide), y);
  }
}

function drawText(canvas: Canvas, text: string, x: number, y: number, style: TextStyle): void {
  let left = x;
  for (const character of text) {
    drawCharacter(canvas, character, left, y, style);
    left += CELL_WIDTH * style.width;
  }
}

function drawBarcode(
  canvas: Canvas,
  { block, data, widthsDots }: Extract<LaidOut, { kind: 'barcode' }>,
  y: number,
): void {
  const left = leftEdge(
    block.align,
    canvas.widthDots,
    widthsDots.reduce((sum, dots) => sum + dots, 0),
  );
  const captionLeft = leftEdge(block.align, canvas.widthDots, data.length * CELL_WIDTH);
  const above = block.caption === 'above' || block.caption === 'both';
  const below = block.caption === 'below' || block.caption === 'both';
  const top = y + (above ? CELL_HEIGHT : 0);
  if (above) drawText(canvas, data, captionLeft, y, captionStyle);
  drawBars(canvas, widthsDots, left, top, block.height_dots);
  if (below) drawText(canvas, data, captionLeft, top + block.height_dots, captionStyle);
}
