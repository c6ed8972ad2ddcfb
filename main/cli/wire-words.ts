import type { WireEntryObject } from '../api/schemas/index.ts';
import { plain } from './table.ts';

const ROW_BYTES = 16;

/** How bytes are shown. */
export type WireStyle = 'hex' | 'text';

/** One entry of the log of a wire as lines of text: when, which way, what, on whose account. */
export function wireLines(entry: WireEntryObject, style: WireStyle): readonly string[] {
  const why = callWords(entry.call);
  if (entry.direction === 'note') return [`${entry.at}  --  ${plain(entry.text)}${why}`];
  const arrow = entry.direction === 'out' ? '->' : '<-';
  const bytes = Uint8Array.from(entry.hex === '' ? [] : entry.hex.split(' '), (pair) => Number.parseInt(pair, 16));
  const more = entry.omitted === 0 ? '' : ` … ${entry.omitted} more bytes, not kept`;
  if (style === 'text') return [`${entry.at}  ${arrow}  ${visible(bytes)}${more}${why}`];
  const rows = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const part = bytes.subarray(at, at + ROW_BYTES);
    const hex = Array.from(part, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
    rows.push(`    ${at.toString(16).toUpperCase().padStart(4, '0')}  ${hex.padEnd(ROW_BYTES * 3)} ${visible(part)}`);
  }
  return [
    `${entry.at}  ${arrow}  ${bytes.length + entry.omitted} bytes${why}`,
    ...rows,
    ...(more === '' ? [] : [`   ${more}`]),
  ];
}

/** Printable ASCII as it is; control characters as the pictures that Unicode has for them (`␍␊`); all else as a dot. */
function visible(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte < 0x20) return String.fromCharCode(0x2400 + byte);
    if (byte === 0x7f) return '\u2421';
    return byte < 0x7f ? String.fromCharCode(byte) : '·';
  }).join('');
}

function callWords(call: WireEntryObject['call']): string {
  if (call === null) return '';
  const { tool, purpose, label, journal_id: row } = call;
  const who = tool === null ? purpose : `${tool}${purpose === 'read' || purpose === 'act' ? '' : `, ${purpose}`}`;
  return `  (${[who, label, row]
    .filter((part) => part !== null)
    .map(plain)
    .join(': ')})`;
}
