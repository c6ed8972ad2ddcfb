import type { CloudObject } from '../api/schemas/index.ts';

/** Where the code of a pairing is typed, and the address that brings it along, where the hub has one. */
export function whereToType({
  verification_uri: page,
  verification_uri_complete: complete,
}: NonNullable<CloudObject['pairing']>): Readonly<Record<string, string>> {
  return { 'type it at': page, ...(complete === null ? {} : { 'or open': complete }) };
}
