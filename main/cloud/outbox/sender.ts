import { AgentError } from '../../../drivers/kit/index.ts';
import type { Clock, Log } from '../../connectors/index.ts';
import { createBackOff } from './back-off.ts';
import type { Carried, EventCarrier } from './carrier.ts';
import type { Outbox } from './outbox.ts';
import { waitFor } from './pace.ts';
import type { ItemOutcome, OutboxItem } from './terms.ts';

/** How the sending stands. */
export interface SenderStatus {
  readonly state: 'idle' | 'sending' | 'waiting' | 'stopped';
  readonly reason: string | null;
  readonly hint: string | null;
  readonly nextAttemptAt: string | null;
}

/** Empties the outbox into a cloud, a batch at a time, as fast as the cloud says it may. */
export interface Sender {
  /** Where to send from now on; null: nowhere. What is on its way is called off, and sent again. */
  use(carrier: EventCarrier | null): void;
  status(): SenderStatus;
  close(): Promise<void>;
}

const MAX_BATCH_BYTES = 512 * 1024;
const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
const TIDY_MS = 60_000;

/** Begins at once; `random` spreads the waits. */
export function startSender(parts: {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}): Sender {
  const { outbox, clock, log } = parts;
  const backOff = createBackOff({ firstMs: FIRST_MS, longestMs: LONGEST_MS, random: parts.random ?? Math.random });
  const closing = new AbortController();
  let carrier: EventCarrier | null = null;
  let changed = new AbortController();
  let status: SenderStatus = nowhere;
  let wakeUp: (() => void) | null = null;
  let stirred = false;
  /** Smaller while a batch is found to hold something that the cloud does not want. */
  let atOnce = Number.POSITIVE_INFINITY;

  const stir = () => {
    stirred = true;
    wakeUp?.();
  };
  /** Until something happens, or `delayMs` have passed. `only`: nothing but a new carrier or the end counts. */
  const sleep = (delayMs: number | null): Promise<void> =>
    new Promise((resolve) => {
      const ends = AbortSignal.any([closing.signal, changed.signal]);
      const done = () => {
        cancel();
        ends.removeEventListener('abort', done);
        wakeUp = null;
        resolve();
      };
      const cancel = delayMs === null ? () => {} : clock.after(delayMs, done);
      if (ends.aborted || (delayMs === null && stirred)) return done();
      ends.addEventListener('abort', done);
      // A wait that the cloud asked for is not cut short by the next event.
      if (delayMs === null) wakeUp = done;
    });
  const pause = async (state: 'waiting' | 'stopped', delayMs: number, reason: string, hint: string | null) => {
    status = { state, reason, hint, nextAttemptAt: new Date(clock.now() + delayMs).toISOString() };
    await sleep(delayMs);
  };

  const settle = async (carried: Carried, to: EventCarrier, size: number): Promise<void> => {
    switch (carried.kind) {
      case 'taken': {
        await outbox.settle(carried.outcomes);
        backOff.reset();
        atOnce = Math.min(to.maxItems, atOnce * 2);
        const waitMs = carried.pace === null ? 0 : waitFor(carried.pace);
        if (waitMs > 0) await pause('waiting', waitMs, 'The cloud takes no more for now.', null);
        return;
      }
      case 'fewer':
        outbox.release();
        atOnce = Math.max(1, Math.floor(size / 2));
        return;
      case 'later': {
        outbox.release();
        const asked = carried.pace === null ? 0 : waitFor(carried.pace);
        await pause('waiting', Math.max(asked, backOff.next()), carried.reason, carried.hint);
        return;
      }
      case 'blocked':
        outbox.release();
        log.warn({ cloud: to.name, reason: carried.reason }, 'Events can not be sent until somebody mends it');
        await pause('stopped', LONGEST_MS, carried.reason, carried.hint);
    }
  };

  const round = async (to: EventCarrier): Promise<void> => {
    stirred = false;
    if (!outbox.hasMore()) {
      status = { state: 'idle', reason: null, hint: null, nextAttemptAt: null };
      await sleep(null);
      return;
    }
    status = { state: 'sending', reason: null, hint: null, nextAttemptAt: null };
    const items = await outbox.take({ maxItems: Math.min(to.maxItems, atOnce), maxBytes: MAX_BATCH_BYTES });
    if (items.length === 0) return;
    const signal = AbortSignal.any([closing.signal, changed.signal]);
    const carried = await carryAllowed(to, items, signal);
    await settle(carried, to, items.length);
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      if (changed.signal.aborted) changed = new AbortController();
      if (carrier === null) {
        status = nowhere;
        stirred = false;
        await sleep(null);
        continue;
      }
      try {
        await round(carrier);
      } catch (error) {
        outbox.release();
        if (closing.signal.aborted || changed.signal.aborted) continue;
        const { code, message, hint } = AgentError.from(error);
        log.error({ err: error, code }, 'The outbox could not be emptied');
        await pause('waiting', backOff.next(), message, hint ?? null);
      }
    }
  };

  const stopWork = outbox.onWork(stir);
  let cancelTidy = () => {};
  const tidyLater = () => {
    cancelTidy = clock.after(TIDY_MS, () => {
      void outbox
        .tidy()
        .catch((error: unknown) => log.warn({ err: error }, 'The outbox could not be tidied'))
        .finally(() => {
          if (!closing.signal.aborted) tidyLater();
        });
    });
  };
  tidyLater();
  const running = run();

  return {
    use(next) {
      carrier = next;
      atOnce = Number.POSITIVE_INFINITY;
      backOff.reset();
      changed.abort();
      stir();
    },
    status: () => status,
    async close() {
      closing.abort();
      cancelTidy();
      stopWork();
      await running;
    },
  };
}

const nowhere: SenderStatus = {
  state: 'waiting',
  reason: 'There is no connection to a cloud.',
  hint: null,
  nextAttemptAt: null,
};

/** Carries what may go there; what a simulated device told stays away from live keys. */
async function carryAllowed(to: EventCarrier, items: readonly OutboxItem[], signal: AbortSignal): Promise<Carried> {
  const isKept = (item: OutboxItem) => to.live && item.simulated;
  const allowed = items.filter((item) => !isKept(item));
  const none: Carried = { kind: 'taken', outcomes: [], pace: null };
  const carried = allowed.length === 0 ? none : await to.carry(allowed, signal);
  if (carried.kind !== 'taken') return carried;
  const outcomes: ItemOutcome[] = [];
  let next = 0;
  for (const item of items) {
    if (isKept(item)) outcomes.push({ kind: 'withheld' });
    else {
      const outcome = carried.outcomes[next];
      if (outcome === undefined) break;
      outcomes.push(outcome);
      next += 1;
    }
  }
  return { ...carried, outcomes };
}
