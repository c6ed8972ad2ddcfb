import { z } from 'zod';
import { isNetworkPath, normaliseNetworkPath } from '../../drivers/kit/index.ts';

const text = z.string().min(1).max(255);

/** What a configured path says its device is (contract section 3); marked `declared` wherever it shows. */
const declaredSchema = z.strictObject({
  vendor_id: z
    .string()
    .regex(/^[0-9a-f]{4}$/, 'four lower-case hex digits')
    .optional(),
  product_id: z
    .string()
    .regex(/^[0-9a-f]{4}$/, 'four lower-case hex digits')
    .optional(),
  manufacturer: text.optional(),
  product: text.optional(),
  serial_number: text.optional(),
});

/** A port's path; a network address in the one way it is written, so that a rule and a path mean the same device. */
const devicePath = text.transform((path, issues) => {
  if (!isNetworkPath(path)) return path;
  const normal = normaliseNetworkPath(path);
  if (normal !== null) return normal;
  issues.addIssue(
    'a network address is written tcp://host:port or rfc2217://host:port, for example tcp://192.168.1.60:9100',
  );
  return z.NEVER;
});

const pathSchema = z.strictObject({
  path: devicePath.describe(
    'A serial port the system does not list (an on-board port, a PTY), a device on the network (tcp://host:port), or a serial port of a server there (rfc2217://host:port)',
  ),
  declared: declaredSchema.default({}),
  units: z.array(z.int().min(0).max(255)).max(64).default([]).describe('Addresses on the bus behind this port'),
  simulated: z.boolean().default(false).describe('A simulator is at the far end; shown wherever the device shows'),
});

const boundsSchema = z.strictObject({ min_value: z.number().optional(), max_value: z.number().optional() });
const decisionSchema = z.enum(['deny', 'confirm', 'allow']);

/** A connector's policy, in the configuration, the API and the store alike. */
export const policySchema = z.strictObject({
  default: decisionSchema.default('deny'),
  tools: z
    .record(
      z.string(),
      z.strictObject({
        decision: decisionSchema.optional(),
        bounds: z.record(z.string(), boundsSchema).optional(),
        min_interval_ms: z.int().min(0).optional(),
        rate: z.strictObject({ count: z.int().min(1), per_ms: z.int().min(1) }).optional(),
      }),
    )
    .default({}),
});

const matchSchema = z
  .strictObject({
    path: devicePath.optional(),
    vendor_id: text.optional(),
    product_id: text.optional(),
    manufacturer: text.optional(),
    product: text.optional(),
    serial_number: text.optional(),
    unit: z.int().min(0).max(255).optional(),
    listing: text.optional().describe('Fires for devices recognised as this listing'),
    simulated: z.boolean().optional(),
  })
  .refine((match) => Object.keys(match).length > 0, 'an empty match would fire for every device');

/** Installs a connector by itself, once for each device it matches. */
export const installRuleSchema = z.strictObject({
  match: matchSchema,
  listing: text,
  name: text.optional(),
  config: z.record(z.string(), z.json()).default({}),
  policy: policySchema.optional(),
});

/** How much of one class of events may wait for the cloud. */
const outboxClass = (megabytes: number, hours: number) =>
  z
    .strictObject({
      max_mb: z.number().positive().max(100_000).default(megabytes).describe('Beyond it the oldest are given up'),
      max_hours: z.number().positive().max(87_600).default(hours).describe('Older ones are given up'),
    })
    .prefault({});

const cloudSchema = z.strictObject({
  provider: z
    .enum(['hub', 'fibric', 'none'])
    .default('hub')
    .describe("Which cloud this machine belongs to: a hub it is paired with, Fibric's own API, or none"),
  fibric: z
    .strictObject({
      base_url: z
        .url({ protocol: /^https?$/ })
        .default('https://api.fibric.io')
        .describe('Without /v1'),
      no_credential_auth: z
        .enum(['api_key', 'none'])
        .default('api_key')
        .describe('What is given as the credential of a device that has none: a secret made for it, or nothing'),
    })
    .prefault({}),
  proxy: z
    .string()
    .regex(
      /^(?:none|https?:\/\/(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?\/?)$/,
      'http://proxy.example:3128 or none; without a user and a password, which fibric-edge cloud proxy set --user NAME keeps',
    )
    .nullable()
    .default(null)
    .describe('http://proxy.example:3128; none: never one; left out: what was set here, else HTTPS_PROXY'),
  no_proxy: z
    .array(text)
    .max(100)
    .default([])
    .describe('Hosts, domains, addresses and networks that are reached without the proxy'),
  ca_file: text.nullable().default(null).describe("Certificate authorities in PEM, trusted beside the system's"),
  outbox: z
    .strictObject({
      effects: outboxClass(64, 720),
      state: outboxClass(16, 168),
      streams: outboxClass(128, 72),
      readings: outboxClass(64, 24),
    })
    .prefault({})
    .describe('How much waits while the cloud can not be reached; streams hold scans, which may tell of persons'),
  readings: z
    .strictObject({
      send: z.enum(['changes', 'off']).default('changes'),
      min_interval_s: z.number().min(0).max(86_400).default(10).describe('Of one tool at most this often'),
      heartbeat_s: z.number().min(1).max(86_400).default(900).describe('A value that stays is told again after this'),
    })
    .prefault({})
    .describe('Which readings become events'),
});

/** The whole configuration file. Every key has a default, so that an empty file is one. */
export const configSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(7431).describe('HTTP port on loopback; 0 takes a free one'),
  max_ports: z.int().min(1).max(256).default(32).describe('Serial ports and network connections open at once'),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  discover: z.boolean().default(true).describe('List the serial ports of the system, beside the configured paths'),
  vault: z
    .strictObject({
      provider: z.enum(['keychain', 'keyfile', 'passphrase', 'systemd-credential', 'tpm2']).default('keychain'),
      keyfile: text.optional().describe('Path of the key, outside the data folder; default: beside it, DIR.key'),
    })
    .prefault({}),
  paths: z
    .array(pathSchema)
    .default([])
    .refine((paths) => new Set(paths.map(({ path }) => path)).size === paths.length, 'two entries have one path'),
  install_rules: z.array(installRuleSchema).default([]),
  allowed_targets: z
    .array(z.string().regex(/^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/, 'a host, or host:port'))
    .default([])
    .describe('Hosts on this machine or its network that software sources may be at; all others must be public'),
  reading_history: z
    .strictObject({
      keep: z
        .int()
        .min(0)
        .max(100_000)
        .default(1_000)
        .describe('Past readings of each connector and tool; 0 keeps none'),
      keep_hours: z.int().min(1).max(87_600).default(168).describe('None older than this'),
    })
    .prefault({}),
  streams: z
    .strictObject({
      keep: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(10_000)
        .describe('What each device sent by itself (scans, positions), the newest so many; 0 keeps none on disk'),
      keep_hours: z.int().min(1).max(87_600).default(168).describe('None older than this'),
      keep_personal_hours: z
        .int()
        .min(1)
        .max(87_600)
        .default(24)
        .describe('The same for scans and positions, which may tell of persons'),
    })
    .prefault({})
    .describe('How long what devices send by themselves is kept'),
  health_history: z
    .strictObject({
      keep: z.int().min(0).max(100_000).default(5_000).describe('Changes of health of each connector; 0 keeps none'),
      keep_hours: z.int().min(1).max(87_600).default(168).describe('None older than this'),
    })
    .prefault({})
    .describe('How far back it can be seen how each connector was'),
  wire_log: z
    .strictObject({
      record: z
        .enum(['on_request', 'always', 'never'])
        .default('on_request')
        .describe('When what goes over the wires of devices is recorded; in memory only'),
      keep_kib: z.int().min(16).max(65_536).default(256).describe('KiB of each connector, the newest'),
      keep_minutes: z.int().min(1).max(1_440).default(60).describe('None older than this'),
    })
    .prefault({})
    .describe('The log of the wire: it may hold what scanners read and printers print'),
  approvals: z
    .strictObject({
      countdown_s: z.int().min(10).max(3600).default(120).describe('How long a person has to allow an action'),
    })
    .prefault({}),
  cloud: cloudSchema.prefault({}),
  updates: z
    .strictObject({
      desktop: z
        .enum(['automatic', 'ask', 'off'])
        .default('ask')
        .describe(
          'When the desktop program installs a newer version: unwatched by itself, when a person says so, or never',
        ),
    })
    .prefault({}),
  rate_limit_per_minute: z.int().min(1).default(1000),
});

/** The agent's configuration, complete. */
export type Config = z.output<typeof configSchema>;
/** What a configured path declares. */
export type ConfiguredPath = Config['paths'][number];
/** One install rule. */
export type InstallRule = z.output<typeof installRuleSchema>;
