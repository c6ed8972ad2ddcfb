import { Worker } from 'node:worker_threads';
import { AgentError } from '../../drivers/kit/index.ts';
import {
  type DatabaseName,
  databasesOf,
  type FromWriter,
  type HubSchema,
  type StoreKind,
  type StoreNotice,
  type ToWriter,
  type WriterOptions,
} from './messages.ts';
import type { Statement, WriteOptions } from './store.ts';

/** Writes that may wait at once; beyond it the disk is hopelessly behind. */
const PENDING_LIMIT = 10_000;

/** The writer thread, as the rest of the agent sees it. */
export interface Writer {
  write(database: DatabaseName, statements: readonly Statement[], options?: WriteOptions): Promise<readonly number[]>;
  /** The storage fault that the last write of a database met, until one is stored; what ended the thread, until another has opened the files. */
  fault(): AgentError | null;
  /** Refuses new writes; resolves when those accepted have their outcome; idempotent. */
  drain(): Promise<void>;
  /** Drains, then closes the files and ends the thread; idempotent. */
  close(): Promise<void>;
}

export interface WriterEvents {
  /** The thread was ended by a fault; `restarting` says whether another takes over. */
  readonly died: (fault: string, restarting: boolean) => void;
  /** A thread has started; for tests that end it. */
  readonly started?: (thread: Worker) => void;
}

interface Waiting {
  readonly database: DatabaseName;
  readonly resolve: (changes: readonly number[]) => void;
  readonly reject: (error: AgentError) => void;
}

/**
 * Starts the writer thread and waits until its databases are open. Rejects with `store_unavailable`. A thread that dies
 * is replaced, unless it had not committed anything: then another would fare no better, and every write is refused.
 */
export async function startWriter(
  kind: StoreKind,
  dataDir: string,
  schema: HubSchema,
  events: WriterEvents,
): Promise<{ readonly writer: Writer; readonly notices: readonly StoreNotice[] }> {
  const names: readonly DatabaseName[] = databasesOf[kind];
  const waiting = new Map<number, Waiting>();
  const faults = new Map<DatabaseName, AgentError>();
  let nextId = 1;
  let thread: Worker | null = null;
  let refusal: AgentError | null = null;
  let drained: Promise<void> | null = null;
  let closed: Promise<void> | null = null;

  const rejectAll = (error: AgentError): void => {
    const rejected = [...waiting.values()];
    waiting.clear();
    for (const { reject } of rejected) reject(error);
  };

  const settle = (message: Extract<FromWriter, { type: 'written' }>): void => {
    for (const outcome of message.outcomes) {
      const one = waiting.get(outcome.id);
      waiting.delete(outcome.id);
      if (one === undefined) continue;
      if ('error' in outcome) {
        const error = AgentError.deserialize(outcome.error);
        // A write that fails by its own fault, a conflict, says nothing about the disk.
        if (error.code === 'store_unavailable') faults.set(one.database, error);
        one.reject(error);
      } else {
        faults.delete(one.database);
        one.resolve(outcome.changes);
      }
    }
  };

  /** Resolves with the notices of opening; rejects when the thread ends before it was ready. */
  const start = (resume: boolean): Promise<readonly StoreNotice[]> =>
    new Promise((resolve, reject) => {
      const options: WriterOptions = { kind, dataDir, schema, resume };
      // Flags of the process (`--input-type`) may not fit a thread that runs a file.
      const current = new Worker(threadFile(), { workerData: options, name: 'store-writer', execArgv: [] });
      thread = current;
      let ready = false;
      let committed = false;
      let cause = 'it ended without a word';
      let unusable: AgentError | null = null;
      current.on('message', (message: FromWriter) => {
        switch (message.type) {
          case 'ready':
            ready = true;
            faults.clear();
            resolve(message.notices);
            break;
          case 'written':
            committed = true;
            settle(message);
            break;
          case 'unusable':
            unusable = AgentError.deserialize(message.error);
            break;
          case 'closed':
            break;
        }
      });
      current.on('error', (error) => {
        cause = error instanceof Error ? error.message : String(error);
      });
      current.on('exit', () => {
        thread = null;
        if (closed !== null && waiting.size === 0) return;
        const error = unusable ?? diedError(cause);
        const restarting = ready && committed && drained === null;
        if (!restarting) refusal = error;
        for (const name of names) faults.set(name, error);
        rejectAll(error);
        reject(error);
        if (ready || resume) events.died(error.message, restarting);
        // Its failure is recorded as the refusal.
        if (restarting) start(true).catch(() => {});
      });
      events.started?.(current);
    });

  const write: Writer['write'] = (database, statements, { mayForget = false } = {}) =>
    new Promise((resolve, reject) => {
      if (drained !== null) throw new AgentError('closed', 'The store is closed.');
      if (refusal !== null) throw refusal;
      if (thread === null) throw diedError('it is being restarted');
      if (waiting.size >= PENDING_LIMIT) throw overloadedError();
      const id = nextId++;
      const message: ToWriter = { type: 'write', database, id, statements, mayForget };
      thread.postMessage(message);
      waiting.set(id, { database, resolve, reject });
    });

  const drain = (): Promise<void> => {
    // Outcomes come in order, so that an empty write ends behind all that was accepted before it.
    drained ??= Promise.allSettled(names.map((name) => write(name, [], { mayForget: true }))).then(() => {});
    return drained;
  };

  const close = async (): Promise<void> => {
    await drain();
    const ending = thread;
    if (ending === null) return;
    const exited = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    const message: ToWriter = { type: 'close' };
    ending.postMessage(message);
    await exited;
  };

  const notices = await start(false);
  return {
    notices,
    writer: {
      write,
      fault: () => refusal ?? names.map((name) => faults.get(name)).find((fault) => fault !== undefined) ?? null,
      drain,
      close: () => {
        closed ??= close();
        return closed;
      },
    },
  };
}

/** From source it is TypeScript, built it is JavaScript. */
function threadFile(): URL {
  return new URL(`./writer-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}

function diedError(cause: string): AgentError {
  return new AgentError('store_unavailable', `The store's writer thread has died: ${cause}.`, {
    hint: 'What was being written may or may not be stored. If this stays, restart the agent.',
    details: { reason: 'writer_died' },
  });
}

function overloadedError(): AgentError {
  return new AgentError('store_unavailable', `${PENDING_LIMIT} writes are waiting for the disk.`, {
    hint: 'The disk is far too slow or hangs: check it.',
    details: { reason: 'overloaded' },
  });
}
