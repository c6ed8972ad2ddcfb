import type { EffectObject } from '../api/schemas/index.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { formatFacts } from './table.ts';

/** The exit code of a side effect that was answered. */
export function exitCodeOfEffect({ outcome, error }: EffectObject): ExitCode {
  switch (outcome) {
    case 'applied':
    case 'dry_run':
      return exitCodes.ok;
    case 'refused':
      return exitCodes.refused;
    case 'unknown':
      return exitCodes.unknownOutcome;
    case 'pending':
      return exitCodes.pending;
    case 'failed':
      return error?.code === 'invalid_arguments' ? exitCodes.usage : exitCodes.failure;
  }
}

/** How a side effect ended, for people. */
export function describeEffect(effect: EffectObject): string {
  const { outcome, evidence, reason, error, result, deduplicated, first_at: firstAt, notes } = effect;
  return formatFacts({
    outcome: outcomeWords[outcome],
    ...(evidence === null ? {} : { evidence: evidence === 'transmitted' ? 'sent, not confirmed' : evidence }),
    ...(reason === null ? {} : { reason }),
    ...(deduplicated
      ? { repeat: `of the call of ${firstAt ?? 'before'} with the same key; nothing was done again` }
      : {}),
    ...(error === null ? {} : { problem: error.message }),
    ...(error?.hint == null ? {} : { advice: error.hint }),
    ...(result === null ? {} : { result: JSON.stringify(result) }),
    ...(notes === undefined ? {} : { notes: notes.join(' ') }),
    ...(effect.approval_id === null
      ? {}
      : { approval: `a person here has to allow it: fibric-edge approvals approve ${effect.approval_id}` }),
    key: effect.idempotency_key,
    journal: effect.journal_id,
  });
}

const outcomeWords: Readonly<Record<EffectObject['outcome'], string>> = {
  applied: 'applied',
  dry_run: 'it would work now; nothing was done',
  failed: 'failed',
  unknown: 'unknown: nobody can say yet whether it happened',
  refused: 'refused; nothing was sent by this call',
  pending: 'pending: ask again with the same key',
};
