import type { Fact } from '../live/facts.ts';
import type { Words } from '../words/language.ts';

/** A name of the API (`battery_charge`) as words, where the catalogue has none: better readable than nothing. */
export function asWords(name: string): string {
  return name.replaceAll(/[_.]/g, ' ').replace(/^./, (letter) => letter.toUpperCase());
}

/** The name of what a fact is about, in the language shown. */
export function fieldWord({ find, t }: Words, fact: Fact): string {
  const [name = '', number] = fact.key.split('/');
  const word = find('fields', name) ?? asWords(name);
  return fact.kind === 'switch' && number !== undefined ? t('parts.numbered', { name: word, number }) : word;
}

/** A state word of the API (`closed`), in the language shown. */
export function valueWord({ find }: Words, value: string): string {
  return find('values', value) ?? asWords(value);
}
