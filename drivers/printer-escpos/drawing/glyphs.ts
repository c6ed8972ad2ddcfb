import { type OutlineFont, outlineFont, type PathCommand } from '../lazy-packages.ts';

/** A character's dots in its cell. */
export interface Glyph {
  readonly isBlack: (x: number, y: number) => boolean;
}

/** Font A of most receipt printers. */
export const CELL_WIDTH = 12;
/** Font A of most receipt printers. */
export const CELL_HEIGHT = 24;

/** Size at which a character of the font is as wide as a cell, and where its feet stand. */
const FONT_SIZE = 19.9;
const BASELINE = 18.5;
/** Points of each dot that are looked at, across and down; this many inside make it black. */
const SAMPLES = 4;
const ENOUGH_INSIDE = 6;

interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const glyphs = new Map<string, Glyph>();

/** The dots of a character, made once; a box when the font does not have it. */
export function glyphOf(character: string): Glyph {
  const known = glyphs.get(character);
  if (known !== undefined) return known;
  const font = outlineFont();
  const glyph = font.charToGlyphIndex(character) === 0 ? box : draw(font, character);
  glyphs.set(character, glyph);
  return glyph;
}

const box: Glyph = {
  isBlack: (x, y) => x >= 1 && x <= 10 && y >= 3 && y <= 18 && (x === 1 || x === 10 || y === 3 || y === 18),
};

function draw(font: OutlineFont, character: string): Glyph {
  const edges = flatten(font.getPath(character, 0, BASELINE, FONT_SIZE).commands);
  const dots = new Uint8Array(CELL_WIDTH * CELL_HEIGHT);
  for (let row = 0; row < CELL_HEIGHT * SAMPLES; row += 1) {
    const y = (row + 0.5) / SAMPLES;
    const crossings = edges.flatMap((edge) => crossing(edge, y));
    for (let column = 0; column < CELL_WIDTH * SAMPLES; column += 1) {
      const x = (column + 0.5) / SAMPLES;
      // The winding number: what lies to the left of the point turns around it.
      const winding = crossings.reduce((sum, cross) => (cross.x <= x ? sum + cross.direction : sum), 0);
      const index = Math.floor(y) * CELL_WIDTH + Math.floor(x);
      if (winding !== 0) dots[index] = (dots[index] ?? 0) + 1;
    }
  }
  return { isBlack: (x, y) => (dots[y * CELL_WIDTH + x] ?? 0) >= ENOUGH_INSIDE };
}

function crossing({ x0, y0, x1, y1 }: Edge, y: number): readonly { readonly x: number; readonly direction: number }[] {
  if (y0 <= y === y1 <= y) return [];
  return [{ x: x0 + ((y - y0) * (x1 - x0)) / (y1 - y0), direction: y1 > y0 ? 1 : -1 }];
}

/** Curves as short straight pieces; at this size more pieces change no dot. */
function flatten(commands: readonly PathCommand[]): readonly Edge[] {
  const edges: Edge[] = [];
  let from = { x: 0, y: 0 };
  let start = from;
  const lineTo = (to: { readonly x: number; readonly y: number }) => {
    edges.push({ x0: from.x, y0: from.y, x1: to.x, y1: to.y });
    from = { x: to.x, y: to.y };
  };
  const curve = (...points: readonly { readonly x: number; readonly y: number }[]) => {
    const all = [from, ...points];
    const pieces = 8;
    for (let piece = 1; piece <= pieces; piece += 1) lineTo(onCurve(all, piece / pieces));
  };
  for (const command of commands) {
    if (command.type === 'M') {
      from = { x: command.x, y: command.y };
      start = from;
    } else if (command.type === 'L') lineTo(command);
    else if (command.type === 'Q') curve({ x: command.x1, y: command.y1 }, command);
    else if (command.type === 'C') curve({ x: command.x1, y: command.y1 }, { x: command.x2, y: command.y2 }, command);
    else lineTo(start);
  }
  return edges;
}

/** De Casteljau. */
function onCurve(points: readonly { readonly x: number; readonly y: number }[], at: number): { x: number; y: number } {
  let left = points.map(({ x, y }) => ({ x, y }));
  while (left.length > 1) {
    left = left.slice(1).map((point, index) => {
      const before = left[index] ?? point;
      return { x: before.x + (point.x - before.x) * at, y: before.y + (point.y - before.y) * at };
    });
  }
  return left[0] ?? { x: 0, y: 0 };
}
