import { randomInt } from 'node:crypto';

/** No vowels, so that no word comes about, and nothing that is mistaken for another (RFC 8628, section 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

/** Eight of twenty letters, as people type them: `WDJB-MJHT`. */
export function makeUserCode(): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? 'B').join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** What a person typed, in the one way it is written: small letters, spaces and a missing dash are fine. */
export function normaliseUserCode(typed: string): string {
  const letters = typed.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
