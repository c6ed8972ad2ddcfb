import { z } from 'zod';
import {
  cursorSchema,
  type DeepReadonly,
  innerErrorSchema,
  jsonObjectSchema,
  limitSchema,
  timestampSchema,
} from './common.ts';

/** Dotted noun and verb: `scan.received`, `hvac.zone.fault`. */
const eventTypeSchema = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/, 'an event type is words with dots between: scan.received');

/** Longer ones are refused, never cut. */
const sourceSchema = z.string().min(1).max(255);

/** What a caller sends of an event; the rest of the envelope comes from the key it sends with. */
export const eventBodySchema = z
  .strictObject({
    source: sourceSchema.describe('Who it is from: the name of a connector'),
    event_type: eventTypeSchema,
    correlation_id: z.string().min(1).max(255).nullish().describe('Ties a chain of events together; made when absent'),
    payload: jsonObjectSchema.describe('What happened, with the time of the device: the envelope has none'),
    workspace_id: z.string().optional().describe("The key's own workspace; another is tenant_mismatch"),
    tenant_id: z.string().optional().describe("The key's own tenant; another is tenant_mismatch"),
    reseller_id: z.string().optional().describe("The key's own reseller; another is tenant_mismatch"),
  })
  .meta({ id: 'EventRequest' });
/** What a caller sends of an event. */
export type EventBody = DeepReadonly<z.output<typeof eventBodySchema>>;

/** A stored event: the platform's ten fields, each always there, and what tells one object from another. */
export const eventSchema = z
  .object({
    id: z.string().describe('The same as event_id'),
    object: z.literal('event'),
    event_id: z.string(),
    reseller_id: z.string().nullable(),
    tenant_id: z.string(),
    workspace_id: z.string().nullable(),
    source: z.string(),
    event_type: z.string(),
    correlation_id: z.string(),
    payload: jsonObjectSchema,
    agent_id: z.string().nullable(),
    session_id: z.string().nullable(),
    received_at: timestampSchema.describe('When it was stored; when it happened is in the payload'),
  })
  .meta({ id: 'Event' });
/** A stored event. */
export type EventObject = DeepReadonly<z.output<typeof eventSchema>>;

/** Events that one request may carry. */
export const eventBatchLimit = 500;

/** Many events in one request (ours): each with the key it would be sent alone with. */
export const eventBatchBodySchema = z
  .strictObject({
    events: z
      .array(z.strictObject({ idempotency_key: z.string().min(1).max(255), event: eventBodySchema }))
      .min(1)
      .max(eventBatchLimit),
  })
  .meta({ id: 'EventBatchRequest' });

/** What became of each event of a batch, in its order. */
export const eventBatchSchema = z
  .object({
    object: z.literal('event_batch'),
    results: z.array(
      z.object({
        idempotency_key: z.string(),
        status: z
          .enum(['accepted', 'duplicate', 'refused'])
          .describe('`duplicate`: it was stored before. `refused`: it will not be, and `error` says why'),
        id: z.string().nullable(),
        error: innerErrorSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'EventBatch' });
/** What became of a batch. */
export type EventBatchObject = DeepReadonly<z.output<typeof eventBatchSchema>>;

const typePattern = z
  .string()
  .max(100)
  .regex(/^[a-z0-9_*-]+(\.[a-z0-9_*-]+)*$/, 'an event type, in which * stands for one word or a part of it: scan.*');

const filterShape = {
  event_type: typePattern
    .optional()
    .describe('Only this type; * stands for one word: order.* is not order.refund.issued'),
  source: sourceSchema.optional(),
};

/** Filters of the list of events; they combine with AND. */
export const eventQuerySchema = z.strictObject({ ...filterShape, limit: limitSchema, cursor: cursorSchema.optional() });

/** Filters of the stream of events, and where it begins. */
export const eventStreamQuerySchema = z.strictObject({
  ...filterShape,
  cursor: cursorSchema
    .optional()
    .describe('The cursor of the last event that was had; else with what comes from now on'),
});

/** Filters of events. */
export interface EventFilter {
  readonly event_type?: string | undefined;
  readonly source?: string | undefined;
}

/** One frame of the stream: the event, and where to go on behind it. */
export const streamedEventSchema = eventSchema.extend({ cursor: z.string() }).meta({ id: 'StreamedEvent' });
