import { z } from 'zod';
import { type DeepReadonly, innerErrorSchema, jsonObjectSchema, limitUpTo, timestampSchema } from './common.ts';

const evidenceSchema = z.enum(['device_ack', 'read_back', 'counter', 'status_after', 'transmitted']);

/** One tool of a connector with its schemas. */
export const toolSchema = z
  .object({
    object: z.literal('tool'),
    name: z.string().describe('The capability it fulfils'),
    title: z.string(),
    description: z.string(),
    side_effect: z.boolean(),
    input_schema: jsonObjectSchema,
    output_schema: jsonObjectSchema,
    test_arguments: jsonObjectSchema
      .nullable()
      .describe('Null: no arguments can be assumed; a test asks the health question instead'),
    expected_interval_ms: z.number().nullable(),
    best_evidence: evidenceSchema.nullable(),
    destructive: z.boolean(),
    idempotent: z.boolean(),
    boundable: z.array(z.string()),
    min_confidence: z
      .enum(['serial', 'port'])
      .nullable()
      .describe('Known less surely than this, a person confirms the device after each replug'),
    stream: z
      .object({
        delivery: z
          .enum(['each', 'latest'])
          .describe('each: every item counts; latest: only the newest says what is so'),
        personal: z.boolean().describe('Items may tell of persons, and are kept for a shorter time'),
        stale_after_ms: z.number().nullable().describe('An older item is not given any more; null: none grows old'),
      })
      .nullable()
      .describe('It reads what the device sends by itself, and asks it nothing'),
  })
  .meta({ id: 'Tool' });
/** One tool of a connector with its schemas. */
export type ToolObject = DeepReadonly<z.output<typeof toolSchema>>;

/** A tool call. A side effect also takes `idempotency_key`, `entity_key` and `dry_run` among its arguments. */
export const callBodySchema = z
  .strictObject({
    tool: z.string().min(1).max(100).describe('weight.read or weight_read'),
    arguments: jsonObjectSchema.default({}),
  })
  .meta({ id: 'CallRequest' });
/** A tool call. */
export type CallBody = DeepReadonly<z.output<typeof callBodySchema>>;

/** How a side effect ended. */
export const effectSchema = z
  .object({
    outcome: z.enum(['applied', 'failed', 'unknown', 'refused', 'pending', 'dry_run']),
    journal_id: z.string().nullable(),
    idempotency_key: z.string(),
    sent: z.boolean(),
    deduplicated: z.boolean(),
    evidence: z.enum([...evidenceSchema.options, 'answered', 'port_open', 'encoded']).nullable(),
    first_at: timestampSchema.nullable(),
    reason: z.string().nullable(),
    error: innerErrorSchema.nullable(),
    result: jsonObjectSchema.nullable(),
    approval_id: z.string().nullable(),
    notes: z.array(z.string()).optional().describe('What a person should know before it is done; of a dry run'),
  })
  .meta({ id: 'EffectResult' });
/** How a side effect ended. */
export type EffectObject = DeepReadonly<z.output<typeof effectSchema>>;

const calledShape = { object: z.literal('tool_result'), connector_id: z.string(), tool: z.string() };
/** The answer to a call: a reading, or how a side effect ended. */
export const callAnswerSchema = z
  .discriminatedUnion('kind', [
    z.object({ ...calledShape, kind: z.literal('read'), output: jsonObjectSchema }),
    z.object({ ...calledShape, kind: z.literal('effect'), result: effectSchema }),
  ])
  .meta({ id: 'CallResult' });
/** The answer to a call. */
export type CallAnswer = DeepReadonly<z.output<typeof callAnswerSchema>>;

/** What a side effect would make, to be looked at. */
export const pictureSchema = z
  .object({
    object: z.literal('preview'),
    connector_id: z.string(),
    tool: z.string(),
    media_type: z.literal('image/png'),
    data: z.base64().describe('The picture, Base64; one pixel a dot of the device'),
    width_dots: z.int(),
    height_dots: z.int(),
    notes: z.array(z.string()).describe('What the picture can not show'),
  })
  .meta({ id: 'Preview' });
/** What a side effect would make. */
export type PictureObject = DeepReadonly<z.output<typeof pictureSchema>>;

const givenBySchema = z
  .string()
  .nullable()
  .describe('The device that gave it; null where that is not known (any more), and of a software source');

/** A value that a read gave earlier. */
export const pastReadingSchema = z
  .object({
    object: z.literal('past_reading'),
    at: timestampSchema,
    device_id: givenBySchema,
    value: jsonObjectSchema,
  })
  .meta({ id: 'PastReading' });
/** A value that a read gave earlier. */
export type PastReadingObject = DeepReadonly<z.output<typeof pastReadingSchema>>;

/** Which past readings. */
export const pastReadingsQuerySchema = z.strictObject({
  tool: z.string().min(1).max(100).describe('weight.read'),
  limit: limitUpTo(1_000).default(100),
  before: timestampSchema.optional().describe('Only older ones'),
});
/** Which past readings. */
export type PastReadingsQuery = DeepReadonly<z.output<typeof pastReadingsQuerySchema>>;

const streamPlace = {
  object: z.literal('stream_entry'),
  connector_id: z.string(),
  device_id: z.string().describe('The device that sent it, or was listened to'),
  tool: z.string().describe('The tool that reads this stream'),
  at: timestampSchema,
  cursor: z.string().describe('Give it to the tool as "after" to go on from here'),
};
/** What a device sent by itself, or where something may be missing. */
export const streamEntrySchema = z
  .discriminatedUnion('kind', [
    z.object({ ...streamPlace, kind: z.literal('item'), item: jsonObjectSchema }),
    z.object({
      ...streamPlace,
      kind: z.literal('gap'),
      reason: z.enum(['not_listening', 'unreadable', 'cut_off', 'overflow', 'expired']),
      since: timestampSchema.nullable(),
      lost: z.int().nullable().describe('Items that are missing; null when unknown, and it may be none'),
      bytes: z.int().nullable(),
    }),
  ])
  .meta({ id: 'StreamEntry' });
/** What a device sent by itself, or where something may be missing. */
export type StreamEntryObject = DeepReadonly<z.output<typeof streamEntrySchema>>;

/** The last value that a read gave. */
export const readingSchema = z
  .object({
    object: z.literal('reading'),
    connector_id: z.string(),
    device_id: givenBySchema,
    tool: z.string(),
    value: jsonObjectSchema,
    at: timestampSchema,
    expected_interval_ms: z.number().nullable().describe('Older than this without a new one, the value is stale'),
  })
  .meta({ id: 'Reading' });
/** The last value that a read gave. */
export type ReadingObject = DeepReadonly<z.output<typeof readingSchema>>;
