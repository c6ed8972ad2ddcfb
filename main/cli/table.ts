/** One column: its heading and what it shows of a row. */
export interface Column<Row> {
  readonly heading: string;
  readonly value: (row: Row) => string | number | null;
}

/** Rows as aligned text with a heading, without trailing space; `none` when there are no rows. Null shows as `-`. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], none: string): string {
  if (rows.length === 0) return none;
  const cells = [
    columns.map(({ heading }) => heading.toUpperCase()),
    ...rows.map((row) => columns.map(({ value }) => plain(value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => [...(line[index] ?? '')].length)));
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Facts as `name: value` lines, aligned. Null shows as `-`. */
export function formatFacts(facts: Readonly<Record<string, string | number | boolean | null>>): string {
  const width = Math.max(0, ...Object.keys(facts).map((name) => name.length + 1));
  return Object.entries(facts)
    .map(([name, value]) => `${`${name}:`.padEnd(width)} ${plain(value)}`)
    .join('\n');
}

/** What comes from devices can't move the cursor or colour the terminal. */
export function plain(value: string | number | boolean | null): string {
  if (value === null || value === '') return '-';
  return String(value).replaceAll(/\p{Cc}/gu, '\u{fffd}');
}
