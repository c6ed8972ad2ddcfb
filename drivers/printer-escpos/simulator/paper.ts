import { createHash } from 'node:crypto';
import { wideDots, withoutLastGap } from '../codes.ts';
import { type Canvas, createCanvas } from '../drawing/canvas.ts';
import { drawBars, drawCharacter, drawPacked, drawSquares, leftEdge } from '../drawing/draw.ts';
import { barcodeWriter, iconv } from '../lazy-packages.ts';
import { codePageNumbers } from './code-page-numbers.table.ts';
import type { Command, StyleKey } from './commands.ts';
import { qrSquares, readBarcodeData } from './printed-codes.ts';

const CELL_WIDTH = 12;
const CELL_HEIGHT = 24;
const SPACING = 30;

/** What came out of the printer up to a cut. */
export interface PrintedReceipt {
  readonly text: string;
  readonly heightDots: number;
  /** SHA-256 over all dots. */
  readonly digest: string;
  readonly canvas: Canvas;
}

/** The paper under the head. */
export interface Paper {
  /** Carries a command out. Gives how many lines the paper moved. */
  print(command: Command): number;
  /** What is printed and not cut. */
  current(): PrintedReceipt;
  /** Cuts it off; null when nothing is on it. */
  cut(): PrintedReceipt | null;
  /** Back to the state after switching on. */
  reset(): void;
}

interface Cell {
  readonly character: string;
  readonly size: number;
  readonly bold: boolean;
  readonly underline: boolean;
  readonly invert: boolean;
}

const initial: Readonly<Record<StyleKey, number>> = {
  align: 0,
  bold: 0,
  underline: 0,
  invert: 0,
  size: 0,
  code_page: 0,
  line_spacing: 0x100,
  barcode_height: 162,
  barcode_width: 3,
  caption: 0,
  automatic_status: 0,
};

/** Interprets commands as the manuals say, knowing nothing of who encoded them. */
export function createPaper(widthDots: number): Paper {
  let state = { ...initial };
  let canvas = createCanvas(widthDots);
  let y = 0;
  let cells: Cell[] = [];
  let lines: string[] = [];
  let symbol = { moduleDots: 3, level: 0x31, data: new Uint8Array() };

  const align = () => (state.align % 48 === 1 ? 'center' : state.align % 48 === 2 ? 'right' : 'left');
  const spacing = () => (state.line_spacing === 0x100 ? SPACING : state.line_spacing);
  const advance = (dots: number) => {
    y += dots;
    canvas.reserve(y);
  };

  const printLine = (): void => {
    const height = cells.reduce((most, cell) => Math.max(most, ((cell.size & 7) + 1) * CELL_HEIGHT), 0);
    const width = cells.reduce((sum, cell) => sum + widthOf(cell), 0);
    let x = leftEdge(align(), widthDots, width);
    for (const cell of cells) {
      const high = (cell.size & 7) + 1;
      // Characters of a line stand on one line.
      drawCharacter(canvas, cell.character, x, y + height - high * CELL_HEIGHT, {
        ...cell,
        width: (cell.size >> 4) + 1,
        height: high,
      });
      x += widthOf(cell);
    }
    lines.push(cells.map((cell) => cell.character).join(''));
    cells = [];
    advance(Math.max(height, spacing()));
  };

  const addText = (bytes: Uint8Array): number => {
    const encoding = codePageNumbers.get(state.code_page);
    let moved = 0;
    for (const byte of bytes) {
      const character =
        byte < 0x80
          ? String.fromCharCode(byte)
          : encoding === undefined
            ? '\ufffd'
            : iconv().decode(Buffer.of(byte), encoding);
      const { size, bold, underline, invert } = state;
      const cell = { character, size, bold: bold % 2 === 1, underline: underline % 48 !== 0, invert: invert % 2 === 1 };
      if (cells.reduce((sum, each) => sum + widthOf(each), 0) + widthOf(cell) > widthDots) {
        printLine();
        moved += 1;
      }
      cells.push(cell);
    }
    return moved;
  };

  const printBarcode = (symbology: number, data: Uint8Array): void => {
    const code = readBarcodeData(symbology, data);
    if (code === null) return;
    const [{ sbs }] = code.bars(barcodeWriter());
    const narrow = state.barcode_width;
    const widths = withoutLastGap(sbs).map((modules) =>
      code.twoWidths ? (modules > 1 ? wideDots(narrow) : narrow) : modules * narrow,
    );
    const width = widths.reduce((sum, dots) => sum + dots, 0);
    // Too wide for the paper: a printer prints nothing, and says nothing.
    if (width > widthDots) return;
    const caption = (top: number) => {
      let x = leftEdge(align(), widthDots, code.text.length * CELL_WIDTH);
      const style = { bold: false, underline: false, invert: false, width: 1, height: 1 };
      for (const character of code.text) {
        drawCharacter(canvas, character, x, top, style);
        x += CELL_WIDTH;
      }
    };
    const place = state.caption % 48;
    if (place === 1 || place === 3) {
      caption(y);
      advance(CELL_HEIGHT);
    }
    drawBars(canvas, widths, leftEdge(align(), widthDots, width), y, state.barcode_height);
    advance(state.barcode_height);
    if (place === 2 || place === 3) {
      caption(y);
      advance(CELL_HEIGHT);
    }
    lines.push(`[barcode ${code.name} ${code.text}]`);
  };

  const printSymbol = (fn: number, parameters: Uint8Array): void => {
    const [first = 0] = parameters;
    if (fn === 0x43) symbol = { ...symbol, moduleDots: first };
    if (fn === 0x45) symbol = { ...symbol, level: first };
    if (fn === 0x50) symbol = { ...symbol, data: parameters.slice(1) };
    if (fn !== 0x51 || symbol.data.length === 0) return;
    const { size, isDark, text } = qrSquares(barcodeWriter(), symbol.data, symbol.level);
    const width = size * symbol.moduleDots;
    if (width > widthDots) return;
    drawSquares(canvas, size, isDark, symbol.moduleDots, leftEdge(align(), widthDots, width), y);
    advance(width);
    lines.push(`[qr ${text}]`);
  };

  const current = (): PrintedReceipt => {
    const hash = createHash('sha256').update(`${widthDots}x${canvas.heightDots()}`);
    for (let row = 0; row < canvas.heightDots(); row += 1) {
      hash.update(Uint8Array.from({ length: widthDots }, (_, column) => (canvas.get(column, row) ? 1 : 0)));
    }
    return { text: lines.join('\n'), heightDots: canvas.heightDots(), digest: hash.digest('hex'), canvas };
  };

  const reset = () => {
    state = { ...initial };
    cells = [];
    symbol = { moduleDots: 3, level: 0x31, data: new Uint8Array() };
  };

  return {
    print(command) {
      switch (command.kind) {
        case 'text':
          return addText(command.bytes);
        case 'line_feed':
          printLine();
          return 1;
        case 'feed':
          if (cells.length > 0) printLine();
          advance(command.lines * spacing());
          return command.lines;
        case 'initialise':
          reset();
          return 0;
        case 'set':
          state = { ...state, [command.what]: command.value };
          return 0;
        case 'barcode':
          printBarcode(command.symbology, command.data);
          return 3;
        case 'symbol':
          printSymbol(command.fn, command.parameters);
          return command.fn === 0x51 ? 5 : 0;
        case 'raster':
          drawPacked(
            canvas,
            command.data,
            command.widthDots,
            command.heightDots,
            leftEdge(align(), widthDots, command.widthDots),
            y,
          );
          advance(command.heightDots);
          lines.push(`[picture ${command.widthDots}x${command.heightDots}]`);
          return Math.ceil(command.heightDots / SPACING);
        case 'cut':
          advance(command.feedDots);
          return 0;
        default:
          return 0;
      }
    },
    current,
    cut() {
      const receipt = canvas.heightDots() === 0 ? null : current();
      canvas = createCanvas(widthDots);
      y = 0;
      lines = [];
      return receipt;
    },
    reset,
  };
}

function widthOf({ size }: Cell): number {
  return CELL_WIDTH * ((size >> 4) + 1);
}
