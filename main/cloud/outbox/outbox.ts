import { AgentError } from '../../../drivers/kit/index.ts';
import type { Clock, Log } from '../../connectors/index.ts';
import type { Database } from '../../store/index.ts';
import { openAccount } from './account.ts';
import { eventKey, eventText, gapText } from './event-text.ts';
import { asLost, createPending, headsOf, type PendingRow } from './pending.ts';
import {
  type FullRow,
  type Head,
  insertRows,
  putHeads,
  putOwner,
  readHeads,
  readOldest,
  readOldestAt,
  readOldestOf,
  readOwner,
  type ShortRow,
  type StoredGap,
} from './rows.ts';
import {
  type ClassStatus,
  type EventClass,
  type EventDraft,
  eventClasses,
  type ItemOutcome,
  type OutboxBounds,
  type OutboxItem,
  type OutboxStatus,
} from './terms.ts';

/**
 * Events on their way to the cloud: in the next commit on disk, bounded in bytes and age for each class. What is beyond the
 * bounds is given up oldest first, and told to the cloud as a gap. A key is sent only after its event is on disk for good,
 * so that no other event can ever get it.
 */
export interface Outbox {
  /** Since when there is an outbox, milliseconds since 1970. */
  readonly begunMs: number;
  /**
   * Says whose events these are. What waits for another cloud is forgotten, with where the sources stood: it is nothing that
   * this one may see. Resolves with whether there was another.
   */
  belongTo(cloudId: string): Promise<boolean>;
  /** Takes an event in; on disk with the next commit, at most 100 ms later. */
  append(draft: EventDraft): void;
  /** Where the source of a stream stood with the last event; null: none ever came, or it told nothing. */
  origin(device: string, stream: string): string | null;
  /** Whose stream of this name was ever heard. */
  devicesOf(stream: string): readonly string[];
  /**
   * The oldest there are, gaps first: at most `maxItems`, and no more than `maxBytes` but for a single one. They stay until
   * settled or released, and are out of reach of the bounds meanwhile. One batch at a time.
   */
  take(limits: { readonly maxItems: number; readonly maxBytes: number }): Promise<readonly OutboxItem[]>;
  /** What became of the first of the items taken, in order; those without an outcome go back. */
  settle(outcomes: readonly ItemOutcome[]): Promise<void>;
  /** All go back. */
  release(): void;
  /** Gives up what is too old. */
  tidy(): Promise<void>;
  status(): OutboxStatus;
  /** Whether there is anything to take. */
  hasMore(): boolean;
  /** Called when there is something to take. Returns what ends it. */
  onWork(wake: () => void): () => void;
  /** Resolves when all that was appended is on disk, or the disk would not take it. */
  flush(): Promise<void>;
  /** Stores what waits. */
  close(): Promise<void>;
}

/** Events that wait for a disk that does not take them. */
const MOST_PENDING_BYTES = 4 * 1024 * 1024;
const GATHER_MS = 50;
const RETRY_MS = 2_000;
/** Rows that are given up in one commit. */
const DROP_STEP = 1_000;

type Taken =
  | { readonly kind: 'gaps'; readonly gaps: readonly StoredGap[] }
  | { readonly kind: 'rows'; readonly rows: readonly FullRow[] };

/** Opens the outbox of a state database, or begins it. `epoch`: of the store. */
export async function openOutbox(parts: {
  readonly database: Database;
  readonly epoch: string;
  readonly bounds: OutboxBounds;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<Outbox> {
  const { database, epoch, bounds, clock, log } = parts;
  const heads = new Map<string, Head>(readHeads(database).map((head) => [headKey(head.device, head.stream), head]));
  const account = openAccount(database, epoch, clock.now());
  await account.save();
  const pending = createPending(MOST_PENDING_BYTES);
  let nextId = account.lastId + 1;
  let lastEventAt: string | null = null;
  /** Whether what was last written may be undone by a power cut. */
  let unsynced = false;
  let taken: Taken | null = null;
  /** Rows up to this one are out of reach of the bounds. */
  let takenUpTo = 0;
  let cancelTimer: (() => void) | null = null;
  let closed = false;
  const wakes = new Set<() => void>();

  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: what is taken must not be given up in the same moment. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  const oldestOf = (of: EventClass, queuedBeforeMs: number): readonly ShortRow[] =>
    readOldestOf(database, {
      class: of,
      afterId: takenUpTo,
      queuedBeforeMs: Math.floor(queuedBeforeMs),
      limit: DROP_STEP,
    });

  /** Rows on disk to give up so that `coming` more bytes of a class fit; at most a step of them. */
  const beyondBounds = (of: EventClass, coming: number): readonly ShortRow[] => {
    let excess = account.totals[of].bytes + coming - bounds[of].maxBytes;
    if (excess <= 0) return [];
    const rows: ShortRow[] = [];
    for (const row of oldestOf(of, Number.MAX_SAFE_INTEGER)) {
      if (excess <= 0) break;
      rows.push(row);
      excess -= row.bytes;
    }
    return rows;
  };

  /** Gives up what has to make room for these, before they are on disk: the bound holds at every moment. Those that fit. */
  const makeRoom = async (batch: readonly PendingRow[]): Promise<readonly PendingRow[]> => {
    const tooMuch = new Set<PendingRow>();
    for (const of of eventClasses) {
      const own = batch.filter((row) => row.class === of);
      const coming = own.reduce((sum, { bytes }) => sum + bytes, 0);
      if (coming === 0) continue;
      for (let rows = beyondBounds(of, coming); rows.length > 0; rows = beyondBounds(of, coming)) {
        await account.drop({ rows, reason: 'bytes' });
      }
      let excess = account.totals[of].bytes + coming - bounds[of].maxBytes;
      for (const row of own) {
        if (excess <= 0) break;
        tooMuch.add(row);
        excess -= row.bytes;
      }
    }
    if (tooMuch.size === 0) return batch;
    const unstored = [...tooMuch].map(asLost);
    await account.drop({ unstored, reason: 'bytes' }, [putHeads(headsOf([...tooMuch]))]);
    pending.written(tooMuch);
    return batch.filter((row) => !tooMuch.has(row));
  };

  const store = async (): Promise<void> => {
    const lost = pending.lost();
    if (lost.gaps.length > 0) {
      await account.drop({ gaps: lost.gaps, reason: 'disk' }, [putHeads(lost.heads)]);
      pending.told();
    }
    const fitting = await makeRoom(pending.take());
    if (fitting.length === 0) return;
    const mayForget = fitting.every((row) => row.class === 'readings');
    await database.write([putHeads(headsOf(fitting)), insertRows(fitting)], { mayForget });
    unsynced = mayForget;
    for (const row of fitting) account.count(row, 1);
    pending.written(fitting);
  };

  const flush = async (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = null;
    await inTurn(async () => {
      try {
        while (!pending.isEmpty()) await store();
      } catch (error) {
        log.warn({ code: AgentError.from(error).code, err: error }, 'Events for the cloud could not be stored yet');
        schedule(RETRY_MS);
      } finally {
        pending.back();
      }
    });
    wake();
  };
  const schedule = (delayMs: number) => {
    if (closed) return;
    cancelTimer ??= clock.after(delayMs, () => {
      cancelTimer = null;
      void flush();
    });
  };

  const hasMore = () => account.gaps().length > 0 || eventClasses.some((of) => account.totals[of].waiting > 0);
  const wake = () => {
    if (hasMore()) for (const one of [...wakes]) one();
  };

  const takeRows = async (maxItems: number, maxBytes: number): Promise<Taken> => {
    if (unsynced) await database.write([]);
    unsynced = false;
    const rows: FullRow[] = [];
    let bytes = 0;
    for (const row of readOldest(database, maxItems)) {
      bytes += row.bytes;
      if (rows.length > 0 && bytes > maxBytes) break;
      rows.push(row);
    }
    takenUpTo = rows.at(-1)?.id ?? 0;
    return { kind: 'rows', rows };
  };
  const release = () => {
    taken = null;
    takenUpTo = 0;
  };

  const tellRefused = (key: string, outcome: Extract<ItemOutcome, { kind: 'refused' }>) => {
    account.noteRefused();
    log.error({ key, code: outcome.code }, `The cloud refused an event: ${outcome.message}`);
  };
  const settleGaps = async (gaps: readonly StoredGap[], outcomes: readonly ItemOutcome[]) => {
    const done = gaps.slice(0, outcomes.length);
    for (const [index, { key }] of done.entries()) {
      const outcome = outcomes[index];
      // Nothing is left that could tell of it but the log and the count.
      if (outcome?.kind === 'refused') tellRefused(key, outcome);
    }
    await account.forget(done);
  };
  const settleRows = async (rows: readonly FullRow[], outcomes: readonly ItemOutcome[]) => {
    const done = rows.slice(0, outcomes.length);
    const endedAs = (kind: ItemOutcome['kind']) => done.filter((_row, index) => outcomes[index]?.kind === kind);
    const [delivered, withheld, refused] = [endedAs('delivered'), endedAs('withheld'), endedAs('refused')];
    if (delivered.length + withheld.length > 0) await account.remove({ sent: delivered, withheld }, clock.now());
    if (refused.length === 0) return;
    for (const [index, { key }] of done.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind === 'refused') tellRefused(key, outcome);
    }
    await account.drop({ rows: refused, reason: 'refused' });
  };

  const classStatus = (of: EventClass): ClassStatus => {
    const { waiting, bytes, dropped } = account.totals[of];
    const early = pending.of(of);
    return {
      waiting: waiting + early.length,
      bytes: bytes + early.reduce((sum, row) => sum + row.bytes, 0),
      oldestAt: readOldestAt(database, of) ?? early[0]?.at ?? null,
      dropped,
    };
  };

  return {
    get begunMs() {
      return account.begunMs;
    },
    async belongTo(cloudId) {
      await flush();
      return inTurn(async () => {
        const before = readOwner(database);
        if (before === cloudId) return false;
        if (before === null) {
          await database.write([putOwner(cloudId)]);
          return false;
        }
        release();
        await account.clear([putOwner(cloudId)], clock.now());
        for (const [key, head] of heads) heads.set(key, { ...head, origin: null });
        return true;
      });
    },
    append(draft) {
      if (closed) return;
      const { class: of, device, stream, source, at, simulated } = draft;
      const key = headKey(device, stream);
      const head = heads.get(key) ?? { device, stream, seq: 0, origin: null };
      const seq = head.seq + 1;
      const origin = draft.origin ?? head.origin;
      heads.set(key, { device, stream, seq, origin });
      const body = eventText(draft, seq);
      pending.add({
        id: nextId,
        class: of,
        device,
        stream,
        seq,
        source,
        at,
        queuedMs: Math.floor(clock.now()),
        simulated,
        key: eventKey(epoch, device, stream, seq),
        bytes: Buffer.byteLength(body),
        body,
        origin,
      });
      nextId += 1;
      lastEventAt = at;
      schedule(GATHER_MS);
    },
    origin: (device, stream) => heads.get(headKey(device, stream))?.origin ?? null,
    devicesOf: (stream) => [...heads.values()].flatMap((head) => (head.stream === stream ? [head.device] : [])),
    take: ({ maxItems, maxBytes }) =>
      inTurn(async () => {
        if (taken !== null) throw new AgentError('state_conflict', 'A batch of events is on its way already.');
        if (account.gaps().length > 0) {
          const at = new Date(clock.now()).toISOString();
          const gaps = await account.seal(maxItems, (gap) => gapText(gap, at));
          taken = { kind: 'gaps', gaps };
          return gaps.map(({ key, gap, body }) => ({ key, body: body ?? '', simulated: gap.simulated }));
        }
        const batch = await takeRows(maxItems, maxBytes);
        if (batch.kind !== 'rows' || batch.rows.length === 0) return [];
        taken = batch;
        return batch.rows.map(({ key, body, simulated }) => ({ key, body, simulated }));
      }),
    settle: (outcomes) =>
      inTurn(async () => {
        if (taken === null) return;
        try {
          if (taken.kind === 'gaps') await settleGaps(taken.gaps, outcomes);
          else await settleRows(taken.rows, outcomes);
        } finally {
          release();
        }
      }),
    release,
    async tidy() {
      await inTurn(async () => {
        for (const of of eventClasses) {
          const before = clock.now() - bounds[of].maxAgeMs;
          for (let rows = oldestOf(of, before); rows.length > 0; rows = oldestOf(of, before)) {
            await account.drop({ rows, reason: 'age' });
          }
        }
      });
      wake();
    },
    status: () => ({
      classes: {
        effects: classStatus('effects'),
        state: classStatus('state'),
        streams: classStatus('streams'),
        readings: classStatus('readings'),
      },
      gapsWaiting: account.gaps().length,
      sent: account.sent,
      refused: account.refused,
      withheld: account.withheld,
      lastSentAt: account.lastSentMs === null ? null : new Date(account.lastSentMs).toISOString(),
      lastEventAt,
    }),
    hasMore,
    onWork(one) {
      wakes.add(one);
      return () => {
        wakes.delete(one);
      };
    },
    flush,
    async close() {
      if (closed) return;
      closed = true;
      await flush();
      await turn;
      wakes.clear();
    },
  };
}

function headKey(device: string, stream: string): string {
  return `${device} ${stream}`;
}
