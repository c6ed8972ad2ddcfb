import { AgentError } from '../../../drivers/kit/index.ts';
import type { CallRequest, EffectResult } from '../calls/call-terms.ts';
import { answerFromRow, answerPending } from '../calls/effect-result.ts';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { ApprovalRow } from './approval-view.ts';

/** How long a call waits for a person before it answers `pending` (contract section 1, "Confirm"). */
const WAIT_MS = 20_000;
/** Between two words to a caller that waits. */
const TICK_MS = 5_000;
/** The part of the progress that waiting for a person may take. */
const WAIT_FRACTION = 0.09;

type Progress = NonNullable<CallRequest['onProgress']>;

interface Wait {
  readonly outcome: PromiseWithResolvers<EffectResult>;
  readonly listeners: Set<Progress>;
  /** Allowed, and under way. */
  decided: boolean;
}

/** The calls that wait for a person. Memory only: a call of an earlier agent is gone. */
export interface ApprovalWaits {
  /**
   * Waits until a person has decided and it is done, and no longer than 20 s for the decision or `endsAtMs` for the rest;
   * then, and when `signal` aborts, answers `pending`. The request goes on either way.
   */
  join(
    row: ApprovalRow,
    wait: { readonly signal: AbortSignal; readonly endsAtMs: number; readonly onProgress?: Progress | undefined },
  ): Promise<EffectResult>;
  /** Whether a call waits for it now. */
  hasListener(approvalId: string): boolean;
  /** Tells those who wait how far it is. */
  report(approvalId: string, progress: Parameters<Progress>[0]): void;
  /** It was decided: `outcome` is what those who wait are answered. */
  settle(approvalId: string, outcome: Promise<EffectResult>): void;
}

/** Makes an empty set. */
export function createApprovalWaits({
  journal,
  clock,
}: {
  readonly journal: Journal;
  readonly clock: Clock;
}): ApprovalWaits {
  const waits = new Map<string, Wait>();

  return {
    hasListener: (approvalId) => (waits.get(approvalId)?.listeners.size ?? 0) > 0,
    report(approvalId, progress) {
      for (const listener of waits.get(approvalId)?.listeners ?? []) listener(progress);
    },
    settle(approvalId, outcome) {
      const wait = waits.get(approvalId);
      if (wait === undefined) return;
      wait.decided = true;
      outcome.then(wait.outcome.resolve, wait.outcome.reject);
    },
    async join(row, { signal, endsAtMs, onProgress }) {
      const { approval_id: approvalId, journal_id: journalId } = row;
      const wait = waits.get(approvalId) ?? {
        outcome: Promise.withResolvers<EffectResult>(),
        listeners: new Set(),
        decided: false,
      };
      waits.set(approvalId, wait);
      const listener: Progress = (progress) => onProgress?.(progress);
      wait.listeners.add(listener);

      const begunMs = clock.monotonicMs();
      const { promise: left, resolve: leave } = Promise.withResolvers<null>();
      let stopClock = () => {};
      const tick = () => {
        const nowMs = clock.monotonicMs();
        const untilMs = wait.decided ? endsAtMs : Math.min(begunMs + WAIT_MS, endsAtMs);
        if (nowMs >= untilMs) return leave(null);
        if (!wait.decided) {
          const leftS = Math.max(0, Math.ceil((Date.parse(row.approval.expires_at) - clock.now()) / 1_000));
          const fraction = 0.01 + ((nowMs - begunMs) / WAIT_MS) * (WAIT_FRACTION - 0.01);
          listener({ message: `Waiting for a person at the machine to allow it; ${leftS} s left`, fraction });
        }
        stopClock = clock.after(Math.min(TICK_MS, untilMs - nowMs), tick);
      };
      const onAbort = () => leave(null);
      signal.addEventListener('abort', onAbort, { once: true });
      tick();
      if (signal.aborted) leave(null);
      try {
        const outcome = await Promise.race([wait.outcome.promise, left]);
        return outcome ?? notYet(journalId);
      } finally {
        stopClock();
        signal.removeEventListener('abort', onAbort);
        wait.listeners.delete(listener);
        if (wait.listeners.size === 0) waits.delete(approvalId);
      }
    },
  };

  function notYet(journalId: string): EffectResult {
    const now = journal.row(journalId);
    if (now.state !== 'accepted' && now.state !== 'sent') return answerFromRow(now, { deduplicated: false });
    const error = new AgentError('deadline_exceeded', 'A person has allowed it, and it is under way.', {
      hint: 'Ask again with the same key.',
    });
    return { ...answerPending(now.idempotency_key, journalId, error), deduplicated: false };
  }
}
