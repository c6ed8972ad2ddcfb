import { AgentError } from '../../../drivers/kit/index.ts';
import type { CallTicket } from '../device-side.ts';

/** The calls that wait or run, so that each can be cancelled by its id and ends at its deadline. */
export class Calls {
  readonly #running = new Map<string, AbortController>();

  /** Runs with a signal that aborts with `cancelled` or `deadline_exceeded`. */
  async run<T>({ callId, deadlineMs }: CallTicket, what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.set(callId, controller);
    const timer = setTimeout(
      () =>
        controller.abort(
          new AgentError('deadline_exceeded', `${what} was not done within ${deadlineMs} ms, waiting included.`, {
            hint: 'The device is slow or busy. Nothing was sent after that; call again.',
          }),
        ),
      deadlineMs,
    );
    try {
      return await run(controller.signal);
    } finally {
      clearTimeout(timer);
      this.#running.delete(callId);
    }
  }

  cancel(callId: string): void {
    this.#running.get(callId)?.abort(new AgentError('cancelled', 'The call was cancelled.'));
  }
}

interface Shared {
  readonly promise: Promise<unknown>;
  readonly abort: AbortController;
  waiters: number;
}

/** Identical reads at the same time share one exchange; it is only given up when nobody waits for it any more. */
export class ReadSharing {
  readonly #shared = new Map<string, Shared>();

  async run<T>(key: string, signal: AbortSignal, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let shared = this.#shared.get(key);
    if (shared === undefined || shared.abort.signal.aborted) {
      const abort = new AbortController();
      const promise = read(abort.signal).finally(() => {
        if (this.#shared.get(key)?.abort === abort) this.#shared.delete(key);
      });
      promise.catch(() => {});
      shared = { promise, abort, waiters: 0 };
      this.#shared.set(key, shared);
    }
    const mine = shared;
    mine.waiters += 1;
    const { promise, reject } = Promise.withResolvers<never>();
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return (await Promise.race([mine.promise, promise])) as T;
    } finally {
      signal.removeEventListener('abort', leave);
      mine.waiters -= 1;
      if (mine.waiters === 0) mine.abort.abort(signal.reason);
    }
  }
}
