import { z } from 'zod';
import type { DeepReadonly } from './common.ts';

const boundsSchema = z.strictObject({ min_value: z.number().optional(), max_value: z.number().optional() });
const decisionSchema = z.enum(['deny', 'confirm', 'allow']);

/** What a connector's side effects may do. */
export const policySchema = z
  .strictObject({
    default: decisionSchema.default('deny'),
    tools: z
      .record(
        z.string().min(1).max(100),
        z.strictObject({
          decision: decisionSchema.optional(),
          bounds: z.record(z.string().min(1).max(100), boundsSchema).optional(),
          min_interval_ms: z.int().min(0).optional(),
          rate: z.strictObject({ count: z.int().min(1), per_ms: z.int().min(1) }).optional(),
        }),
      )
      .default({}),
  })
  .meta({ id: 'Policy' });
/** What a connector's side effects may do. */
export type PolicyObject = DeepReadonly<z.output<typeof policySchema>>;
