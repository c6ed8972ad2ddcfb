import { AgentError } from '../../drivers/kit/index.ts';
import type { Database, Statement } from '../../main/store/index.ts';
import type { Clock } from '../clock.ts';

/** Changes in one commit. */
const BATCH = 500;
const RETRY_MS = 5_000;
/** Of what waits in memory an agent may not add without end. */
const MOST_WAITING = 2 * BATCH;

/** A change of one row: what stores it, and the text that is read of it until then; null where it is deleted. */
export interface RowChange {
  readonly statement: Statement;
  readonly text: string | null;
}

/** Stores what may be forgotten a little later than it is told, in few commits; of several changes of a row, the last. */
export interface WriteBehind {
  put(key: string, change: RowChange): void;
  /** Null; or, when much waits, what resolves after the next attempts to store it. Whoever tells more waits for it. */
  backlog(): Promise<void> | null;
  /** A change that is not stored yet. */
  waiting(key: string): RowChange | undefined;
  /** Tries once more to store what is left, and ends. */
  close(): Promise<void>;
}

/** Makes one. What can't be stored is kept and tried again. */
export function createWriteBehind(
  database: Pick<Database, 'write'>,
  clock: Pick<Clock, 'after'>,
  onFault: (error: unknown) => void,
): WriteBehind {
  let due = new Map<string, RowChange>();
  let writing = new Map<string, RowChange>();
  let running: Promise<boolean> | null = null;
  let stopRetrying: (() => void) | null = null;
  let closed = false;

  /** False when none of it is stored and it is worth another try. */
  const store = async (changes: readonly RowChange[]): Promise<boolean> => {
    try {
      await database.write(
        changes.map(({ statement }) => statement),
        { mayForget: true },
      );
      return true;
    } catch (error) {
      if (AgentError.is(error, 'store_unavailable', 'closed')) {
        onFault(error);
        return false;
      }
      // One that can't be stored by its own fault keeps no other from it.
      if (changes.length === 1) onFault(error);
      else for (const change of changes) await store([change]);
      return true;
    }
  };
  const flush = async (): Promise<boolean> => {
    while (due.size > 0) {
      writing = takeFirst(due, BATCH);
      const stored = await store([...writing.values()]);
      if (!stored) due = new Map([...writing, ...due]);
      writing = new Map();
      if (!stored) return false;
    }
    return true;
  };
  const start = () => {
    if (running !== null || stopRetrying !== null) return;
    running = flush().then((stored) => {
      running = null;
      if (closed) return stored;
      if (!stored) {
        stopRetrying = clock.after(RETRY_MS, () => {
          stopRetrying = null;
          start();
        });
      } else if (due.size > 0) start();
      return stored;
    });
  };

  return {
    put(key, change) {
      due.delete(key);
      due.set(key, change);
      start();
    },
    backlog() {
      if (due.size + writing.size < MOST_WAITING) return null;
      if (running !== null) return running.then(() => {});
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.after(RETRY_MS, resolve);
      return promise;
    },
    waiting: (key) => due.get(key) ?? writing.get(key),
    async close() {
      closed = true;
      stopRetrying?.();
      stopRetrying = null;
      await running;
      await flush();
    },
  };
}

function takeFirst(from: Map<string, RowChange>, count: number): Map<string, RowChange> {
  const taken = new Map<string, RowChange>();
  for (const [key, change] of from) {
    if (taken.size >= count) break;
    taken.set(key, change);
    from.delete(key);
  }
  return taken;
}
