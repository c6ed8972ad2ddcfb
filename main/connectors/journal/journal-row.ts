import { z } from 'zod';
import {
  type ErrorCode,
  errorCodes,
  type Plan,
  type SerializedAgentError,
  type Witness,
} from '../../../drivers/kit/index.ts';
import { jsonColumn } from '../../store/index.ts';
import { type ApprovalTerms, approvalColumn } from '../approvals/approval-terms.ts';
import { flagColumn, jsonObject } from '../storage/column-shapes.ts';
import type { JournalEntry } from './journal-entry.ts';
import { planColumn } from './plan-text.ts';

const errorSchema: z.ZodType<SerializedAgentError> = z.object({
  code: z.custom<ErrorCode>((code) => typeof code === 'string' && code in errorCodes),
  message: z.string(),
  hint: z.string().optional(),
  details: jsonObject.optional(),
});

const settlementSchema = z.object({
  answer: z.enum(['happened', 'did_not_happen']),
  by: z.string(),
  note: z.string().nullable(),
  at: z.string(),
});

const refusalReasons = [
  'policy_deny',
  'bounds',
  'interval',
  'rate',
  'paused',
  'idempotency_conflict',
  'duplicate_suspected',
  'unresolved_effect',
  'unconfirmed_device',
  'check_failed',
  'approval_denied',
  'approval_expired',
  'cancelled',
  'caller_gone',
  'device_busy',
] as const;

const evidenceColumn = z.enum(['device_ack', 'read_back', 'counter', 'status_after', 'transmitted']).nullable();

/** A row of `effects`, whole. */
export const journalRowSchema = z
  .object({
    journal_id: z.string(),
    epoch: z.string(),
    connector_id: z.string(),
    connector_name: z.string(),
    device_id: z.string(),
    caller: z.string(),
    caller_name: z.string(),
    tool: z.string(),
    summary: z.string(),
    arguments: jsonColumn(jsonObject),
    plan: planColumn,
    fingerprint: z.string(),
    idempotency_key: z.string(),
    key_given: flagColumn,
    entity_key: z.string().nullable(),
    state: z.enum(['accepted', 'awaiting_approval', 'sent', 'applied', 'failed', 'unknown', 'refused']),
    sent: flagColumn,
    reason: z.enum(refusalReasons).nullable(),
    evidence: evidenceColumn,
    witness: jsonColumn(jsonObject).nullable(),
    result: jsonColumn(jsonObject).nullable(),
    error: jsonColumn(errorSchema).nullable(),
    attempts: z.number(),
    created_at: z.string(),
    sent_at: z.string().nullable(),
    ended_at: z.string().nullable(),
    delivered_at: z.string().nullable(),
    settlement: jsonColumn(settlementSchema).nullable(),
    last_attempt_at: z.string(),
    release_due_at: z.string().nullable(),
    released_at: z.string().nullable(),
    release_reason: z.enum(['due', 'called_off', 'in_doubt', 'settled']).nullable(),
    release_evidence: evidenceColumn,
    approval_id: z.string().nullable(),
    approval: approvalColumn.nullable(),
  })
  .transform(({ release_due_at: due_at, released_at, release_reason: reason, release_evidence: evidence, ...row }) => ({
    ...row,
    release: due_at === null ? null : { due_at, released_at, reason, evidence },
  }));

/** A row of the journal with what only this room needs: plan, witness, delivery. */
export type JournalRow = Omit<JournalEntry, 'question' | 'approval'> & {
  readonly plan: Plan;
  readonly fingerprint: string;
  readonly witness: Witness | null;
  readonly delivered_at: string | null;
  readonly last_attempt_at: string;
  readonly approval_id: string | null;
  readonly approval: ApprovalTerms | null;
};

/** The row for people: without plan, witness and what only deduplication needs. */
export function toEntry(row: JournalRow): JournalEntry {
  const { plan, fingerprint: _fingerprint, witness: _witness, ...rest } = row;
  const { delivered_at: _delivered, last_attempt_at: _last, approval_id: approvalId, approval, ...entry } = rest;
  return {
    ...entry,
    question: plan.question ?? `Did this happen: ${row.summary}?`,
    approval: approvalId === null ? null : { approval_id: approvalId, decision: approval?.decision ?? null },
  };
}

/** Whether it may have happened and nobody has said yet which. */
export function isUnresolved(row: JournalRow): boolean {
  return row.state === 'unknown' && row.settlement === null;
}

/** Whether the same key must be answered from the row: something was, or may have been, sent. */
export function isAnswered(row: JournalRow): boolean {
  return (
    row.state === 'applied' || row.state === 'unknown' || row.state === 'sent' || (row.state === 'failed' && row.sent)
  );
}
