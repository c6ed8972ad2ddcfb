import type { JsonObject } from '../../../drivers/kit/index.ts';
import { encodeCursor, type StreamPlace } from './cursor.ts';
import type { StreamEntry, StreamGap } from './stream-entry.ts';

/** An answer of the tool of an `each` stream, whose schema is the kit's. */
export interface StreamAnswer {
  readonly items: readonly JsonObject[];
  readonly gaps: readonly JsonObject[];
  readonly cursor: string;
  readonly more: boolean;
}

/**
 * What a reader who is at `from` gets: at most `limit` items, and a gap wherever something is missing, also where entries
 * that once were there have been deleted. `end` is behind all that ever came.
 */
export function answerOf(
  connectorId: string,
  entries: readonly StreamEntry[],
  options: {
    readonly from: StreamPlace;
    readonly end: StreamPlace;
    readonly endAt: string | null;
    readonly limit: number;
    /** There may be more entries behind these. */
    readonly cut: boolean;
  },
): StreamAnswer {
  const { from, end, endAt, limit, cut } = options;
  const items: JsonObject[] = [];
  const gaps: JsonObject[] = [];
  let place = from;
  const missing = (upTo: number, at: string, reason: 'expired' | 'overflow') => {
    if (upTo <= place.items) return;
    const gap: StreamGap = { kind: 'gap', reason, since: null, lost: upTo - place.items, bytes: null };
    gaps.push(gapObject(items.length, at, null, gap));
  };
  let used = 0;
  for (const { body, at, deviceId, ...next } of entries) {
    if (body.kind === 'item' && items.length === limit) break;
    missing(body.kind === 'item' ? next.items - 1 : next.items, at, used === 0 ? 'expired' : 'overflow');
    if (body.kind === 'item') {
      items.push({ ...body.item, at, device_id: deviceId, cursor: encodeCursor(connectorId, next) });
    } else gaps.push(gapObject(items.length, at, deviceId, body));
    place = next;
    used += 1;
  }
  if (entries.length === 0 && endAt !== null && end.items > place.items) {
    missing(end.items, endAt, 'expired');
    place = end;
  }
  return { items, gaps, cursor: encodeCursor(connectorId, place), more: used < entries.length || cut };
}

function gapObject(
  before: number,
  at: string,
  deviceId: string | null,
  { reason, since, lost, bytes }: StreamGap,
): JsonObject {
  return { before, reason, since, at, device_id: deviceId, lost, bytes };
}
