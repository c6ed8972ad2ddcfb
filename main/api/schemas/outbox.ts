import { z } from 'zod';
import { type DeepReadonly, timestampSchema } from './common.ts';

const outboxClassSchema = z.object({
  name: z.enum(['effects', 'state', 'streams', 'readings']),
  waiting: z.int().describe('Events on disk and not yet taken by the cloud'),
  bytes: z.int(),
  max_bytes: z.int().describe('Beyond it the oldest are dropped'),
  max_age_s: z.int().describe('Older ones are dropped'),
  oldest_at: timestampSchema.nullable(),
  dropped: z.int().describe('Given up since the outbox was begun; each is told to the cloud as part of a gap'),
});

/** The outbox: what is on its way to the cloud. */
export const outboxSchema = z
  .object({
    object: z.literal('outbox'),
    cloud: z.string().nullable().describe('Which cloud it goes to; null: none, and nothing is kept'),
    state: z
      .enum(['off', 'idle', 'sending', 'waiting', 'stopped'])
      .describe('`waiting`: until next_attempt_at. `stopped`: a person has to mend what reason says'),
    reason: z.string().nullable().describe('What keeps events from being sent'),
    hint: z.string().nullable(),
    next_attempt_at: timestampSchema.nullable(),
    waiting: z.int(),
    bytes: z.int(),
    oldest_at: timestampSchema.nullable(),
    gaps_waiting: z.int().describe('Gap events that are still to be sent'),
    dropped: z.int(),
    refused: z.int().describe('Events that the cloud would not take; each is told as a gap'),
    withheld: z.int().describe('Events of simulated devices that were not sent, because the key is a live one'),
    sent: z.int(),
    last_sent_at: timestampSchema.nullable(),
    last_event_at: timestampSchema.nullable(),
    classes: z.array(outboxClassSchema),
  })
  .meta({ id: 'Outbox' });
/** The outbox. */
export type OutboxObject = DeepReadonly<z.output<typeof outboxSchema>>;
