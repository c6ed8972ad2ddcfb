import { z } from 'zod';
import type { DeepReadonly } from './common.ts';

const faultSchema = z.object({ code: z.string(), message: z.string() }).nullable();

/** How this machine stands to Fibric's own API. */
export const fibricCloudSchema = z
  .object({
    object: z.literal('fibric_cloud'),
    in_use: z.boolean().describe('Whether the configuration says `cloud.provider: fibric`'),
    base_url: z.string(),
    key: z
      .object({ hint: z.string(), mode: z.enum(['live', 'test']) })
      .nullable()
      .describe('Null: none was given, or the vault is locked'),
    error: faultSchema.describe('What keeps connectors from being registered'),
    connectors: z.array(
      z.object({
        connector_id: z.string(),
        name: z.string(),
        state: z
          .enum(['waiting', 'installing', 'registered', 'removing', 'removed', 'failed', 'withheld', 'no_device'])
          .describe('`withheld`: simulated, and the key is a live one'),
        remote_id: z.string().nullable().describe('Its id at Fibric'),
        generation: z.int().nullable(),
        error: faultSchema,
      }),
    ),
  })
  .meta({ id: 'FibricCloud' });
/** How this machine stands to Fibric's own API. */
export type FibricCloudObject = DeepReadonly<z.output<typeof fibricCloudSchema>>;

/** A key of Fibric's API. */
export const fibricKeyBodySchema = z
  .strictObject({
    key: z.string().min(1).max(600).describe('sk_live_... or sk_test_...; kept in the vault, never shown'),
  })
  .meta({ id: 'FibricKeyRequest' });
