/** The letters of codes: no vowels, so that no word comes about (RFC 8628, section 6.1). */
const wholeCode = /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/;

/** A code as it was typed, in the one way it is written (`WDJB-MJHT`); null when it can be none. */
export function readUserCode(typed: string): string | null {
  const letters = typed.toUpperCase().replaceAll(/[\s\-–—_.]/g, '');
  return wholeCode.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : null;
}
