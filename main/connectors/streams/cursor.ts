import { createHash } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';

/** A place in a connector's stream: behind the entry `seq`, when `items` items had come. */
export interface StreamPlace {
  readonly seq: number;
  readonly items: number;
}

/** The place as callers carry it: opaque to them, good after a restart, and for this connector alone. */
export function encodeCursor(connectorId: string, { seq, items }: StreamPlace): string {
  const text = `${connectorId} ${seq.toString(36)} ${items.toString(36)}`;
  // Against a cursor that lost a character on its way, which would be another place.
  const check = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return Buffer.from(`${text} ${check}`, 'latin1').toString('base64url');
}

/** Throws `invalid_cursor` for one that is malformed, or another connector's. */
export function decodeCursor(connectorId: string, cursor: string): StreamPlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, owner, seq = '', items = ''] = /^(\S+) ([0-9a-z]{1,11}) ([0-9a-z]{1,11}) [0-9a-f]{6}$/.exec(text) ?? [];
  const place = { seq: Number.parseInt(seq, 36), items: Number.parseInt(items, 36) };
  const isWhole = Number.isSafeInteger(place.seq) && Number.isSafeInteger(place.items);
  if (owner === connectorId && isWhole && encodeCursor(connectorId, place) === cursor) return place;
  const what = owner === undefined || owner === connectorId ? 'is malformed' : "is another connector's";
  throw new AgentError('invalid_cursor', `after: the cursor ${what}.`, {
    hint: 'Give the cursor of an earlier answer or item as it was, or leave it out to begin with the newest.',
    details: { parameter: 'after' },
  });
}
