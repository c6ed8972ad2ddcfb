import { createHash } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';

/** A place in a connector's log: behind the entry `seq`, when so many bytes had gone over the wire. */
export interface WirePlace {
  readonly seq: number;
  readonly bytes: number;
}

/** The place as callers carry it: opaque to them. `run` is this run of the agent, which keeps the log no longer. */
export function encodeWireCursor(connectorId: string, run: string, { seq, bytes }: WirePlace): string {
  const text = `${connectorId} ${run} ${seq.toString(36)} ${bytes.toString(36)}`;
  // Against a cursor that lost a character on its way, which would be another place.
  const check = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return Buffer.from(`${text} ${check}`, 'latin1').toString('base64url');
}

/** Null: of an earlier run of the agent. Throws `invalid_cursor` for one that is malformed, or another connector's. */
export function decodeWireCursor(connectorId: string, run: string, cursor: string): WirePlace | null {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const form = /^(\S+) ([0-9a-f]{8}) ([0-9a-z]{1,11}) ([0-9a-z]{1,11}) [0-9a-f]{6}$/;
  const [, owner, from = '', seq = '', bytes = ''] = form.exec(text) ?? [];
  const place = { seq: Number.parseInt(seq, 36), bytes: Number.parseInt(bytes, 36) };
  const isWhole = Number.isSafeInteger(place.seq) && Number.isSafeInteger(place.bytes);
  if (owner === connectorId && isWhole && encodeWireCursor(connectorId, from, place) === cursor) {
    return from === run ? place : null;
  }
  const what = owner === undefined || owner === connectorId ? 'is malformed' : "is another connector's";
  throw new AgentError('invalid_cursor', `after: the cursor ${what}.`, {
    hint: 'Give the cursor of an earlier answer as it was, or leave it out to begin with the oldest that is kept.',
    details: { parameter: 'after' },
  });
}
