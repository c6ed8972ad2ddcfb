import { AgentError } from '../../../drivers/kit/index.ts';
import type { Log } from '../log.ts';

/** How long the service is open, and what goes on without anybody waiting for it. */
export interface Lifetime {
  /** Aborted as soon as the service begins to close. */
  readonly closing: AbortSignal;
  /** Rejects with `closed`. */
  requireOpen(): void;
  /** Logs what fails; {@link idle} waits for it. */
  inBackground(work: Promise<unknown>): void;
  /** Begins to close. False when it has begun already. */
  close(): boolean;
  /** Resolves when the work in the background has ended. */
  idle(): Promise<void>;
}

/** Open from now on. */
export function createLifetime(log: Log): Lifetime {
  const closing = new AbortController();
  const background = new Set<Promise<unknown>>();
  return {
    closing: closing.signal,
    requireOpen() {
      if (!closing.signal.aborted) return;
      throw new AgentError('closed', 'The agent is stopping.', { hint: 'Ask again when it runs.' });
    },
    inBackground(work) {
      const done = work
        .catch((error: unknown) => log.error({ err: error }, 'Work in the background failed'))
        .finally(() => background.delete(done));
      background.add(done);
    },
    close() {
      if (closing.signal.aborted) return false;
      closing.abort();
      return true;
    },
    async idle() {
      await Promise.allSettled(background);
    },
  };
}
