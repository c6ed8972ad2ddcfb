import type { Codepage } from '@point-of-sale/codepage-encoder';
import { type CodePageTable, preferredCodePages } from './code-pages.table.ts';
import { codePageEncoder, receiptEncoder } from './lazy-packages.ts';

/** Text that one code page has. */
export interface PageRun {
  readonly page: Codepage;
  readonly text: string;
}

/** The characters that a model can print. */
export interface CharacterSet {
  has(character: string): boolean;
  /** Text as it is printed: in composed form, a `?` for each character that the model does not have, which goes to `missing`. */
  printable(text: string, missing: Set<string>): string;
  /** Splits printable text by the code pages that it needs; stays in a page as long as that has what comes. */
  runs(text: string): readonly PageRun[];
}

/** Below it a byte is a command to the printer, whatever picture the code page has for it; so is DEL. */
const FIRST_CHARACTER = 0x20;
const DELETE = 0x7f;

const sets = new Map<CodePageTable, CharacterSet>();

/** The set of a table, made once. */
export function characterSet(table: CodePageTable): CharacterSet {
  const known = sets.get(table);
  if (known !== undefined) return known;
  const made = makeCharacterSet(pagesOf(table));
  sets.set(table, made);
  return made;
}

/** The pages of a table that the encoder can send, the preferred ones first. */
function pagesOf(table: CodePageTable): readonly Codepage[] {
  const encoder = new (receiptEncoder())({ columns: 42, codepageMapping: table });
  const others = codePageEncoder()
    .getEncodings()
    .filter((page) => !preferredCodePages.includes(page));
  return [...preferredCodePages, ...others].filter((page) => {
    try {
      encoder.codepage(page);
      return true;
    } catch {
      return false;
    }
  });
}

function makeCharacterSet(pages: readonly Codepage[]): CharacterSet {
  const characters = new Map<Codepage, ReadonlySet<string>>();
  for (const page of pages) {
    const codepoints = codePageEncoder().getCodepoints(page, true);
    characters.set(
      page,
      new Set(
        codepoints.flatMap((codepoint, byte) => {
          const isCommand = byte < FIRST_CHARACTER || byte === DELETE;
          return isCommand || codepoint === 0xfffd ? [] : [String.fromCodePoint(codepoint)];
        }),
      ),
    );
  }
  const pageOf = (character: string, current: Codepage | null): Codepage | null => {
    if (current !== null && characters.get(current)?.has(character) === true) return current;
    return pages.find((page) => characters.get(page)?.has(character) === true) ?? null;
  };

  return {
    has: (character) => pageOf(character, null) !== null,
    printable(text, missing) {
      return Array.from(text.normalize('NFC'), (character) => {
        if (pageOf(character, null) !== null) return character;
        missing.add(character);
        return '?';
      }).join('');
    },
    runs(text) {
      const runs: { page: Codepage; text: string }[] = [];
      for (const character of text) {
        const last = runs.at(-1);
        const page = pageOf(character, last?.page ?? null);
        if (page === null) throw new RangeError(`no code page has ${character}`);
        if (last?.page === page) last.text += character;
        else runs.push({ page, text: character });
      }
      return runs;
    },
  };
}
