import type { StreamEntryObject } from '../api/schemas/index.ts';
import { plain } from './table.ts';

/** What a device sent by itself, in one line: when, who, what, and from which device. */
export function streamLine(entry: StreamEntryObject, name: string): string {
  const what = entry.kind === 'item' ? itemWords(entry.item) : gapWords(entry);
  return `${entry.at}  ${name}  ${entry.tool}  ${what}  ${plain(entry.device_id)}`;
}

/** `4006381333931 (ean_upc)`, `48.11730, 11.51667 (3d)`; anything else as JSON. */
export function itemWords(item: Readonly<Record<string, unknown>>): string {
  const { text, symbology, repeat, fix, latitude, longitude } = item;
  if (typeof text === 'string') {
    const notes = [symbology, repeat === true ? 'again' : null].filter((note) => typeof note === 'string');
    return `${visible(text)}${notes.length === 0 ? '' : ` (${plain(notes.join(', '))})`}`;
  }
  if (typeof fix === 'string') {
    if (typeof latitude !== 'string' || typeof longitude !== 'string') return 'no fix';
    return plain(`${latitude}, ${longitude} (${fix})`);
  }
  return plain(JSON.stringify(item));
}

/** Control characters of a code as the pictures Unicode has for them: a GS1 separator is `␝`. */
function visible(text: string): string {
  return plain([...text].map((one) => (one < ' ' ? String.fromCharCode(0x2400 + one.charCodeAt(0)) : one)).join(''));
}

function gapWords({ reason, since, lost, bytes }: Extract<StreamEntryObject, { kind: 'gap' }>): string {
  const facts = [
    since === null ? null : `since ${since}`,
    lost === null ? null : `${lost} lost`,
    bytes === null ? null : `${bytes} bytes`,
  ].filter((fact) => fact !== null);
  return `-- something may be missing here: ${reason}${facts.length === 0 ? '' : `, ${facts.join(', ')}`} --`;
}
