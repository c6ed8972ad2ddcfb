import { AgentError } from '../../../drivers/kit/index.ts';
import { hasApproval } from '../approvals/approval-view.ts';
import type { Intent, Refusal } from '../journal/intent.ts';
import type { JournalRow } from '../journal/journal-row.ts';
import { doubtful, endUnsent, rejectAsCheckFailed, remainingMs, unrecorded } from './call-faults.ts';
import { type CallParts, DEADLINE_MS } from './call-parts.ts';
import type { CallRequest, EffectResult } from './call-terms.ts';
import { cancellable, throwIfAborted } from './cancellation.ts';
import { answerFromRow, answerUnrecorded } from './effect-result.ts';
import type { LiveEffect } from './live-effects.ts';

/** The new effect itself: row, turn, check, `sent` on disk, permit, act, outcome on disk. */
export async function attempt(
  parts: CallParts,
  intent: Intent,
  accept: () => Promise<JournalRow>,
  live: LiveEffect,
  request: Pick<CallRequest, 'signal' | 'onProgress'>,
  endsAtMs: number,
): Promise<EffectResult> {
  const { deviceSide, journal, permits, clock } = parts;
  const signal = AbortSignal.any([request.signal, parts.closing]);
  const accepted = await accept();
  const { journal_id: journalId } = accepted;
  live.journalId = journalId;
  request.onProgress?.({ message: 'Waiting for the device', fraction: 0.1 });
  try {
    const { turnId } = await cancellable(deviceSide, signal, remainingMs(endsAtMs, clock), (ticket) =>
      deviceSide.openTurn({ connectorId: intent.connectorId, ...ticket }),
    );
    try {
      request.onProgress?.({ message: 'Checking', fraction: 0.3 });
      const { tool, plan } = intent;
      const inDoubt = await parts.unresolved.clear(turnId, intent.deviceId);
      if (inDoubt !== null) return answerFromRow(await journal.withdraw(journalId, inDoubt), { deduplicated: false });
      const witness = await deviceSide.check({ turnId, tool, plan }).catch(rejectAsCheckFailed);
      throwIfAborted(signal);
      const refusal = parts.gate(intent) ?? approvalRefusal(parts, intent, accepted);
      if (refusal !== null) return answerFromRow(await journal.withdraw(journalId, refusal), { deduplicated: false });

      const sent = await journal.sent(journalId, witness);
      live.sent = true;
      request.onProgress?.({ message: 'Sending', fraction: 0.6 });
      const permit = permits.mint(journalId, plan);
      const act = () => deviceSide.act({ turnId, tool, plan, witness, permit }).catch(doubtful);
      const answer = await parts.outputs.run(journalId, act, async () => {
        request.onProgress?.({ message: 'On; it is switched off by itself', fraction: 0.8 });
        await deviceSide.closeTurn({ turnId }).catch(() => {});
      });
      try {
        const row = await journal.finish(journalId, answer);
        if (row.state === 'applied') parts.onToolPassed(intent.connectorId, tool);
        return answerFromRow(row, { deduplicated: false });
      } catch (error) {
        return answerUnrecorded(sent, unrecorded(answer, error));
      }
    } finally {
      await deviceSide.closeTurn({ turnId }).catch(() => {});
    }
  } catch (error) {
    if (live.sent) throw error;
    return answerFromRow(await endUnsent(journal, journalId, error), { deduplicated: false });
  }
}

/** An effect that a person allowed: it has its own time, whether or not the call that asked for it still waits. */
export function performApproved(
  parts: CallParts,
  intent: Intent,
  accept: () => Promise<JournalRow>,
  live: LiveEffect,
  onProgress: CallRequest['onProgress'],
): Promise<EffectResult> {
  const request = { signal: new AbortController().signal, ...(onProgress === undefined ? {} : { onProgress }) };
  return attempt(parts, intent, accept, live, request, parts.clock.monotonicMs() + DEADLINE_MS);
}

/** In the turn: an approval has to cover what is about to be done, and where policy has begun to ask, there has to be one. */
function approvalRefusal({ approvals }: CallParts, intent: Intent, row: JournalRow): Refusal | null {
  if (hasApproval(row)) return approvals.mismatch(row, intent);
  if (!approvals.isNeeded(intent)) return null;
  return {
    reason: 'policy_deny',
    error: new AgentError('refused', `The policy of ${intent.connectorName} was changed meanwhile. Nothing was sent.`, {
      hint: 'Call again; a person will be asked to allow it.',
      details: { reason: 'policy_deny' },
    }),
  };
}
