import type { PairingStarted } from '../../api/schemas/index.ts';

/** More than an address with a code needs, and as much as a QR code on a screen is still read from. */
const LONGEST = 250;

/**
 * The address that brings the code along (RFC 8628, section 3.3.1), as a machine may show it: a page of the web, and the same
 * one that the code is typed at. Null where the hub names none, or another place.
 */
export function addressWithCode({
  verification_uri: page,
  verification_uri_complete: complete,
}: Pick<PairingStarted, 'verification_uri' | 'verification_uri_complete'>): string | null {
  const plain = URL.parse(page);
  const whole = complete === undefined ? null : URL.parse(complete);
  if (plain === null || whole === null || whole.href.length > LONGEST) return null;
  if (whole.protocol !== 'https:' && whole.protocol !== 'http:') return null;
  if (whole.username !== '' || whole.password !== '') return null;
  return whole.origin === plain.origin && whole.pathname === plain.pathname ? whole.href : null;
}
