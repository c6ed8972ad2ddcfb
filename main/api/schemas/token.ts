import { z } from 'zod';
import { scopes } from '../principal.ts';
import { type DeepReadonly, timestampSchema } from './common.ts';

const names = z.array(z.string().min(1).max(100)).min(1).max(1000);

/** What a new token may do. */
export const tokenBodySchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    connectors: names.optional().describe('Connector ids it is limited to'),
    tools: names.optional().describe('Capabilities it is limited to'),
    expires_in_ms: z
      .int()
      .min(60_000)
      .max(3_653 * 86_400_000)
      .optional()
      .describe('A minute to ten years; default 90 days'),
  })
  .meta({ id: 'TokenRequest' });
/** What a new token may do. */
export type TokenBody = DeepReadonly<z.output<typeof tokenBodySchema>>;

const tokenShape = {
  id: z.string(),
  object: z.literal('token'),
  name: z.string(),
  scopes: z.array(z.string()),
  connectors: z.array(z.string()).nullable(),
  tools: z.array(z.string()).nullable(),
  created_at: timestampSchema,
  expires_at: timestampSchema,
};
/** A token without its secret. */
export const tokenSchema = z
  .object({ ...tokenShape, revoked_at: timestampSchema.nullable(), last_used_at: timestampSchema.nullable() })
  .meta({ id: 'Token' });
/** A token without its secret. */
export type TokenObject = DeepReadonly<z.output<typeof tokenSchema>>;

/** A token just made. The secret is shown this once; a replayed request answers without it. */
export const createdTokenSchema = z
  .object({ ...tokenShape, token: z.string().optional() })
  .meta({ id: 'CreatedToken' });
/** A token just made. */
export type CreatedToken = DeepReadonly<z.output<typeof createdTokenSchema>>;
