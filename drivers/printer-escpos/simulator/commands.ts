/** One command or one piece of text, as a printer reads it. */
export type Command =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'line_feed' }
  | { readonly kind: 'initialise' }
  | { readonly kind: 'set'; readonly what: StyleKey; readonly value: number }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'cut'; readonly feedDots: number }
  | { readonly kind: 'pulse'; readonly pin: 2 | 5; readonly onMs: number; readonly offMs: number }
  | { readonly kind: 'barcode'; readonly symbology: number; readonly data: Uint8Array }
  | { readonly kind: 'symbol'; readonly fn: number; readonly parameters: Uint8Array }
  | { readonly kind: 'raster'; readonly widthDots: number; readonly heightDots: number; readonly data: Uint8Array }
  | { readonly kind: 'tell_paper' }
  | { readonly kind: 'tell_info'; readonly n: number }
  | { readonly kind: 'tell_process'; readonly id: Uint8Array }
  | { readonly kind: 'ignored' };

/** State that a command sets to one byte. */
export type StyleKey =
  | 'align'
  | 'bold'
  | 'underline'
  | 'invert'
  | 'size'
  | 'code_page'
  | 'line_spacing'
  | 'barcode_height'
  | 'barcode_width'
  | 'caption'
  | 'automatic_status';

/** A command at the front of the bytes, and how many it takes; null when more bytes are needed. */
export interface ReadCommand {
  readonly command: Command;
  readonly length: number;
}

const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
const defaultSpacing = 0xff + 1;

const escSettings: Readonly<Record<number, StyleKey>> = {
  97: 'align',
  69: 'bold',
  45: 'underline',
  116: 'code_page',
  51: 'line_spacing',
};
const gsSettings: Readonly<Record<number, StyleKey>> = {
  66: 'invert',
  33: 'size',
  104: 'barcode_height',
  119: 'barcode_width',
  72: 'caption',
  97: 'automatic_status',
};
/** Two-parameter commands that change nothing here. */
const ignoredWithOne: ReadonlySet<number> = new Set([0x4d, 0x4a, 0x52, 0x7b, 0x20]);

/** Reads the next command. */
export function readCommand(bytes: Uint8Array): ReadCommand | null {
  const [first] = bytes;
  if (first === undefined) return null;
  if (first === ESC) return readEscape(bytes);
  if (first === GS) return readGroup(bytes);
  if (first === 0x1c) return bytes.length < 2 ? null : { command: { kind: 'ignored' }, length: 2 };
  if (first === LF) return { command: { kind: 'line_feed' }, length: 1 };
  if (first < 0x20) return { command: { kind: 'ignored' }, length: 1 };
  let end = 1;
  while (end < bytes.length && (bytes[end] ?? 0) >= 0x20) end += 1;
  return { command: { kind: 'text', bytes: bytes.slice(0, end) }, length: end };
}

function readEscape(bytes: Uint8Array): ReadCommand | null {
  const [, code, n, t1, t2] = bytes;
  if (code === undefined) return null;
  if (code === 0x40) return { command: { kind: 'initialise' }, length: 2 };
  if (code === 0x32) return { command: { kind: 'set', what: 'line_spacing', value: defaultSpacing }, length: 2 };
  if (code === 0x70) {
    if (n === undefined || t1 === undefined || t2 === undefined) return null;
    const pin = n === 1 || n === 0x31 ? 5 : 2;
    return { command: { kind: 'pulse', pin, onMs: t1 * 2, offMs: t2 * 2 }, length: 5 };
  }
  const what = escSettings[code];
  if (what === undefined && code !== 0x64 && !ignoredWithOne.has(code)) {
    return { command: { kind: 'ignored' }, length: 2 };
  }
  if (n === undefined) return null;
  if (code === 0x64) return { command: { kind: 'feed', lines: n }, length: 3 };
  return { command: what === undefined ? { kind: 'ignored' } : { kind: 'set', what, value: n }, length: 3 };
}

function readGroup(bytes: Uint8Array): ReadCommand | null {
  const [, code, n] = bytes;
  if (code === undefined || n === undefined) return null;
  const what = gsSettings[code];
  if (what !== undefined) return { command: { kind: 'set', what, value: n }, length: 3 };
  switch (code) {
    case 0x56:
      return readCut(bytes, n);
    case 0x6b:
      return readBarcode(bytes, n);
    case 0x28:
      return readParameterised(bytes, n);
    case 0x76:
      return readRaster(bytes);
    case 0x72:
      return { command: n === 1 ? { kind: 'tell_paper' } : { kind: 'ignored' }, length: 3 };
    case 0x49:
      return { command: { kind: 'tell_info', n }, length: 3 };
    default:
      return { command: { kind: 'ignored' }, length: 2 };
  }
}

function readCut(bytes: Uint8Array, mode: number): ReadCommand | null {
  if (mode !== 0x41 && mode !== 0x42) return { command: { kind: 'cut', feedDots: 0 }, length: 3 };
  const feedDots = bytes[3];
  return feedDots === undefined ? null : { command: { kind: 'cut', feedDots }, length: 4 };
}

/** `GS k`: function A ends with a zero, function B says its length. */
function readBarcode(bytes: Uint8Array, symbology: number): ReadCommand | null {
  if (symbology <= 6) {
    const end = bytes.indexOf(0, 3);
    if (end < 0) return null;
    return { command: { kind: 'barcode', symbology, data: bytes.slice(3, end) }, length: end + 1 };
  }
  const length = bytes[3];
  if (length === undefined || bytes.length < 4 + length) return null;
  return { command: { kind: 'barcode', symbology, data: bytes.slice(4, 4 + length) }, length: 4 + length };
}

/** `GS ( x pL pH ...`. */
function readParameterised(bytes: Uint8Array, letter: number): ReadCommand | null {
  const [, , , low, high] = bytes;
  if (low === undefined || high === undefined) return null;
  const length = 5 + low + 256 * high;
  if (bytes.length < length) return null;
  const parameters = bytes.slice(5, length);
  if (letter === 0x6b && parameters[0] === 0x31) {
    return { command: { kind: 'symbol', fn: parameters[1] ?? 0, parameters: parameters.slice(2) }, length };
  }
  if (letter === 0x48 && parameters[0] === 0x30) {
    return { command: { kind: 'tell_process', id: parameters.slice(2) }, length };
  }
  return { command: { kind: 'ignored' }, length };
}

/** `GS v 0 m xL xH yL yH`: x in bytes, y in dots. */
function readRaster(bytes: Uint8Array): ReadCommand | null {
  const [, , , , xLow, xHigh, yLow, yHigh] = bytes;
  if (xLow === undefined || xHigh === undefined || yLow === undefined || yHigh === undefined) return null;
  const rowBytes = xLow + 256 * xHigh;
  const heightDots = yLow + 256 * yHigh;
  const length = 8 + rowBytes * heightDots;
  if (bytes.length < length) return null;
  return { command: { kind: 'raster', widthDots: rowBytes * 8, heightDots, data: bytes.slice(8, length) }, length };
}
