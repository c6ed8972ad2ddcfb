/** Paper that grows downwards, in dots; black or white. */
export interface Canvas {
  readonly widthDots: number;
  /** Down to the lowest dot that was drawn or reserved. */
  heightDots(): number;
  /** Dots beside the paper are left out. */
  set(x: number, y: number): void;
  get(x: number, y: number): boolean;
  fill(x: number, y: number, width: number, height: number): void;
  /** Turns black into white and back. */
  invert(x: number, y: number, width: number, height: number): void;
  /** Makes sure that the paper is at least this long. */
  reserve(heightDots: number): void;
}

/** Makes white paper. */
export function createCanvas(widthDots: number): Canvas {
  let rows: Uint8Array = new Uint8Array(widthDots * 256);
  let height = 0;

  const reserve = (wanted: number) => {
    height = Math.max(height, wanted);
    if (height * widthDots <= rows.length) return;
    const longer = new Uint8Array(2 * height * widthDots);
    longer.set(rows);
    rows = longer;
  };
  const each = (x: number, y: number, width: number, rowCount: number, change: (dot: number) => number) => {
    reserve(y + rowCount);
    const right = Math.min(x + width, widthDots);
    for (let row = y; row < y + rowCount; row += 1) {
      for (let column = Math.max(0, x); column < right; column += 1) {
        const index = row * widthDots + column;
        rows[index] = change(rows[index] ?? 0);
      }
    }
  };

  return {
    widthDots,
    heightDots: () => height,
    set: (x, y) => each(x, y, 1, 1, () => 1),
    get: (x, y) => x >= 0 && x < widthDots && y >= 0 && y < height && rows[y * widthDots + x] === 1,
    fill: (x, y, width, rowCount) => each(x, y, width, rowCount, () => 1),
    invert: (x, y, width, rowCount) => each(x, y, width, rowCount, (dot) => 1 - dot),
    reserve,
  };
}
