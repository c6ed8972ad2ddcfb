import { AgentError } from '../../../drivers/kit/index.ts';

/** The right to use the port, until released. */
export interface Turn {
  /** Idempotent. The next one in line has the port when this returns. */
  release(): void;
}

/**
 * One fair queue for a port. Each device behind it has a lane of its own, first come first served; lanes are served in
 * rotation, so that a busy device can't keep the others from the port. The port goes from hand to hand: there is no moment
 * at which it is free while someone waits.
 */
export interface PortQueue {
  /**
   * Resolves when it is this caller's turn. Rejects with `device_busy` when the lane is full, the signal's reason when it
   * is aborted first, or what {@link PortQueue.clear} gives.
   */
  acquire(lane: string, signal: AbortSignal): Promise<Turn>;
  /** Rejects everyone who waits, in all lanes or in one. The holder keeps its turn. */
  clear(reason: AgentError, lane?: string): void;
}

/** How many may wait in one lane (contract section 2). */
export const LANE_DEPTH = 32;

interface Waiter {
  readonly grant: () => void;
  readonly fail: (reason: unknown) => void;
}

/** `describe` names a lane's device in messages. */
export function createPortQueue(describe: (lane: string) => string): PortQueue {
  /** In order of service: a lane is here as long as someone waits in it. */
  const lanes = new Map<string, Set<Waiter>>();
  let held = false;

  const next = () => {
    for (const [lane, waiters] of lanes) {
      for (const waiter of waiters) {
        waiters.delete(waiter);
        // To the back of the rotation, or out of it.
        lanes.delete(lane);
        if (waiters.size > 0) lanes.set(lane, waiters);
        waiter.grant();
        return;
      }
    }
    held = false;
  };

  const makeTurn = (): Turn => {
    let released = false;
    return {
      release() {
        if (released) return;
        released = true;
        next();
      },
    };
  };

  const wait = (lane: string, signal: AbortSignal): Promise<Turn> => {
    const waiters = lanes.get(lane) ?? new Set<Waiter>();
    if (waiters.size >= LANE_DEPTH) {
      return Promise.reject(
        new AgentError('device_busy', `${describe(lane)} has ${LANE_DEPTH} calls waiting already.`, {
          hint: 'Call less often, or wait for the answers first.',
          details: { device: describe(lane), waiting: LANE_DEPTH },
        }),
      );
    }
    lanes.set(lane, waiters);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        grant() {
          signal.removeEventListener('abort', onAbort);
          resolve(makeTurn());
        },
        fail(reason) {
          signal.removeEventListener('abort', onAbort);
          waiters.delete(waiter);
          if (waiters.size === 0 && lanes.get(lane) === waiters) lanes.delete(lane);
          reject(reason);
        },
      };
      const onAbort = () => waiter.fail(signal.reason);
      waiters.add(waiter);
      signal.addEventListener('abort', onAbort);
    });
  };

  return {
    acquire(lane, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (held) return wait(lane, signal);
      held = true;
      return Promise.resolve(makeTurn());
    },
    clear(reason, lane) {
      for (const [name, waiters] of [...lanes]) {
        if (lane !== undefined && name !== lane) continue;
        for (const waiter of [...waiters]) waiter.fail(reason);
      }
    },
  };
}
