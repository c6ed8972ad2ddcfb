import type { AgentError } from '../../../../drivers/kit/index.ts';

/** Writes that wait while the other side can take no more. */
export interface HeldWrites {
  /** Resolves when the bytes were passed on. Rejects with what ended it, or as passing them on does. */
  write(bytes: Uint8Array): Promise<void>;
  /** From now on nothing is passed on, or all that waits and comes. */
  hold(held: boolean): void;
  /** Whether anything was not passed on yet. */
  waiting(): boolean;
  /** Nothing is passed on any more. Idempotent. */
  end(reason: AgentError): void;
}

/** A large write is passed on in pieces: the other side may hold it in the middle. */
const PIECE_BYTES = 4_096;

/** Passes what is written on in order, by `pass`. */
export function createHeldWrites(pass: (bytes: Uint8Array) => Promise<void>): HeldWrites {
  let released = Promise.withResolvers<void>();
  let held = false;
  let ended: AgentError | null = null;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const passOn = async (bytes: Uint8Array): Promise<void> => {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      while (held && ended === null) await released.promise;
      if (ended !== null) throw ended;
      await pass(bytes.subarray(start, start + PIECE_BYTES));
    }
  };
  return {
    write(bytes) {
      if (ended !== null) return Promise.reject(ended);
      waiting += 1;
      const mine = last.catch(() => {}).then(() => passOn(bytes));
      last = mine.finally(() => {
        waiting -= 1;
      });
      last.catch(() => {});
      return mine;
    },
    hold(next) {
      held = next;
      if (held) return;
      released.resolve();
      released = Promise.withResolvers<void>();
    },
    waiting: () => waiting > 0,
    end(reason) {
      ended ??= reason;
      released.resolve();
    },
  };
}
