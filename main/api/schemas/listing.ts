import { z } from 'zod';
import { type DeepReadonly, jsonObjectSchema } from './common.ts';

/** A catalogue entry that connectors are installed from. */
export const listingSchema = z
  .object({
    id: z.string(),
    object: z.literal('listing'),
    title: z.string(),
    summary: z.string(),
    category: z.string(),
    version: z.string(),
    kind: z.enum(['hardware', 'saas']),
    status: z.enum(['live', 'early_access']),
    auth: z.object({ type: z.enum(['none', 'api_key', 'basic', 'oauth2']) }),
    models: z.array(z.string()),
    manuals: z.array(z.string()),
    capabilities: z.array(z.string()),
    config_schema: jsonObjectSchema.describe('JSON Schema of config, defaults included'),
    bus: z.boolean().describe('Several devices on one wire, told apart by config.unit'),
  })
  .meta({ id: 'Listing' });
/** A catalogue entry. */
export type ListingObject = DeepReadonly<z.output<typeof listingSchema>>;
