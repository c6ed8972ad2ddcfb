import { z } from 'zod';
import { type DeepReadonly, limitUpTo, timestampSchema } from './common.ts';

const callSchema = z
  .object({
    purpose: z.enum(['read', 'health', 'identify', 'check', 'act', 'resolve', 'release']),
    tool: z.string().nullable().describe('The capability; null where no tool asked'),
    journal_id: z.string().nullable().describe('The row of the journal that an act belongs to'),
    label: z.string().nullable().describe('What the exchange asks'),
  })
  .nullable()
  .describe('On whose account; null: nobody had asked');

/** One line of what went over a wire. */
export const wireEntrySchema = z
  .discriminatedUnion('direction', [
    z.object({
      direction: z.enum(['out', 'in']).describe('out: to the device'),
      at: timestampSchema.describe('When the first byte went'),
      hex: z.string().describe('Pairs in upper case, blanks between them'),
      omitted: z.int().describe('How many more bytes there were than are kept'),
      masked: z
        .array(z.object({ start: z.int(), end: z.int() }))
        .describe('Bytes that were secret, and stand there as asterisks (2A): from start to before end'),
      call: callSchema,
    }),
    z.object({
      direction: z.literal('note'),
      at: timestampSchema,
      code: z.enum(['opened', 'lost', 'failed', 'port_status', 'recording_started', 'recording_stopped', 'gap']),
      text: z.string(),
      call: callSchema,
      lost: z
        .object({ lines: z.int(), bytes: z.int() })
        .nullish()
        .describe('Of a gap: what is missing here; null where that is not known'),
    }),
  ])
  .meta({ id: 'WireEntry' });
/** One line of what went over a wire. */
export type WireEntryObject = DeepReadonly<z.output<typeof wireEntrySchema>>;

/** A part of what went over a connector's wire. */
export const wireLogSchema = z
  .object({
    object: z.literal('wire_log'),
    connector_id: z.string(),
    recording: z.object({
      on: z.boolean(),
      since: timestampSchema.nullable(),
      until: timestampSchema.nullable().describe('When it ends by itself; null: it does not, or it is off'),
      mode: z.enum(['on_request', 'always', 'never']).describe('What the configuration says (wire_log.record)'),
    }),
    entries: z.array(wireEntrySchema).describe('Oldest first; where something is missing a gap stands in its place'),
    cursor: z.string().describe('Behind the last entry'),
    has_more: z.boolean().describe('There are more already'),
  })
  .meta({ id: 'WireLog' });
/** A part of what went over a connector's wire. */
export type WireLogObject = DeepReadonly<z.output<typeof wireLogSchema>>;

const afterSchema = z
  .string()
  .min(1)
  .max(500)
  .optional()
  .describe("A former answer's cursor; without it from the oldest that is kept");

/** Which part is wanted. */
export const wireLogQuerySchema = z.strictObject({
  after: afterSchema,
  limit: limitUpTo(1000).default(500).describe('Entries, 1 to 1000'),
});
/** Which part is wanted. */
export type WireLogQuery = DeepReadonly<z.output<typeof wireLogQuerySchema>>;

/** Where following begins. */
export const wireStreamQuerySchema = z.strictObject({ after: afterSchema });

/** Whether a wire is recorded. */
export const wireRecordingBodySchema = z
  .strictObject({
    recording: z.boolean(),
    for_s: z.int().min(10).max(86_400).optional().describe('Ends by itself after so many seconds; 900 when absent'),
  })
  .meta({ id: 'WireRecordingRequest' });
/** Whether a wire is recorded. */
export type WireRecordingBody = DeepReadonly<z.output<typeof wireRecordingBodySchema>>;
