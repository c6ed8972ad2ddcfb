import type { WirePlace } from './wire-cursor.ts';
import type { WireEntry } from './wire-entry.ts';

/** The newest entries of one connector's log, within bounds of size and age. */
export interface WireRing {
  add(entry: WireEntry, nowMs: number): void;
  /** What lies behind a place, oldest first, at most `limit`; where some of it is gone already, a gap comes first. */
  after(
    place: WirePlace,
    limit: number,
    /** The time of a gap behind which nothing is. */
    now: string,
  ): { readonly entries: readonly WireEntry[]; readonly place: WirePlace };
  /** Behind everything. */
  end(): WirePlace;
  /** Before everything that was not cleared away. */
  start(): WirePlace;
  /** Gives up what is older than it may be. */
  expire(nowMs: number): void;
  /** Forgets all; it is no gap for whoever begins anew. */
  clear(): void;
}

interface Kept {
  readonly entry: WireEntry;
  readonly seq: number;
  /** Of the wire, up to and with this entry. */
  readonly bytesSoFar: number;
  readonly addedMs: number;
  readonly size: number;
}

/** About what an entry takes beside its bytes. */
const ENTRY_BYTES = 200;

export function createWireRing(limits: { readonly bytes: number; readonly ageMs: number }): WireRing {
  let kept: Kept[] = [];
  let size = 0;
  let last: WirePlace = { seq: 0, bytes: 0 };
  let first: WirePlace = last;

  const dropFirst = () => {
    size -= kept[0]?.size ?? 0;
    kept.shift();
  };
  const expire = (nowMs: number) => {
    while (kept[0] !== undefined && nowMs - kept[0].addedMs > limits.ageMs) dropFirst();
  };

  return {
    add(entry, nowMs) {
      const onWire = entry.direction === 'note' ? 0 : entry.bytes.length + entry.omitted;
      const takes = ENTRY_BYTES + (entry.direction === 'note' ? entry.text.length : entry.bytes.length);
      last = { seq: last.seq + 1, bytes: last.bytes + onWire };
      kept.push({ entry, seq: last.seq, bytesSoFar: last.bytes, addedMs: nowMs, size: takes });
      size += takes;
      // The newest stays, whatever its size.
      while (size > limits.bytes && kept.length > 1) dropFirst();
      expire(nowMs);
    },
    after(place, limit, now) {
      const from = place.seq < first.seq ? first : place;
      const oldest = kept[0];
      const [seqBefore, bytesBefore] =
        oldest === undefined ? [last.seq, last.bytes] : [oldest.seq - 1, oldest.bytesSoFar - bytesOf(oldest.entry)];
      const lost = seqBefore - from.seq;
      const found = kept.filter(({ seq }) => seq > from.seq).slice(0, limit);
      const behind = found.at(-1);
      const entries = found.map(({ entry }) => entry);
      const gap = lost > 0 ? [gapBefore(entries[0]?.at ?? now, { lines: lost, bytes: bytesBefore - from.bytes })] : [];
      return {
        entries: [...gap, ...entries],
        place: behind === undefined ? last : { seq: behind.seq, bytes: behind.bytesSoFar },
      };
    },
    end: () => last,
    start: () => first,
    expire,
    clear() {
      kept = [];
      size = 0;
      first = last;
    },
  };
}

function bytesOf(entry: WireEntry): number {
  return entry.direction === 'note' ? 0 : entry.bytes.length + entry.omitted;
}

function gapBefore(at: string, lost: { readonly lines: number; readonly bytes: number }): WireEntry {
  return {
    direction: 'note',
    at,
    code: 'gap',
    text: `${lost.lines} older lines (${lost.bytes} bytes) are not kept any more.`,
    call: null,
    lost,
  };
}
