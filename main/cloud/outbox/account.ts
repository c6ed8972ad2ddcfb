import type { Database, Statement } from '../../store/index.ts';
import { gapKey } from './event-text.ts';
import { type Lost, widenGaps } from './gaps.ts';
import { asLost } from './pending.ts';
import {
  deleteGaps,
  deleteRows,
  putCounts,
  putGaps,
  readCounts,
  readGaps,
  readTotals,
  type ShortRow,
  type StoredGap,
} from './rows.ts';
import { type EventClass, eventClasses, type Gap, type GapReason } from './terms.ts';

interface ClassTotals {
  /** On disk. */
  waiting: number;
  bytes: number;
  /** Given up since the outbox was begun. */
  dropped: number;
}

/** What is lost and why. */
export interface Loss {
  /** Of the disk. */
  readonly rows?: readonly ShortRow[];
  /** Never were on disk. */
  readonly unstored?: readonly Lost[];
  /** Lost before, and told to nobody. */
  readonly gaps?: readonly Gap[];
  readonly reason: GapReason;
}

/** What is on disk, what was given up and what became of the rest; the books that go with the rows. */
export interface Account {
  readonly totals: Readonly<Record<EventClass, ClassTotals>>;
  /** The highest id of a row at opening. */
  readonly lastId: number;
  gaps(): readonly StoredGap[];
  count(row: { readonly class: EventClass; readonly bytes: number }, sign: 1 | -1): void;
  /** Gives events up in one commit with what tells of it; `alongside` goes in the same. */
  drop(loss: Loss, alongside?: readonly Statement[]): Promise<void>;
  /** Decides what is sent for the first gaps: from now on they don't grow. On disk when it resolves. */
  seal(most: number, textOf: (gap: Gap) => string): Promise<readonly StoredGap[]>;
  /** The gaps are told, or can't be. */
  forget(gaps: readonly StoredGap[]): Promise<void>;
  /** Deletes rows that were sent, or may not be. */
  remove(
    ended: { readonly sent: readonly ShortRow[]; readonly withheld: readonly ShortRow[] },
    nowMs: number,
  ): Promise<void>;
  /** Forgets all that waits and all gaps: they are another cloud's. */
  clear(alongside: readonly Statement[], nowMs: number): Promise<void>;
  /** Stores the counts as they are. */
  save(): Promise<void>;
  noteRefused(): void;
  readonly sent: number;
  readonly refused: number;
  readonly withheld: number;
  readonly lastSentMs: number | null;
  /** Since when there is an outbox, milliseconds since 1970: nothing older is told. */
  readonly begunMs: number;
}

/** Opens the books of a state database. */
export function openAccount(database: Database, epoch: string, nowMs: number): Account {
  const counts = readCounts(database);
  const stored = (name: string) => counts.get(name) ?? 0;
  const begin = (of: EventClass): ClassTotals => ({ waiting: 0, bytes: 0, dropped: stored(`dropped.${of}`) });
  const totals: Record<EventClass, ClassTotals> = {
    effects: begin('effects'),
    state: begin('state'),
    streams: begin('streams'),
    readings: begin('readings'),
  };
  let lastId = 0;
  for (const { class: of, waiting, bytes, last } of readTotals(database)) {
    totals[of].waiting = waiting;
    totals[of].bytes = bytes;
    lastId = Math.max(lastId, last);
  }
  let gaps = readGaps(database);
  const ended = { sent: stored('sent'), refused: stored('refused'), withheld: stored('withheld') };
  let lastSentMs = counts.get('last_sent_ms') ?? null;
  let begunMs = counts.get('begun_ms') ?? Math.floor(nowMs);

  const currentCounts = () =>
    putCounts({
      ...ended,
      begun_ms: begunMs,
      ...(lastSentMs === null ? {} : { last_sent_ms: lastSentMs }),
      ...Object.fromEntries(eventClasses.map((of) => [`dropped.${of}`, totals[of].dropped])),
    });
  const count: Account['count'] = ({ class: of, bytes }, sign) => {
    totals[of].waiting += sign;
    totals[of].bytes += sign * bytes;
  };
  const noteDropped = (rows: readonly ShortRow[], lost: readonly Gap[], unstored: readonly Lost[], sign: 1 | -1) => {
    for (const row of rows) {
      count(row, sign === 1 ? -1 : 1);
      totals[row.class].dropped += sign;
    }
    for (const { class: of } of unstored) totals[of].dropped += sign;
    for (const gap of lost) totals[gap.class].dropped += sign * gap.lost;
  };

  return {
    totals,
    lastId,
    gaps: () => gaps,
    count,
    async drop({ rows = [], unstored = [], gaps: more = [], reason }, alongside = []) {
      const open = gaps.filter(({ body }) => body === null);
      const widened = widenGaps([...open.map(({ gap }) => gap), ...more], [...rows.map(asLost), ...unstored], reason);
      const next = widened.map((gap): StoredGap => ({ key: gapKey(epoch, gap), gap, body: null }));
      const kept = new Set(next.map(({ key }) => key));
      const gone = open.flatMap(({ key }) => (kept.has(key) ? [] : [key]));
      noteDropped(rows, more, unstored, 1);
      try {
        await database.write([
          ...alongside,
          deleteRows(rows.map(({ id }) => id)),
          deleteGaps(gone),
          putGaps(next),
          currentCounts(),
        ]);
      } catch (error) {
        noteDropped(rows, more, unstored, -1);
        throw error;
      }
      gaps = [...gaps.filter(({ body }) => body !== null), ...next];
    },
    async seal(most, textOf) {
      const sealed = gaps.slice(0, most).map(({ key, gap, body }) => ({ key, gap, body: body ?? textOf(gap) }));
      // What is sent must be what is sent again, also by the next process.
      await database.write([putGaps(sealed)]);
      gaps = [...sealed, ...gaps.slice(sealed.length)];
      return sealed;
    },
    async forget(done) {
      const keys = new Set(done.map(({ key }) => key));
      await database.write([deleteGaps([...keys]), currentCounts()], { mayForget: true });
      gaps = gaps.filter(({ key }) => !keys.has(key));
    },
    async remove({ sent, withheld }, nowMs) {
      const rows = [...sent, ...withheld];
      const before = lastSentMs;
      ended.sent += sent.length;
      ended.withheld += withheld.length;
      if (sent.length > 0) lastSentMs = Math.floor(nowMs);
      try {
        // Sent once more after a power cut it is still the same event.
        await database.write([deleteRows(rows.map(({ id }) => id)), currentCounts()], { mayForget: true });
      } catch (error) {
        ended.sent -= sent.length;
        ended.withheld -= withheld.length;
        lastSentMs = before;
        throw error;
      }
      for (const row of rows) count(row, -1);
    },
    async clear(alongside, nowMs) {
      const before = begunMs;
      begunMs = Math.floor(nowMs);
      try {
        await database.write([
          ...alongside,
          { sql: 'DELETE FROM outbox' },
          { sql: 'DELETE FROM outbox_gaps' },
          { sql: 'UPDATE outbox_heads SET origin = NULL' },
          currentCounts(),
        ]);
      } catch (error) {
        begunMs = before;
        throw error;
      }
      gaps = [];
      for (const of of eventClasses) {
        totals[of].waiting = 0;
        totals[of].bytes = 0;
      }
    },
    async save() {
      await database.write([currentCounts()]);
    },
    noteRefused() {
      ended.refused += 1;
    },
    get begunMs() {
      return begunMs;
    },
    get sent() {
      return ended.sent;
    },
    get refused() {
      return ended.refused;
    },
    get withheld() {
      return ended.withheld;
    },
    get lastSentMs() {
      return lastSentMs;
    },
  };
}
