import { z } from 'zod';
import { type DeepReadonly, jsonObjectSchema } from './common.ts';

/** What a listing costs. Ours: the platform's pages promise the price and name no field for it. */
export const priceSchema = z
  .object({
    amount: z.string().describe('Decimal text'),
    currency: z.string().describe('ISO 4217'),
    per: z.literal('source'),
    interval: z.literal('month'),
  })
  .meta({ id: 'ListingPrice' });

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
    price: priceSchema.nullable().describe('Null: no price is stated for it'),
    models: z.array(z.string()),
    manuals: z.array(z.string()),
    capabilities: z.array(z.string()),
    config_schema: jsonObjectSchema.describe('JSON Schema of config, defaults included'),
    bus: z.boolean().describe('Several devices on one wire, told apart by config.unit'),
    links: z.array(z.enum(['serial', 'tcp', 'hid', 'usb_printer'])).describe('What its devices can hang on'),
  })
  .meta({ id: 'Listing' });
/** A catalogue entry. */
export type ListingObject = DeepReadonly<z.output<typeof listingSchema>>;
