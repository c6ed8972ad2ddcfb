import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApprovalDesk } from '../approvals/approval-desk.ts';
import type { Intent, Refusal } from '../journal/intent.ts';
import type { Journal } from '../journal/journal.ts';
import type { LiveEffects } from './live-effects.ts';

/** How long after its end an effect with an undelivered answer makes its repeat suspect. */
const SUSPICION_MS = 60_000;

/**
 * Whether a call without a key looks like a repeat by someone who never saw the first answer (contract section 1,
 * "No key"). A call with a key never is.
 */
export function suspectDuplicate(
  intent: Intent,
  journal: Journal,
  live: LiveEffects,
  approvals: Pick<ApprovalDesk, 'hasListener'>,
  nowMs: number,
): Refusal | null {
  if (intent.keyGiven) return null;
  const unheard = live
    .all()
    .find(
      (other) =>
        other.sent &&
        other.signal.aborted &&
        !other.intent.keyGiven &&
        other.intent.connectorId === intent.connectorId &&
        other.intent.caller.id === intent.caller.id &&
        other.intent.fingerprint === intent.fingerprint,
    );
  if (unheard !== undefined) return suspicion(unheard.journalId ?? '', unheard.intent.key, 'still on its way');
  const asked = journal.unheardRequest(intent);
  if (asked !== null && !approvals.hasListener(asked.approval_id)) {
    return suspicion(asked.journal_id, asked.idempotency_key, 'waiting for a person');
  }
  const first = journal.undelivered(intent, nowMs - SUSPICION_MS);
  return first === null ? null : suspicion(first.journal_id, first.idempotency_key, first.state);
}

function suspicion(journalId: string, key: string, outcome: string): Refusal {
  return {
    reason: 'duplicate_suspected',
    error: new AgentError(
      'refused',
      `This looks like a repeat of row ${journalId} (${outcome}), whose answer did not reach its caller. Nothing was sent.`,
      {
        hint: `See the first one with idempotency_key ${key}; if it is meant again, call with a new key of your own.`,
        details: { reason: 'duplicate_suspected', journal_id: journalId, idempotency_key: key, outcome },
      },
    ),
  };
}
