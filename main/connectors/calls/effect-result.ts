import type { AgentError } from '../../../drivers/kit/index.ts';
import type { Refusal } from '../journal/intent.ts';
import type { JournalRow } from '../journal/journal-row.ts';
import type { EffectResult } from './call-terms.ts';

const nothing = {
  journal_id: null,
  sent: false,
  deduplicated: false,
  evidence: null,
  first_at: null,
  reason: null,
  error: null,
  result: null,
  approval_id: null,
} as const;

/** The answer that a row gives. `deduplicated`: to a call that found the row there. */
export function answerFromRow(row: JournalRow, { deduplicated }: { readonly deduplicated: boolean }): EffectResult {
  return {
    ...nothing,
    outcome: outcomeOf(row),
    journal_id: row.journal_id,
    idempotency_key: row.idempotency_key,
    sent: row.sent,
    deduplicated,
    evidence: row.evidence,
    first_at: deduplicated ? row.created_at : null,
    reason: row.reason,
    error: row.error,
    result: row.result,
    approval_id: row.state === 'awaiting_approval' ? row.approval_id : null,
  };
}

/** A `sent` that nobody works on any more is as uncertain as `unknown`. */
function outcomeOf({ state }: JournalRow): EffectResult['outcome'] {
  if (state === 'sent') return 'unknown';
  return state === 'accepted' || state === 'awaiting_approval' ? 'pending' : state;
}

/** Refused without a row of its own: `journalId` is the row that stands in the way, if any. */
export function answerRefused(key: string, { reason, error }: Refusal, journalId: string | null = null): EffectResult {
  return {
    ...nothing,
    outcome: 'refused',
    idempotency_key: key,
    journal_id: journalId,
    reason,
    error: error.serialize(),
  };
}

/** Failed before a row could be made. */
export function answerFailed(key: string, error: AgentError): EffectResult {
  return { ...nothing, outcome: 'failed', idempotency_key: key, error: error.serialize() };
}

/** The effect is still under way, in another call; this one does not wait longer. */
export function answerPending(key: string, journalId: string | null, error: AgentError): EffectResult {
  return {
    ...nothing,
    outcome: 'pending',
    idempotency_key: key,
    journal_id: journalId,
    deduplicated: true,
    error: error.serialize(),
  };
}

/** Sent, but the journal could not take down how it ended. */
export function answerUnrecorded(row: JournalRow, error: AgentError): EffectResult {
  return { ...answerFromRow(row, { deduplicated: false }), outcome: 'unknown', sent: true, error: error.serialize() };
}

/** It would work. */
export function answerDryRun(
  key: string,
  evidence: 'answered' | 'port_open',
  notes: readonly string[] = [],
): EffectResult {
  const answer = { ...nothing, outcome: 'dry_run', idempotency_key: key, evidence } as const;
  return notes.length === 0 ? answer : { ...answer, notes };
}
