import type { Canvas } from './canvas.ts';
import { CELL_HEIGHT, CELL_WIDTH, glyphOf } from './glyphs.ts';

/** How a run of characters is drawn. */
export interface DrawnStyle {
  readonly bold: boolean;
  readonly underline: boolean;
  readonly invert: boolean;
  /** Times as wide and as high. */
  readonly width: number;
  readonly height: number;
}

/** Draws one character with its cell's upper left corner at `x`, `y`. */
export function drawCharacter(canvas: Canvas, character: string, x: number, y: number, style: DrawnStyle): void {
  const { width, height } = style;
  const glyph = glyphOf(character);
  canvas.reserve(y + CELL_HEIGHT * height);
  for (let row = 0; row < CELL_HEIGHT; row += 1) {
    for (let column = 0; column < CELL_WIDTH; column += 1) {
      // Printers make bold by printing twice, one dot further.
      const isBlack = glyph.isBlack(column, row) || (style.bold && column > 0 && glyph.isBlack(column - 1, row));
      if (isBlack) canvas.fill(x + column * width, y + row * height, width, height);
    }
  }
  if (style.underline) canvas.fill(x, y + CELL_HEIGHT * height - 1, CELL_WIDTH * width, 1);
  if (style.invert) canvas.invert(x, y, CELL_WIDTH * width, CELL_HEIGHT * height);
}

/** Draws bars and gaps in turn, a bar first. */
export function drawBars(
  canvas: Canvas,
  widthsDots: readonly number[],
  x: number,
  y: number,
  heightDots: number,
): void {
  let left = x;
  for (const [index, width] of widthsDots.entries()) {
    if (index % 2 === 0) canvas.fill(left, y, width, heightDots);
    left += width;
  }
}

/** Draws a square of squares. */
export function drawSquares(
  canvas: Canvas,
  size: number,
  isDark: (column: number, row: number) => boolean,
  moduleDots: number,
  x: number,
  y: number,
): void {
  canvas.reserve(y + size * moduleDots);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (isDark(column, row)) canvas.fill(x + column * moduleDots, y + row * moduleDots, moduleDots, moduleDots);
    }
  }
}

/** Draws packed dots, the leftmost in the highest bit of each byte. */
export function drawPacked(
  canvas: Canvas,
  bytes: Uint8Array,
  widthDots: number,
  heightDots: number,
  x: number,
  y: number,
): void {
  canvas.reserve(y + heightDots);
  for (let row = 0; row < heightDots; row += 1) {
    for (let column = 0; column < widthDots; column += 1) {
      const byte = bytes[row * (widthDots / 8) + (column >> 3)] ?? 0;
      if ((byte & (0x80 >> (column & 7))) !== 0) canvas.set(x + column, y + row);
    }
  }
}

/** Where something `widthDots` wide begins on paper. */
export function leftEdge(align: 'left' | 'center' | 'right', paperDots: number, widthDots: number): number {
  if (align === 'left') return 0;
  const free = Math.max(0, paperDots - widthDots);
  return align === 'right' ? free : Math.floor(free / 2);
}
