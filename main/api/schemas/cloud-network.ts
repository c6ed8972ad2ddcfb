import { z } from 'zod';
import { type DeepReadonly, timestampSchema } from './common.ts';

/** How this machine reaches its cloud: through which proxy, and whom it trusts. */
export const cloudNetworkSchema = z
  .object({
    object: z.literal('cloud_network'),
    proxy: z
      .object({
        url: z.string(),
        from: z.enum(['configuration', 'settings', 'environment']).describe('Who named it'),
        username: z.string().nullable(),
        has_password: z.boolean().describe('It is in the vault, or in the environment, and never shown'),
        problem: z.string().nullable().describe('Why user and password can not be read'),
      })
      .nullable()
      .describe('Null: the cloud is reached without a proxy'),
    exceptions: z
      .array(z.string())
      .describe('Hosts, domains, addresses and networks that are reached without the proxy'),
    ca_file: z.string().nullable().describe('`cloud.ca_file` of the configuration'),
    ca_problem: z.string().nullable().describe('Why that file can not be used'),
    authorities: z
      .array(z.object({ subject: z.string(), valid_to: timestampSchema, fingerprint: z.string() }))
      .describe("Trusted beside the system's own"),
    authorities_set: z.boolean().describe('Whether some of them were added here, and not by the file'),
  })
  .meta({ id: 'CloudNetwork' });
/** How this machine reaches its cloud. */
export type CloudNetworkObject = DeepReadonly<z.output<typeof cloudNetworkSchema>>;

/** A proxy, or user and password for the one that is known. */
export const cloudProxyBodySchema = z
  .strictObject({
    url: z.string().min(1).max(300).optional().describe('http://proxy.example:3128; left out: the one that is known'),
    username: z.string().max(255).nullable().optional().describe('Null forgets user and password'),
    password: z.string().max(1_024).optional().describe('Kept in the vault, never shown; left out: as it was'),
    exceptions: z.array(z.string().min(1).max(255)).max(100).optional(),
  })
  .meta({ id: 'CloudProxyRequest' });
/** A proxy, or user and password for the one that is known. */
export type CloudProxyBody = DeepReadonly<z.output<typeof cloudProxyBodySchema>>;

/** Certificates of authorities. */
export const cloudAuthoritiesBodySchema = z
  .strictObject({ pem: z.string().min(1).max(300_000).describe('One or more certificates in PEM') })
  .meta({ id: 'CloudAuthoritiesRequest' });

/** Which cloud to try. */
export const cloudCheckBodySchema = z
  .strictObject({
    origin: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Default: the cloud of this machine'),
  })
  .meta({ id: 'CloudCheckRequest' });
/** Which cloud to try. */
export type CloudCheckBody = DeepReadonly<z.output<typeof cloudCheckBodySchema>>;

/** How far the way to a cloud goes. */
export const cloudCheckSchema = z
  .object({
    object: z.literal('cloud_check'),
    origin: z.string(),
    proxy: z.string().nullable(),
    result: z.enum(['ok', 'failed']),
    steps: z.array(
      z.object({
        step: z.enum(['name', 'connection', 'proxy', 'tls', 'hub']),
        result: z.enum(['ok', 'failed', 'not_reached']),
        message: z.string(),
        hint: z.string().nullable(),
        reason: z.string().nullable().describe('Stable; why it failed'),
      }),
    ),
  })
  .meta({ id: 'CloudCheck' });
/** How far the way to a cloud goes. */
export type CloudCheckObject = DeepReadonly<z.output<typeof cloudCheckSchema>>;
