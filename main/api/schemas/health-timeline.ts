import { z } from 'zod';
import { type DeepReadonly, timestampSchema } from './common.ts';

/** How a connector was for a while. */
export const healthSpanSchema = z
  .object({
    from: timestampSchema,
    to: timestampSchema,
    state: z
      .enum(['ok', 'listening', 'starting', 'error', 'not_known'])
      .describe('not_known: nobody was there to see, or nothing is kept of it'),
    reason: z.string().nullable().describe('An error code; of not_known: agent_not_running, or not_kept'),
    message: z.string().nullable(),
    cause_id: z.string().nullable().describe('Shared by errors with one cause'),
  })
  .meta({ id: 'HealthSpan' });
/** How a connector was for a while. */
export type HealthSpanObject = DeepReadonly<z.output<typeof healthSpanSchema>>;

/** How a connector was, in spans without holes. */
export const healthTimelineSchema = z
  .object({
    object: z.literal('health_timeline'),
    connector_id: z.string(),
    from: timestampSchema,
    to: timestampSchema,
    spans: z.array(healthSpanSchema).describe('Oldest first'),
    cut: z.boolean().describe('There were more spans than are given: the oldest are left out'),
  })
  .meta({ id: 'HealthTimeline' });
/** How a connector was, in spans without holes. */
export type HealthTimelineObject = DeepReadonly<z.output<typeof healthTimelineSchema>>;

/** Which time is wanted. */
export const healthTimelineQuerySchema = z.strictObject({
  since: timestampSchema.optional().describe('24 hours before its end when absent; never further back than is kept'),
  until: timestampSchema.optional().describe('Now when absent'),
});
/** Which time is wanted. */
export type HealthTimelineQuery = DeepReadonly<z.output<typeof healthTimelineQuerySchema>>;
