import { type Lost, widenGaps } from './gaps.ts';
import type { Head, OutboxRow } from './rows.ts';
import type { EventClass, Gap } from './terms.ts';

/** A row that is not on disk yet, with where the source of its stream stood. */
export interface PendingRow extends OutboxRow {
  readonly origin: string | null;
}

/** Events on their way to the disk, bounded in bytes: when it takes none, the oldest are given up. */
export interface Pending {
  add(row: PendingRow): void;
  /** All that wait, oldest first; they are not given up until `written` or `back`. */
  take(): readonly PendingRow[];
  /** They are on disk, or given up. */
  written(rows: Iterable<PendingRow>): void;
  /** The disk did not take them. */
  back(): void;
  /** What was given up, with where their streams stand behind it; to be stored, then `told`. */
  lost(): { readonly gaps: readonly Gap[]; readonly heads: readonly Head[] };
  told(): void;
  isEmpty(): boolean;
  of(eventClass: EventClass): readonly PendingRow[];
}

/** `mostBytes`: what is added beyond it costs the oldest. */
export function createPending(mostBytes: number): Pending {
  let rows: PendingRow[] = [];
  let bytes = 0;
  /** Rows up to this one are being written. */
  let takenUpTo = 0;
  let gaps: readonly Gap[] = [];
  const heads = new Map<string, Head>();

  const giveUp = () => {
    const lost: Lost[] = [];
    const kept: PendingRow[] = [];
    // A quarter at once, so that a disk that stays away is not paid for with each event.
    const aimBytes = mostBytes * 0.75;
    for (const row of rows) {
      if (row.id <= takenUpTo || bytes <= aimBytes) {
        kept.push(row);
        continue;
      }
      lost.push(asLost(row));
      bytes -= row.bytes;
      heads.set(`${row.device} ${row.stream}`, headOf(row));
    }
    rows = kept;
    gaps = widenGaps(gaps, lost, 'disk');
  };

  return {
    add(row) {
      rows.push(row);
      bytes += row.bytes;
      if (bytes > mostBytes) giveUp();
    },
    take() {
      takenUpTo = rows.at(-1)?.id ?? 0;
      return rows.slice();
    },
    written(done) {
      const ids = new Set<number>();
      for (const row of done) ids.add(row.id);
      rows = rows.filter((row) => !ids.has(row.id));
      bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    },
    back() {
      takenUpTo = 0;
    },
    lost: () => ({ gaps, heads: [...heads.values()] }),
    told() {
      gaps = [];
      heads.clear();
    },
    isEmpty: () => rows.length === 0 && gaps.length === 0,
    of: (eventClass) => rows.filter((row) => row.class === eventClass),
  };
}

/** Where the streams of some rows stand behind the last of each. */
export function headsOf(rows: readonly PendingRow[]): readonly Head[] {
  return [...new Map(rows.map((row) => [`${row.device} ${row.stream}`, headOf(row)])).values()];
}

function headOf({ device, stream, seq, origin }: PendingRow): Head {
  return { device, stream, seq, origin };
}

/** A row as something that is given up. */
export function asLost(row: Lost): Lost {
  const { class: of, device, stream, source, simulated, seq, at } = row;
  return { class: of, device, stream, source, simulated, seq, at };
}
