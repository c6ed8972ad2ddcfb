import { z } from 'zod';
import { type DeepReadonly, innerErrorSchema, timestampSchema } from './common.ts';

/** What a hub may do at a machine. Chosen at pairing, by the machine; shown on both sides. */
export const grantsSchema = z
  .strictObject({
    read: z.boolean().describe('See connectors and devices, call tools that only read, test'),
    act: z.boolean().describe('Call side effects, each as far as the policy of its connector goes'),
    install: z.boolean().describe('Install and uninstall connectors'),
    care: z
      .boolean()
      .describe('Change settings and credentials of connectors, identify devices, see what goes over wires'),
  })
  .meta({ id: 'Grants' });
/** What a hub may do at a machine. */
export type Grants = DeepReadonly<z.output<typeof grantsSchema>>;

/** Reading is what pairing is for, acting is for the connector's policy to allow; the rest is off until it is chosen. */
export const usualGrants: Grants = { read: true, act: true, install: false, care: false };

const modeSchema = z.enum(['live', 'test']);
const hubSchema = z.object({ origin: z.string(), id: z.string(), name: z.string() });

/** How this machine stands to its hub. */
export const cloudSchema = z
  .object({
    object: z.literal('cloud'),
    state: z.enum(['none', 'pairing', 'paired']),
    key_words: z
      .string()
      .nullable()
      .describe("The fingerprint of this machine's key, as words; the hub shows the same"),
    pairing: z
      .object({
        origin: z.string(),
        user_code: z.string().describe('To be typed at the hub'),
        verification_uri: z.string(),
        verification_uri_complete: z
          .string()
          .nullable()
          .describe('The same page with the code filled in, never the key words; null where the hub names none'),
        qr_code: z
          .array(z.string())
          .nullable()
          .describe('`verification_uri_complete` as a QR code, a string a row, # for dark; without its margin'),
        expires_at: timestampSchema,
        grants: grantsSchema,
      })
      .nullable(),
    hub: hubSchema.nullable(),
    tenant: z.object({ id: z.string(), name: z.string(), mode: modeSchema }).nullable(),
    agent: z.object({ id: z.string(), name: z.string() }).nullable(),
    grants: grantsSchema.nullable(),
    paired_at: timestampSchema.nullable(),
    link: z.object({
      state: z.enum(['off', 'connecting', 'up', 'waiting', 'refused']),
      since: timestampSchema,
      next_attempt_at: timestampSchema.nullable(),
      error: innerErrorSchema.nullable().describe('Why the link does not stand'),
    }),
  })
  .meta({ id: 'Cloud' });
/** How this machine stands to its hub. */
export type CloudObject = DeepReadonly<z.output<typeof cloudSchema>>;

/** Begin to pair with a hub. */
export const pairBodySchema = z
  .strictObject({
    origin: z.url({ protocol: /^https?$/ }).describe('https://hub.example.com'),
    name: z.string().min(1).max(100).optional().describe('What the hub calls this machine; default: its host name'),
    grants: grantsSchema.optional(),
    enrolment_token: z.string().min(1).max(200).optional().describe('Pairs at once, without a code'),
  })
  .meta({ id: 'PairRequest' });
/** Begin to pair with a hub. */
export type PairBody = DeepReadonly<z.output<typeof pairBodySchema>>;
