import { AgentError } from '../../../drivers/kit/index.ts';
import type { Clock } from '../clock.ts';

/** Lets readers wait until something happens to a connector's stream; many at once. */
export interface Changes {
  /** Grows with each change. */
  version(connectorId: string): number;
  /**
   * Resolves when it has grown beyond `version`, at once if it has already, or after `timeoutMs`. Rejects with `cancelled`
   * when `signal` aborts, `closed` when the agent stops.
   */
  beyond(connectorId: string, version: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  note(connectorId: string): void;
  close(): void;
}

export function createChanges(clock: Clock): Changes {
  const versions = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  const closing = new AbortController();
  const version = (connectorId: string) => versions.get(connectorId) ?? 0;

  return {
    version,
    beyond(connectorId, seen, timeoutMs, signal) {
      if (closing.signal.aborted) return Promise.reject(stopping());
      if (signal.aborted) return Promise.reject(calledOff());
      if (version(connectorId) > seen) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const own = waiting.get(connectorId) ?? new Set<() => void>();
        waiting.set(connectorId, own);
        const settle = () => {
          own.delete(wake);
          if (own.size === 0 && waiting.get(connectorId) === own) waiting.delete(connectorId);
          cancelTimer();
          signal.removeEventListener('abort', onAbort);
          closing.signal.removeEventListener('abort', onClose);
        };
        const wake = () => {
          settle();
          resolve();
        };
        const onAbort = () => {
          settle();
          reject(calledOff());
        };
        const onClose = () => {
          settle();
          reject(stopping());
        };
        const cancelTimer = clock.after(timeoutMs, wake);
        own.add(wake);
        signal.addEventListener('abort', onAbort);
        closing.signal.addEventListener('abort', onClose);
      });
    },
    note(connectorId) {
      versions.set(connectorId, version(connectorId) + 1);
      for (const wake of [...(waiting.get(connectorId) ?? [])]) wake();
    },
    close: () => closing.abort(),
  };
}

function calledOff(): AgentError {
  return new AgentError('cancelled', 'The call was called off; nothing was taken away from other readers.');
}

function stopping(): AgentError {
  return new AgentError('closed', 'The agent is stopping.', { hint: 'Ask again with the same cursor when it runs.' });
}
