import { type Disturbance, decodeLatin1 } from '../kit/index.ts';

const SYN = 0x16;
const ESC = 0x1b;
/** `R` resets a Datalogic; `~` or `@` with a setting is a line of a Newland. */
const letters = /R|[~@][0-9A-Z]{4,}/;

/**
 * What makes a scanner of some maker do something. SYN begins a menu or trigger command (Honeywell), ESC a command up to
 * CR (Opticon). Frames of SSI (Zebra) have a checksum that the bytes of others do not have by chance.
 */
export function disturbedBy(bytes: Uint8Array): Disturbance | null {
  const begins = bytes.includes(SYN) || bytes.includes(ESC);
  if (!begins && decodeLatin1(bytes).search(letters) < 0) return null;
  return { kind: 'acts', what: 'take a part of it for a command' };
}
