import { decodeLatin1 } from '../lines.ts';
import { aimSymbologies } from './symbologies.table.ts';

/** An AIM identifier: `]`, letter, modifier. */
export interface AimIdentifier {
  /** As it was sent: `]E0`. */
  readonly text: string;
  /** `ean_upc`, `gs1_128`...; see `symbologies.table.ts`. */
  readonly symbology: string;
  /** Whether the data is built by the GS1 General Specifications. */
  readonly gs1: boolean;
}

/** Bytes of an identifier. */
export const AIM_BYTES = 3;

/** The identifier at the front of these bytes; null when there is none, or its letter is unknown. */
export function readAimIdentifier(bytes: Uint8Array): AimIdentifier | null {
  const text = decodeLatin1(bytes.subarray(0, AIM_BYTES));
  const [, letter = '', modifier = ''] = /^\]([A-Za-z])([0-9A-Za-z])$/.exec(text) ?? [];
  const known = Object.hasOwn(aimSymbologies, letter) ? aimSymbologies[letter] : undefined;
  if (known === undefined) return null;
  const { name, modifiers = {}, gs1 = '' } = known;
  return { text, symbology: modifiers[modifier] ?? name, gs1: gs1 === 'all' || gs1.includes(modifier) };
}
