import { z } from 'zod';
import { cursorSchema, type DeepReadonly, jsonObjectSchema, limitSchema, timestampSchema } from './common.ts';
import { deviceSchema } from './device.ts';
import { priceSchema } from './listing.ts';

/** The two kinds a listing may have. */
export const kindSchema = z.enum(['saas', 'hardware']);
/** The API's three words. */
export const statusSchema = z.enum(['connected', 'pending_auth', 'error']);

const summaryShape = {
  id: z.string(),
  object: z.literal('connector'),
  listing: z.string(),
  name: z.string(),
  kind: kindSchema,
  capabilities: z.array(z.string()),
  status: statusSchema,
};

/** A connector in a list: these seven fields and no other. */
export const connectorSummarySchema = z.object(summaryShape).meta({ id: 'ConnectorSummary' });
/** A connector in a list. */
export type ConnectorSummary = DeepReadonly<z.output<typeof connectorSummarySchema>>;

/** What is known from transactions, beside the status. */
export const healthSchema = z
  .object({
    state: z.enum(['ok', 'listening', 'starting', 'error']),
    reason: z.string().nullable(),
    message: z.string().nullable(),
    hint: z.string().nullable(),
    since: timestampSchema,
    last_ok_at: timestampSchema.nullable(),
    cause_id: z.string().nullable(),
  })
  .meta({ id: 'ConnectorHealth' });
/** What is known from transactions, beside the status. */
export type ConnectorHealth = DeepReadonly<z.output<typeof healthSchema>>;

const installedShape = {
  ...summaryShape,
  transport: z.literal('mcp'),
  auth: z.object({
    type: z.enum(['none', 'api_key', 'basic', 'oauth2']),
    hint: z.string().nullable().describe('Masked; the secret itself is never returned'),
  }),
  created_at: timestampSchema,
  last_synced_at: timestampSchema.nullable(),
};

/** The answer to an install: without `tools`. */
export const installedConnectorSchema = z
  .object({
    ...installedShape,
    authorize_url: z.string().optional().describe('Where an oauth2 sign-in goes on'),
    price: priceSchema.optional().describe('Of a priced listing; absent for all others'),
  })
  .meta({ id: 'InstalledConnector' });
/** The answer to an install. */
export type InstalledConnector = DeepReadonly<z.output<typeof installedConnectorSchema>>;

/** A connector whole. `health`, `config`, `device`, `simulated` and `slug` are ours. */
export const connectorSchema = z
  .object({
    ...installedShape,
    tools: z.array(z.object({ name: z.string(), side_effect: z.boolean() })),
    health: healthSchema,
    config: jsonObjectSchema,
    device: deviceSchema.nullable(),
    simulated: z.boolean(),
    slug: z.string(),
  })
  .meta({ id: 'Connector' });
/** A connector whole. */
export type ConnectorObject = DeepReadonly<z.output<typeof connectorSchema>>;

/** Filters of the list; they combine with AND. */
export const connectorListQuerySchema = z.strictObject({
  capability: z.string().min(1).max(255).optional().describe('Only connectors that fulfil this capability'),
  kind: kindSchema.optional(),
  status: statusSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});
/** Filters of the list, without the page. */
export interface ConnectorListFilter {
  readonly capability?: string | undefined;
  readonly kind?: 'saas' | 'hardware' | undefined;
  readonly status?: 'connected' | 'pending_auth' | 'error' | undefined;
}

const secret = z.string().min(1).max(8192);
const apiKeyAuth = z.strictObject({ type: z.literal('api_key'), key: secret });
const basicAuth = z.strictObject({ type: z.literal('basic'), username: secret, password: secret });
const noAuth = z.strictObject({ type: z.literal('none') });
const oauth2Auth = z.strictObject({ type: z.literal('oauth2') });
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'base64url');

/** Credentials with a secret in them. */
export const plainAuthSchema = z.discriminatedUnion('type', [apiKeyAuth, basicAuth]);
/** Credentials with a secret in them. */
export type PlainAuth = DeepReadonly<z.output<typeof plainAuthSchema>>;

/** Credentials that only one machine can read, in one request of one hub (docs/hub.md, "Secrets"). */
export const sealedAuthSchema = z
  .strictObject({
    type: z.literal('sealed'),
    epoch: base64url.max(100).describe('`sealing.epoch` of the agent, at the time of sealing'),
    enc: base64url.length(43).describe('The encapsulated key, 32 bytes (RFC 9180)'),
    ciphertext: base64url.max(32_768).describe('The sealed JSON text of api_key or basic credentials'),
  })
  .meta({ id: 'SealedAuth' });
/** Credentials that only one machine can read. */
export type SealedAuth = DeepReadonly<z.output<typeof sealedAuthSchema>>;

/** Credentials as they are given; write-only. */
export const authBodySchema = z
  .discriminatedUnion('type', [noAuth, apiKeyAuth, basicAuth, oauth2Auth, sealedAuthSchema])
  .meta({ id: 'AuthInput' });

/** What of credentials may leave a hub: no secret but a sealed one. */
export const hubAuthSchema = z.discriminatedUnion('type', [noAuth, oauth2Auth, sealedAuthSchema]);
/** What of credentials may leave a hub. */
export type HubAuth = DeepReadonly<z.output<typeof hubAuthSchema>>;

/** A connector's label: 1 to 100 characters, none of them a control character, no space at either end. */
export const connectorNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^(?!\s)[^\p{Cc}]*(?<!\s)$/u, 'no control characters, no space at either end');

/** What to install, beside its credentials. */
export const installShape = {
  listing: z.string().min(1).max(100),
  name: connectorNameSchema.optional().describe('Unique on this machine; default: the listing id'),
  config: jsonObjectSchema.optional().describe("The listing's settings; for hardware, config.device names the device"),
};
/** What to install. */
export const installBodySchema = z
  .strictObject({ ...installShape, auth: authBodySchema })
  .meta({ id: 'InstallRequest' });
/** What to install. */
export type InstallBody = DeepReadonly<z.output<typeof installBodySchema>>;

/** What to change, beside credentials. */
export const updateShape = { name: connectorNameSchema.optional(), config: jsonObjectSchema.optional() };
/** What to change; absent parts stay. */
export const updateBodySchema = z
  .strictObject({ ...updateShape, auth: authBodySchema.optional() })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'give name, auth or config')
  .meta({ id: 'UpdateRequest' });
/** What to change. */
export type UpdateBody = DeepReadonly<z.output<typeof updateBodySchema>>;

/** How to uninstall. */
export const removeQuerySchema = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      "true: although the machine's hub can't be asked who depends on it; for a person at the machine, and journaled",
    ),
});

/** The answer to an uninstall. */
export const deletedConnectorSchema = z.object({
  id: z.string(),
  object: z.literal('connector'),
  deleted: z.literal(true),
});
