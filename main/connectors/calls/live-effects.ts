import { AgentError } from '../../../drivers/kit/index.ts';
import type { Clock } from '../clock.ts';
import type { Intent } from '../journal/intent.ts';
import type { EffectResult } from './call-terms.ts';
import { answerPending } from './effect-result.ts';

/** A side effect that a call is working on. */
export interface LiveEffect {
  readonly intent: Intent;
  /** Set once it has a row. */
  journalId: string | null;
  /** Whether the row says `sent`. */
  sent: boolean;
  /** Aborted: its caller is gone. */
  readonly signal: AbortSignal;
}

/** The side effects under way, so that a second call with the same key joins the first. Memory only. */
export interface LiveEffects {
  find(intent: Intent): LiveEffect | null;
  all(): readonly LiveEffect[];
  /** Runs `work` as the one call for this key. */
  run(intent: Intent, signal: AbortSignal, work: (live: LiveEffect) => Promise<EffectResult>): Promise<EffectResult>;
  /** Waits for the call that works on this key; `pending` when `signal` or the deadline ends the wait first. */
  join(live: LiveEffect, signal: AbortSignal, deadlineMs: number): Promise<EffectResult>;
  /** Resolves when the call that works on this key has ended, or none does. Never rejects. */
  ended(intent: Intent): Promise<void>;
  /** Resolves when none is left. */
  idle(): Promise<void>;
}

/** Makes an empty set. */
export function createLiveEffects(clock: Clock): LiveEffects {
  const running = new Map<string, { readonly live: LiveEffect; readonly done: Promise<EffectResult> }>();
  const keyOf = ({ connectorId, caller, key }: Intent) => JSON.stringify([connectorId, caller.id, key]);

  return {
    find: (intent) => running.get(keyOf(intent))?.live ?? null,
    all: () => [...running.values()].map(({ live }) => live),
    run(intent, signal, work) {
      const key = keyOf(intent);
      const live: LiveEffect = { intent, journalId: null, sent: false, signal };
      const done = work(live).finally(() => running.delete(key));
      running.set(key, { live, done });
      return done;
    },
    async join(live, signal, deadlineMs) {
      const first = running.get(keyOf(live.intent))?.done;
      const { promise: ended, resolve: end } = Promise.withResolvers<EffectResult>();
      const giveUp = (error: AgentError) => end(answerPending(live.intent.key, live.journalId, error));
      const onAbort = () =>
        giveUp(new AgentError('cancelled', 'The call was called off; the first one with this key goes on.'));
      const stopClock = clock.after(deadlineMs, () =>
        giveUp(
          new AgentError('deadline_exceeded', `The first call with this key has not ended within ${deadlineMs} ms.`, {
            hint: 'Ask again with the same key.',
          }),
        ),
      );
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      try {
        return await (first === undefined ? ended : Promise.race([first, ended]));
      } finally {
        stopClock();
        signal.removeEventListener('abort', onAbort);
      }
    },
    async ended(intent) {
      await Promise.allSettled([running.get(keyOf(intent))?.done]);
    },
    async idle() {
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };
}
