import { AgentError } from '../../../drivers/kit/index.ts';
import { callEnded } from './wire.ts';

/** Waiting calls for one device; more are refused with `device_busy` (contract section 2). */
const LANE_LIMIT = 32;

interface Waiter {
  readonly grant: () => void;
  readonly refuse: (error: AgentError) => void;
}

/** Gives the turn back; idempotent. */
export type Release = () => void;

/**
 * One turn at a time on a port. Each device on it has a lane of its own, first come first served; lanes take turns, so
 * that a busy unit starves no other. The turn is handed over directly: between release and grant nobody can slip in.
 */
export class PortQueue {
  readonly #lanes = new Map<string, Waiter[]>();
  #held = false;
  #closed: AgentError | null = null;

  /** Resolves with the turn. Rejects with `device_busy`, `closed`, or why `signal` aborted. */
  async acquire(lane: string, deviceName: string, signal: AbortSignal): Promise<Release> {
    if (this.#closed !== null) throw this.#closed;
    if (signal.aborted) throw callEnded(signal);
    if (!this.#held) {
      this.#held = true;
      return this.#releaseOnce();
    }
    const waiting = this.#lanes.get(lane) ?? [];
    if (waiting.length >= LANE_LIMIT) {
      throw new AgentError('device_busy', `${deviceName} has ${waiting.length} calls waiting already.`, {
        hint: 'Call less often, or wait for answers before calling again. Nothing was sent.',
      });
    }
    this.#lanes.set(lane, waiting);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { grant: resolve, refuse: reject };
    waiting.push(waiter);
    const leave = () => {
      const place = waiting.indexOf(waiter);
      if (place < 0) return;
      waiting.splice(place, 1);
      reject(callEnded(signal));
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    return this.#releaseOnce();
  }

  /** Rejects all that wait; the holder of the turn keeps it until it releases. */
  close(error: AgentError): void {
    this.#closed ??= error;
    for (const waiting of this.#lanes.values()) for (const waiter of waiting.splice(0)) waiter.refuse(error);
    this.#lanes.clear();
  }

  #releaseOnce(): Release {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#handOver();
    };
  }

  #handOver(): void {
    for (const [lane, waiting] of this.#lanes) {
      const next = waiting.shift();
      // To the back of the round, or out of it.
      this.#lanes.delete(lane);
      if (waiting.length > 0) this.#lanes.set(lane, waiting);
      if (next === undefined) continue;
      next.grant();
      return;
    }
    this.#held = false;
  }
}
