import { unusable } from './refuse.ts';

/** Breaks text without line breaks into lines of at most `room` characters, at blanks where there are any. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let rest = Array.from(text);
  while (rest.length > room) {
    // The blank at which a line is broken is not printed, so that one right behind the line counts too.
    const blank = rest.slice(0, room + 1).lastIndexOf(' ');
    const isIndent = rest.slice(0, Math.max(0, blank)).every((character) => character === ' ');
    if (blank <= 0 || isIndent) {
      lines.push(rest.slice(0, room).join(''));
      rest = rest.slice(room);
    } else {
      lines.push(rest.slice(0, blank).join(''));
      rest = rest.slice(blank + 1);
    }
  }
  lines.push(rest.join(''));
  return lines;
}

/** One row of cells as lines of text: each cell is wrapped in its own width. Throws `invalid_arguments` when they don't fit. */
export function cellLines(
  cells: readonly {
    readonly paragraphs: readonly string[];
    readonly width?: number | undefined;
    readonly align: 'left' | 'center' | 'right';
  }[],
  columns: number,
): readonly string[] {
  const widths = cellWidths(cells, columns);
  const wrapped = cells.map((cell, index) =>
    cell.paragraphs.flatMap((paragraph) => wrap(paragraph, widths[index] ?? 1)),
  );
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    cells
      .map((cell, index) => pad(wrapped[index]?.[row] ?? '', widths[index] ?? 1, cell.align))
      .join('')
      .trimEnd(),
  );
}

function cellWidths(cells: readonly { readonly width?: number | undefined }[], columns: number): readonly number[] {
  const fixed = cells.reduce((sum, { width }) => sum + (width ?? 0), 0);
  const open = cells.filter(({ width }) => width === undefined).length;
  const left = columns - fixed;
  if (left < open) {
    throw unusable(
      `the cells need at least ${fixed + open} columns, and the paper has ${columns}`,
      'Make the widths smaller.',
    );
  }
  let given = 0;
  return cells.map(({ width }) => {
    if (width !== undefined) return width;
    given += 1;
    // What can't be shared evenly goes to the first ones.
    return Math.floor(left / open) + (given <= left % open ? 1 : 0);
  });
}

function pad(text: string, width: number, align: 'left' | 'center' | 'right'): string {
  const shown = align === 'left' ? text : text.trim();
  const free = width - Array.from(shown).length;
  const before = align === 'left' ? 0 : align === 'right' ? free : Math.floor(free / 2);
  return ' '.repeat(before) + shown + ' '.repeat(free - before);
}
