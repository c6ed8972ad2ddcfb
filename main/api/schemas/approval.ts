import { z } from 'zod';
import {
  cursorSchema,
  type DeepReadonly,
  innerErrorSchema,
  jsonObjectSchema,
  limitSchema,
  timestampSchema,
} from './common.ts';
import { approvalDecisionSchema, journalStateSchema } from './journal.ts';
import { pictureSchema } from './tool.ts';

const approvalShape = {
  id: z.string(),
  object: z.literal('approval'),
  journal_id: z.string(),
  connector_id: z.string(),
  connector_name: z.string(),
  device: z
    .object({
      id: z.string(),
      path: z.string(),
      unit: z.int().nullable().describe('Its address on a bus'),
      product: z.string().nullable(),
      serial_number: z.string().nullable(),
      known_by: z.string().describe('How this unit is known again, for people'),
      simulated: z.boolean(),
    })
    .nullable()
    .describe('Null for a software source'),
  tool: z.string(),
  summary: z.string(),
  notes: z.array(z.string()).describe('What will not be as it was asked for'),
  arguments: jsonObjectSchema.describe('Exactly what would be done, defaults included'),
  entity_key: z.string().nullable(),
  caller: z.string(),
  caller_name: z.string(),
  requested_at: timestampSchema,
  expires_at: timestampSchema.describe('From then on it can not be allowed any more'),
  state: z.enum(['waiting', 'approved', 'denied', 'expired', 'void']),
  decision: approvalDecisionSchema.nullable(),
  journal_state: journalStateSchema.describe('What has become of the side effect itself'),
  reason: z.string().nullable(),
  evidence: z.string().nullable(),
  error: innerErrorSchema.nullable(),
};

/** A side effect that a person is, or was, asked to allow. */
export const approvalSchema = z.object(approvalShape).meta({ id: 'Approval' });
/** A side effect that a person is, or was, asked to allow. */
export type ApprovalObject = DeepReadonly<z.output<typeof approvalSchema>>;

/** The same with a picture of what would be printed. */
export const approvalDetailSchema = z
  .object({
    ...approvalShape,
    preview: pictureSchema.nullable().describe('What would be printed; null where there is nothing to see'),
  })
  .meta({ id: 'ApprovalDetail' });
/** The same with a picture of what would be printed. */
export type ApprovalDetail = DeepReadonly<z.output<typeof approvalDetailSchema>>;

/** Filters of the approvals; newest first. */
export const approvalsQuerySchema = z.strictObject({
  state: z.enum(['waiting', 'ended']).optional(),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});
/** Filters of the approvals, without the page. */
export interface ApprovalListFilter {
  readonly state?: 'waiting' | 'ended' | undefined;
}

const pinSchema = z
  .string()
  .regex(/^\d{4,12}$/, '4 to 12 digits')
  .describe('4 to 12 digits');

/** What a person says of a request. */
export const approvalDecisionBodySchema = z
  .strictObject({
    pin: z.string().min(1).max(100).optional().describe('Where one is set; not needed to deny'),
    note: z.string().min(1).max(1000).optional(),
  })
  .meta({ id: 'ApprovalDecisionRequest' });
/** What a person says of a request. */
export type ApprovalDecisionBody = DeepReadonly<z.output<typeof approvalDecisionBodySchema>>;

/** Whether approvals need a PIN. */
export const approvalPinSchema = z
  .object({ object: z.literal('approval_pin'), set: z.boolean() })
  .meta({ id: 'ApprovalPin' });
/** Whether approvals need a PIN. */
export type ApprovalPin = DeepReadonly<z.output<typeof approvalPinSchema>>;

/** A new PIN, or none, and the one it replaces. */
export const approvalPinBodySchema = z
  .strictObject({
    pin: pinSchema.optional().describe('4 to 12 digits; absent: none from now on'),
    current: z.string().min(1).max(100).optional().describe('The PIN that is set'),
  })
  .meta({ id: 'ApprovalPinRequest' });
/** A new PIN, or none, and the one it replaces. */
export type ApprovalPinBody = DeepReadonly<z.output<typeof approvalPinBodySchema>>;
