import type { WireEntry } from '../../live/wire.ts';

/** One line of the log of a wire, as the page works with it. */
export interface WireLine {
  /** Counts up; the line's name among the others. */
  readonly number: number;
  readonly entry: WireEntry;
  /** Empty for a note. */
  readonly bytes: Uint8Array;
}

/** Which lines are shown. */
export interface WireFilter {
  readonly direction: 'all' | 'out' | 'in' | 'note';
  /** Text, or pairs of hex digits. */
  readonly sought: string;
}

/** A line of an entry. */
export function wireLine(number: number, entry: WireEntry): WireLine {
  return { number, entry, bytes: entry.direction === 'note' ? new Uint8Array() : bytesOfHex(entry.hex) };
}

/** Bytes of pairs of hex digits with blanks between them. */
function bytesOfHex(hex: string): Uint8Array {
  const bytes = new Uint8Array((hex.length + 1) / 3);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(at * 3, at * 3 + 2), 16);
  return bytes;
}

/** Bytes as upper-case pairs with blanks between them. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes as text: UTF-8 where they are, else a dot for each byte that is no ASCII. Control characters are the pictures that
 * Unicode has for them: CR LF is `␍␊`.
 */
export function textOf(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    text = Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '·')).join('');
  }
  return Array.from(text, pictured).join('');
}

/** A part of what bytes say: text, or one control character by its name in ASCII. */
export type TextPart = { readonly text: string } | { readonly control: string };

const controls = [
  ...['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'HT', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI'],
  ...['DLE', 'DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN', 'EM', 'SUB', 'ESC', 'FS', 'GS', 'RS', 'US'],
];

/** {@link textOf} in parts, for a page whose font may lack the pictures. */
export function textParts(bytes: Uint8Array): readonly TextPart[] {
  return textOf(bytes)
    .split(/([\u2400-\u2421])/u)
    .filter((part) => part !== '')
    .map((part) => {
      const code = (part.codePointAt(0) ?? 0) - 0x2400;
      const name = code === 0x21 ? 'DEL' : controls[code];
      return name === undefined ? { text: part } : { control: name };
    });
}

function pictured(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  // A picture that a device sent is not a control character.
  if (code >= 0x2400 && code <= 0x2421) return '·';
  if (code === 0x7f) return '␡';
  return /\p{Cc}|\p{Cf}/u.test(character) ? '·' : character;
}

/** Whether a line is among those that are looked for: in its text, in its bytes, or in what it was for. */
export function matchesLine({ entry, bytes }: WireLine, { direction, sought }: WireFilter): boolean {
  if (direction !== 'all' && entry.direction !== direction) return false;
  const wanted = sought.trim().toLowerCase();
  if (wanted === '') return true;
  const about = entry.call === null ? '' : `${entry.call.tool ?? ''} ${entry.call.label ?? ''}`;
  if (about.toLowerCase().includes(wanted)) return true;
  if (entry.direction === 'note') return entry.text.toLowerCase().includes(wanted);
  if (textOf(bytes).toLowerCase().includes(wanted)) return true;
  const pairs = wanted.replaceAll(/\s+/g, '');
  if (pairs.length % 2 !== 0 || !/^[0-9a-f]+$/.test(pairs)) return false;
  return hexOf(bytes)
    .toLowerCase()
    .includes((pairs.match(/../g) ?? []).join(' '));
}

/** The log as lines of text, for a file: when, which way, what, for what. */
export function asTextFile(lines: readonly WireLine[], style: 'text' | 'hex'): string {
  return lines
    .map(({ entry, bytes }) => {
      const { call } = entry;
      const why = call === null ? '' : `  (${[call.tool ?? call.purpose, call.label].filter(Boolean).join(': ')})`;
      if (entry.direction === 'note') return `${entry.at}  --  ${entry.text}${why}\n`;
      const arrow = entry.direction === 'out' ? '->' : '<-';
      const more = entry.omitted === 0 ? '' : ` … ${entry.omitted} more bytes`;
      return `${entry.at}  ${arrow}  ${style === 'hex' ? hexOf(bytes) : textOf(bytes)}${more}${why}\n`;
    })
    .join('');
}
