import { decodeLatin1 } from '../lines.ts';

/** How the bytes of a code were read. */
export type ScanEncoding = 'utf-8' | 'iso-8859-1' | 'binary';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Control characters that no text has; those of data carriers (EOT, TAB, LF, CR, FS, GS, RS, US) are text. */
const notText = new Set(
  Array.from({ length: 0xa0 }, (_, code) => code).filter(
    (code) => (code < 0x20 || code >= 0x7f) && ![0x04, 0x09, 0x0a, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f].includes(code),
  ),
);

/**
 * The text of a code: UTF-8 where it is that, else ISO 8859-1. Bytes that are neither are `binary`: their text has one
 * character a byte, and tells them exactly all the same.
 */
export function readScannedText(bytes: Uint8Array): { readonly text: string; readonly encoding: ScanEncoding } {
  try {
    const text = utf8.decode(bytes);
    if (!hasNoText(text)) return { text, encoding: 'utf-8' };
  } catch {
    // No UTF-8.
  }
  const text = decodeLatin1(bytes);
  return { text, encoding: hasNoText(text) ? 'binary' : 'iso-8859-1' };
}

function hasNoText(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (notText.has(text.charCodeAt(index))) return true;
  return false;
}
