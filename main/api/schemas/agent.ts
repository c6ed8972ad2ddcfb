import { z } from 'zod';
import { grantsSchema } from './cloud.ts';
import { type DeepReadonly, timestampSchema } from './common.ts';

/** The two sides of a tenant. */
export const modeSchema = z.enum(['live', 'test']);
/** Raw bytes of a 32-byte key, base64url. */
export const rawKeySchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a 32-byte key, base64url');

/** How secrets are sealed for an agent over its link that stands (docs/hub.md, "Secrets"). */
export const sealingSchema = z
  .object({
    suite: z.literal('DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM').describe('RFC 9180, base mode'),
    origin: z.string().max(300).describe('Of the hub, as the agent knows it'),
    key: rawKeySchema.describe('X25519'),
    epoch: z
      .string()
      .regex(/^[A-Za-z0-9_-]{22,100}$/)
      .describe('Changes with each link and every ten minutes; what was sealed under one before the last is refused'),
    signature: z.string().max(200).describe("By the agent's own key, over origin, agent, key and epoch"),
  })
  .meta({ id: 'Sealing' });
export type SealingObject = DeepReadonly<z.output<typeof sealingSchema>>;

/** An agent as its hub knows it. */
export const agentSchema = z
  .object({
    id: z.string(),
    object: z.literal('agent'),
    name: z.string(),
    mode: modeSchema,
    state: z.enum(['linked', 'offline', 'revoked']),
    linked_since: timestampSchema.nullable().describe('Null while it is not linked'),
    version: z.string(),
    key_words: z.string(),
    public_key: z.string().describe('Ed25519; `key_words` are its fingerprint'),
    sealing: sealingSchema.nullable().describe('Null while it is offline, or of a version that has no such key'),
    grants: grantsSchema,
    connectors: z.int(),
    devices: z.int(),
    simulated: z.boolean().describe('Whether any of its connectors is simulated'),
    paired_at: timestampSchema,
    paired_by: z.string(),
    last_seen_at: timestampSchema.nullable(),
  })
  .meta({ id: 'Agent' });
export type AgentObject = DeepReadonly<z.output<typeof agentSchema>>;
