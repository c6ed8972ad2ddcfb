import { z } from 'zod';
import { scopes } from '../principal.ts';
import { modeSchema, rawKeySchema } from './agent.ts';
import { grantsSchema } from './cloud.ts';
import { type DeepReadonly, timestampSchema } from './common.ts';

const nameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^(?!\s)[^\p{Cc}]*(?<!\s)$/u, 'no control characters, no space at either end');

/** A tenant of a hub. */
export const tenantSchema = z
  .object({ id: z.string(), object: z.literal('tenant'), name: z.string(), created_at: timestampSchema })
  .meta({ id: 'Tenant' });
export type TenantObject = DeepReadonly<z.output<typeof tenantSchema>>;
export const tenantBodySchema = z.strictObject({ name: nameSchema }).meta({ id: 'TenantRequest' });

/** The platform's presets of scopes. */
export const keyRoles = ['read_only', 'ingest', 'operate', 'admin'] as const;

/** A new key: a role or a list of scopes. */
export const keyBodySchema = z
  .strictObject({
    name: nameSchema,
    role: z.enum(keyRoles).optional(),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length).optional(),
  })
  .refine(({ role, scopes: list }) => (role === undefined) !== (list === undefined), 'give role or scopes, not both')
  .meta({ id: 'KeyRequest' });
export type KeyBody = DeepReadonly<z.output<typeof keyBodySchema>>;

const keyShape = {
  id: z.string(),
  object: z.literal('api_key'),
  name: z.string(),
  mode: modeSchema,
  role: z.enum(keyRoles).nullable(),
  scopes: z.array(z.string()),
  workspace_id: z.string().nullable(),
  hint: z.string(),
  status: z.enum(['active', 'revoked']),
  created_at: timestampSchema,
  last_used_at: timestampSchema.nullable(),
};
/** A key without its secret. */
export const keySchema = z.object(keyShape).meta({ id: 'ApiKey' });
export type KeyObject = DeepReadonly<z.output<typeof keySchema>>;
/** A key just made; its secret is in this answer and nowhere else. */
export const createdKeySchema = z.object({ ...keyShape, key: z.string().optional() }).meta({ id: 'CreatedApiKey' });
export type CreatedKey = DeepReadonly<z.output<typeof createdKeySchema>>;

/** What an agent begins a pairing with (the shape of RFC 8628, section 3.1). */
export const pairingBeginSchema = z
  .strictObject({
    public_key: rawKeySchema.describe('Ed25519'),
    sealing_key: rawKeySchema.optional().describe('X25519, for secrets sent to this machine'),
    name: nameSchema,
    version: z.string().max(50),
    grants: grantsSchema,
  })
  .meta({ id: 'PairingRequest' });
export type PairingBegin = DeepReadonly<z.output<typeof pairingBeginSchema>>;
/** RFC 8628, section 3.2. */
export const pairingStartedSchema = z
  .object({
    object: z.literal('pairing_started'),
    device_code: z.string(),
    user_code: z.string(),
    verification_uri: z.string(),
    verification_uri_complete: z.string().optional().describe('The same page with the code filled in'),
    expires_in: z.int().describe('Seconds'),
    interval: z.int().describe('Seconds between polls'),
    hub: z.object({ id: z.string(), name: z.string(), origin: z.string() }),
  })
  .meta({ id: 'PairingStarted' });
export type PairingStarted = DeepReadonly<z.output<typeof pairingStartedSchema>>;
/** RFC 8628, section 3.4; `signature` by the key that began it. */
export const pairingPollSchema = z
  .strictObject({ device_code: z.string().min(1).max(200), signature: z.string().min(1).max(200) })
  .meta({ id: 'PairingPoll' });
export type PairingPoll = DeepReadonly<z.output<typeof pairingPollSchema>>;
/** The machine has given its pairing up; signed as a poll is. */
export const pairingCancelledSchema = z
  .object({ object: z.literal('pairing_cancelled') })
  .meta({ id: 'PairingCancelled' });
export type PairingCancelled = DeepReadonly<z.output<typeof pairingCancelledSchema>>;
/** What a paired agent knows from then on. */
export const pairedSchema = z
  .object({
    object: z.literal('paired_agent'),
    agent: z.object({ id: z.string(), name: z.string() }),
    tenant: z.object({ id: z.string(), name: z.string(), mode: modeSchema }),
    hub: z.object({ id: z.string(), name: z.string(), origin: z.string() }),
    grants: grantsSchema,
  })
  .meta({ id: 'PairedAgent' });
export type PairedObject = DeepReadonly<z.output<typeof pairedSchema>>;

/** A pairing as the one who decides sees it. */
export const pairingSchema = z
  .object({
    object: z.literal('pairing'),
    user_code: z.string(),
    name: z.string(),
    version: z.string(),
    key_words: z.string().describe("To be compared with the machine's screen"),
    address: z.string().describe('Where it came from'),
    grants: grantsSchema.describe('What the machine offers'),
    expires_at: timestampSchema,
    decision: z.enum(['approved', 'denied']).nullable(),
  })
  .meta({ id: 'Pairing' });
export type PairingObject = DeepReadonly<z.output<typeof pairingSchema>>;
/** The decision: fewer grants than were offered may be taken, never more. */
export const pairingApproveSchema = z
  .strictObject({
    key_words: z.string().min(1).max(200).describe("As the machine's screen shows them"),
    name: nameSchema.optional(),
    grants: grantsSchema.optional(),
  })
  .meta({ id: 'PairingApproval' });
export type PairingApproval = DeepReadonly<z.output<typeof pairingApproveSchema>>;

/** A token with which machines pair by themselves. */
export const enrolmentBodySchema = z
  .strictObject({
    name_pattern: z.string().min(1).max(100).describe('Names it is good for; * stands for any text'),
    uses: z.int().min(1).max(10_000).default(1),
    expires_in_ms: z
      .int()
      .min(60_000)
      .max(90 * 86_400_000)
      .default(86_400_000),
    grants: grantsSchema.optional(),
  })
  .meta({ id: 'EnrolmentRequest' });
export type EnrolmentBody = DeepReadonly<z.output<typeof enrolmentBodySchema>>;
const enrolmentShape = {
  id: z.string(),
  object: z.literal('enrolment'),
  hint: z.string(),
  name_pattern: z.string(),
  uses_left: z.int(),
  grants: grantsSchema,
  created_at: timestampSchema,
  expires_at: timestampSchema,
  revoked_at: timestampSchema.nullable(),
};
export const enrolmentSchema = z.object(enrolmentShape).meta({ id: 'Enrolment' });
export type EnrolmentObject = DeepReadonly<z.output<typeof enrolmentSchema>>;
export const createdEnrolmentSchema = z
  .object({ ...enrolmentShape, token: z.string().optional() })
  .meta({ id: 'CreatedEnrolment' });
export type CreatedEnrolment = DeepReadonly<z.output<typeof createdEnrolmentSchema>>;
/** How a machine with such a token pairs. */
export const enrolBodySchema = z
  .strictObject({ ...pairingBeginSchema.shape, token: z.string().min(1).max(200), signature: z.string().max(200) })
  .meta({ id: 'EnrolRequest' });
export type EnrolBody = DeepReadonly<z.output<typeof enrolBodySchema>>;
