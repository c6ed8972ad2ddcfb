import { z } from 'zod';
import {
  cursorSchema,
  type DeepReadonly,
  innerErrorSchema,
  jsonObjectSchema,
  limitSchema,
  timestampSchema,
} from './common.ts';

/** What became of an approval. */
export const approvalDecisionSchema = z
  .object({
    state: z.enum(['approved', 'denied', 'expired', 'void']),
    by: z.string().nullable(),
    note: z.string().nullable(),
    at: timestampSchema,
  })
  .meta({ id: 'ApprovalDecision' });

/** Every state a side effect may be in. */
export const journalStateSchema = z.enum([
  'accepted',
  'awaiting_approval',
  'sent',
  'applied',
  'failed',
  'unknown',
  'refused',
]);

/** One side effect in the journal. */
export const journalEntrySchema = z
  .object({
    journal_id: z.string(),
    object: z.literal('journal_entry'),
    epoch: z.string(),
    connector_id: z.string(),
    connector_name: z.string(),
    device_id: z.string(),
    caller: z.string(),
    caller_name: z.string(),
    tool: z.string(),
    summary: z.string(),
    question: z.string().describe('What a person is asked when nobody knows whether it happened'),
    arguments: jsonObjectSchema,
    idempotency_key: z.string(),
    key_given: z.boolean(),
    entity_key: z.string().nullable(),
    state: journalStateSchema,
    sent: z.boolean(),
    reason: z.string().nullable(),
    evidence: z.string().nullable(),
    result: jsonObjectSchema.nullable(),
    error: innerErrorSchema.nullable(),
    attempts: z.int(),
    created_at: timestampSchema,
    sent_at: timestampSchema.nullable(),
    ended_at: timestampSchema.nullable(),
    settlement: z
      .object({
        answer: z.enum(['happened', 'did_not_happen']),
        by: z.string(),
        note: z.string().nullable(),
        at: timestampSchema,
      })
      .nullable(),
    release: z
      .object({
        due_at: timestampSchema,
        released_at: timestampSchema.nullable().describe('null: it may be on'),
        reason: z.enum(['due', 'called_off', 'in_doubt', 'settled']).nullable(),
        evidence: z.string().nullable(),
      })
      .nullable()
      .describe('How a timed output (a lock) was switched off'),
    approval: z
      .object({ approval_id: z.string(), decision: approvalDecisionSchema.nullable() })
      .nullable()
      .describe('Who was asked to allow the latest attempt, and what they said'),
  })
  .meta({ id: 'JournalEntry' });
/** One side effect in the journal. */
export type JournalEntryObject = DeepReadonly<z.output<typeof journalEntrySchema>>;

/** Filters of the journal; newest first. */
export const journalQuerySchema = z.strictObject({
  connector_id: z.string().min(1).max(100).optional(),
  state: journalStateSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});
/** Filters of the journal, without the page. */
export interface JournalListFilter {
  readonly connector_id?: string | undefined;
  readonly state?: z.output<typeof journalStateSchema> | undefined;
}

/** What a person says of an effect whose outcome is unknown. */
export const settleBodySchema = z
  .strictObject({
    answer: z.enum(['happened', 'did_not_happen']),
    note: z.string().min(1).max(1000).optional(),
    by: z.string().min(1).max(100).optional().describe('Who looked; kept beside the name of the session'),
  })
  .meta({ id: 'Settlement' });
/** What a person says of an effect whose outcome is unknown. */
export type SettleBody = DeepReadonly<z.output<typeof settleBodySchema>>;

/** Whether the journal accepts side effects. */
export const journalEpochSchema = z
  .object({ object: z.literal('journal_epoch'), epoch: z.string(), acknowledged: z.boolean() })
  .meta({ id: 'JournalEpoch' });
/** Whether the journal accepts side effects. */
export type JournalEpochObject = DeepReadonly<z.output<typeof journalEpochSchema>>;
