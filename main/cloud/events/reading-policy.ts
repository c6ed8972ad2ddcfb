import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { Clock, Reading } from '../../connectors/index.ts';

/** Which readings are told to the cloud: its budget of events is shared with others, so not each sample is. */
export interface ReadingPolicy {
  /** `changes`: a value when it has changed, and now and then while it stays. */
  readonly send: 'changes' | 'off';
  /** Of one tool at most this often; the last value always gets through. */
  readonly minIntervalMs: number;
  /** A value that stays is told again after this long, once it was read. */
  readonly heartbeatMs: number;
}

/** Lets readings through by policy. */
export interface ReadingSampler {
  offer(reading: Reading): void;
  forget(connectorId: string): void;
  /** Tells what was held back. */
  close(): void;
}

interface Told {
  text: string;
  atMs: number;
  held: Reading | null;
  cancel: () => void;
}

/** `tell` gets those that are let through. */
export function createReadingSampler(
  policy: ReadingPolicy,
  clock: Clock,
  tell: (reading: Reading) => void,
): ReadingSampler {
  const told = new Map<string, Told>();

  const tellNow = (key: string, reading: Reading) => {
    told.get(key)?.cancel();
    told.set(key, { text: contentOf(reading.value), atMs: clock.monotonicMs(), held: null, cancel: () => {} });
    tell(reading);
  };
  const release = (key: string) => {
    const state = told.get(key);
    if (state?.held == null) return;
    const { held } = state;
    state.held = null;
    if (contentOf(held.value) !== state.text) tellNow(key, held);
  };

  return {
    offer(reading) {
      if (policy.send === 'off') return;
      const key = `${reading.connector_id} ${reading.tool}`;
      const state = told.get(key);
      if (state === undefined) return tellNow(key, reading);
      const agoMs = clock.monotonicMs() - state.atMs;
      const changed = contentOf(reading.value) !== state.text;
      if (agoMs >= (changed ? policy.minIntervalMs : policy.heartbeatMs)) return tellNow(key, reading);
      if (!changed) {
        // It is back to what was told.
        state.held = null;
        return;
      }
      if (state.held === null) {
        state.cancel();
        state.cancel = clock.after(policy.minIntervalMs - agoMs, () => release(key));
      }
      state.held = reading;
    },
    forget(connectorId) {
      for (const [key, { cancel }] of [...told]) {
        if (!key.startsWith(`${connectorId} `)) continue;
        cancel();
        told.delete(key);
      }
    },
    close() {
      for (const [key, { cancel }] of [...told]) {
        cancel();
        release(key);
      }
    },
  };
}

/** What counts as the value: when it was read does not. */
function contentOf(value: JsonObject): string {
  const { at: _, ...rest } = value;
  return JSON.stringify(rest);
}
