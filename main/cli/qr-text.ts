import type { Environment } from './environment.ts';

/** What a reader needs around a code is four squares; on a terminal two do, and leave lines for the rest. */
const MARGIN = 2;
/** Black on bright white, whatever the terminal's own colours are. */
const PAPER = '\u001b[30;107m';
const END = '\u001b[0m';

/**
 * A QR code as text, two rows of squares a line, in its own colours. Null where it could not be read: what is written to is no
 * terminal, is too narrow, or takes no colours (https://no-color.org).
 */
export function qrText(rows: readonly string[] | null, { stdout, variables }: Environment): string | null {
  if (rows === null || stdout.isTTY !== true) return null;
  if ((variables['NO_COLOR'] ?? '') !== '' || variables['TERM'] === 'dumb') return null;
  const wide = (rows[0]?.length ?? 0) + 2 * MARGIN;
  if (stdout.columns !== undefined && stdout.columns < wide) return null;
  const blank = '.'.repeat(wide);
  const framed = [
    ...Array<string>(MARGIN).fill(blank),
    ...rows.map((row) => `${'.'.repeat(MARGIN)}${row}${'.'.repeat(MARGIN)}`),
    ...Array<string>(MARGIN).fill(blank),
  ];
  const lines: string[] = [];
  for (let index = 0; index < framed.length; index += 2) {
    const below = framed[index + 1] ?? blank;
    const squares = [...(framed[index] ?? blank)].map((above, column) => half(above === '#', below[column] === '#'));
    lines.push(`${PAPER}${squares.join('')}${END}`);
  }
  return lines.join('\n');
}

function half(above: boolean, below: boolean): string {
  if (above) return below ? '█' : '▀';
  return below ? '▄' : ' ';
}
