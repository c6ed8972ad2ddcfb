import { z } from 'zod';
import { agentSchema } from './agent.ts';
import { approvalSchema } from './approval.ts';
import type { DeepReadonly } from './common.ts';
import { connectorSchema } from './connector.ts';
import { testRecordSchema } from './connector-test.ts';
import { deviceSchema } from './device.ts';
import { journalEntrySchema } from './journal.ts';
import { readingSchema, streamEntrySchema } from './tool.ts';

/** What the stream tells; `type` is also the name of the SSE event. */
export const streamEventSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('device'),
      device: deviceSchema,
      cause_id: z
        .string()
        .optional()
        .describe(
          'Set when it went away: shared by everything that went for the same reason, and with `health.cause_id`',
        ),
    }),
    z.object({ type: z.literal('device_removed'), device_id: z.string() }),
    z.object({ type: z.literal('connector'), connector: connectorSchema }),
    z.object({ type: z.literal('connector_removed'), connector_id: z.string() }),
    z
      .object({ type: z.literal('agent'), agent: agentSchema })
      .describe('At a hub: how it stands to a machine has changed'),
    z.object({ type: z.literal('reading'), reading: readingSchema }),
    z.object({ type: z.literal('stream'), entry: streamEntrySchema }),
    z.object({ type: z.literal('journal'), entry: journalEntrySchema }),
    z.object({ type: z.literal('approval'), approval: approvalSchema }),
    z.object({ type: z.literal('test'), record: testRecordSchema }),
    z.object({ type: z.literal('pause'), paused: z.boolean() }),
    z
      .object({ type: z.literal('gap'), lost: z.int() })
      .describe('The reader was too slow: so many events are lost here; fetch the state again'),
  ])
  .meta({ id: 'StreamEvent' });
/** What the stream tells. */
export type StreamEvent = DeepReadonly<z.output<typeof streamEventSchema>>;
