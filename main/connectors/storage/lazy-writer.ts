import { AgentError } from '../../../drivers/kit/index.ts';
import type { Database, Statement } from '../../store/index.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** How long a value that changes all the time may wait before it is stored. */
const DELAY_MS = 2_000;

/** Stores the newest of values that change often, in batches, off the path of a call. */
export interface LazyWriter {
  /** Remembers to run `statement` soon; a later one under the same key replaces it. */
  put(key: string, statement: () => Statement): void;
  /** Forgets what waits under keys that begin so. */
  drop(keyPrefix: string): void;
  /** Stores what waits, now; resolves when that, and what was on its way before, is stored. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a writer over one database. A failed batch is logged and its values are lost; newer ones follow. */
export function createLazyWriter(database: Database, clock: Clock, log: Log): LazyWriter {
  const waiting = new Map<string, () => Statement>();
  let cancel: (() => void) | null = null;
  let closed = false;
  let storing = Promise.resolve();

  const flush = (): Promise<void> => {
    cancel?.();
    cancel = null;
    if (waiting.size > 0) storing = Promise.all([storing, storeWaiting()]).then(() => {});
    return storing;
  };
  const storeWaiting = async (): Promise<void> => {
    const statements = [...waiting.values()].map((make) => make());
    waiting.clear();
    try {
      await database.write(statements, { mayForget: true });
    } catch (error) {
      log.warn({ code: AgentError.from(error).code, err: error }, 'Readings and health could not be stored');
    }
  };

  return {
    put(key, statement) {
      if (closed) return;
      waiting.set(key, statement);
      cancel ??= clock.after(DELAY_MS, () => void flush());
    },
    drop(keyPrefix) {
      for (const key of waiting.keys()) if (key.startsWith(keyPrefix)) waiting.delete(key);
    },
    flush,
    async close() {
      closed = true;
      await flush();
    },
  };
}
