import { type CheckableLine, checkableLineSchema, type JournalExportHeader } from '../schemas/index.ts';
import { canonical, hashOf } from './chain.ts';
import { type ExportText, readLines } from './read-lines.ts';

/** What happened to the first line that is wrong, as far as the lines around it tell. */
export type ExportFault = 'edited' | 'removed' | 'reordered' | 'added' | 'cut_off' | 'trailer_missing';

/** What an export is found to be. */
export type ExportVerdict =
  | {
      readonly whole: true;
      readonly header: JournalExportHeader;
      readonly count: number;
      /** The last line's: two exports with the same one are the same. */
      readonly hash: string;
    }
  | {
      readonly whole: false;
      /** From 1; the line at which something is wrong, or where one should be. */
      readonly line: number;
      readonly fault: ExportFault;
      /** What is wrong there, in a sentence. */
      readonly message: string;
    };

/**
 * Reads an export from its bytes, however they are cut, and says whether it is whole. Whoever rewrites every hash from
 * some line on is found only by comparing the hash of the whole with one that was kept elsewhere.
 */
export async function verifyExport(chunks: AsyncIterable<Uint8Array>): Promise<ExportVerdict> {
  const lines = readLines(chunks)[Symbol.asyncIterator]();
  let header: JournalExportHeader | null = null;
  let previous = '';
  for (let expected = 0; ; expected += 1) {
    const place = expected + 1;
    const { value: found, done } = await lines.next();
    if (done === true) return wrong(place, 'trailer_missing', 'The file ends without its last line.');
    const line = parseLine(found);
    if (line === null) {
      return found.ended
        ? wrong(place, 'edited', 'This is not a line as it was written.')
        : wrong(place, 'cut_off', 'The file ends within this line.');
    }
    if (!found.ended) return wrong(place, 'cut_off', 'The file ends within this line: its line feed is gone.');
    const { hash, ...rest } = line;
    const right = line.n === expected && (line.type === 'header') === (expected === 0);
    if (!right || hash !== hashOf(previous, rest)) return explain(line, expected, lines);
    if (line.type === 'header') header = line;
    if (line.type !== 'trailer') {
      previous = canonical(line);
      continue;
    }
    if (line.count !== expected - 1) return wrong(place, 'edited', 'The count of the last line is another.');
    const more = await lines.next();
    if (more.done !== true) return wrong(place + 1, 'added', 'There is more behind the last line.');
    if (header === null) return wrong(1, 'removed', 'The first line is missing.');
    return { whole: true, header, count: line.count, hash };
  }
}

function wrong(line: number, fault: ExportFault, message: string): ExportVerdict {
  return { whole: false, line, fault, message };
}

/** A line exactly as it is written: its own canonical form, byte for byte. */
function parseLine({ text }: ExportText): CheckableLine | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    const parsed = checkableLineSchema.safeParse(value);
    return parsed.success && typeof value === 'object' && value !== null && canonical(value) === text
      ? parsed.data
      : null;
  } catch {
    return null;
  }
}

/** Why a well-formed line does not follow on the one before: told by its number and by those of the lines after it. */
async function explain(
  line: CheckableLine,
  expected: number,
  rest: AsyncIterator<ExportText, void, undefined>,
): Promise<ExportVerdict> {
  const place = expected + 1;
  if (line.n < expected) return wrong(place, 'reordered', `Line ${line.n + 1} stands here again or too late.`);
  if (line.n === expected) return wrong(place, 'edited', 'This line does not fit its hash and the line before it.');
  const { value: following } = await rest.next();
  const next = following === undefined ? null : parseLine(following);
  if (next?.n === expected + 1) return wrong(place, 'edited', 'The number of this line is another.');
  for (let later = next; ; ) {
    if (later?.n === expected)
      return wrong(place, 'reordered', `Line ${line.n + 1} stands here, and this one further on.`);
    const { value, done } = await rest.next();
    if (done === true || value === undefined) break;
    later = parseLine(value);
  }
  const missing = line.n - expected;
  return wrong(place, 'removed', `${missing === 1 ? 'A line is' : `${missing} lines are`} missing here.`);
}
