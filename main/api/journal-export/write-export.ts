import type { JournalEntryObject, JournalExportHeader } from '../schemas/index.ts';
import { chain, type Unhashed } from './chain.ts';

/** What the header says beside what is the same in all. */
export type ExportFacts = Omit<JournalExportHeader, 'type' | 'format' | 'format_version' | 'n' | 'hash'>;

/** An export line by line, each with its line feed. Takes one page at a time, so that no more is ever in memory. */
export function* writeExport(
  facts: ExportFacts,
  pages: Iterable<readonly JournalEntryObject[]>,
): Generator<string, void, void> {
  let previous = '';
  let n = 0;
  const next = (line: Unhashed): string => {
    previous = chain(previous, line);
    n += 1;
    return `${previous}\n`;
  };
  yield next({ type: 'header', format: 'fibric-edge-journal', format_version: 1, n: 0, ...facts });
  for (const page of pages) for (const entry of page) yield next({ type: 'entry', n, entry });
  yield next({ type: 'trailer', n, count: n - 1 });
}
