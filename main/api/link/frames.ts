import { z } from 'zod';
import { type ErrorCode, errorCodes, type JsonValue, type SerializedAgentError } from '../../../drivers/kit/index.ts';
import {
  callBodySchema,
  grantsSchema,
  healthTimelineQuerySchema,
  hubAuthSchema,
  identifyBodySchema,
  installShape,
  jsonObjectSchema,
  jsonValueSchema,
  pastReadingsQuerySchema,
  scopes,
  sealingSchema,
  updateShape,
  wireLogQuerySchema,
  wireRecordingBodySchema,
} from '../schemas/index.ts';

/** The version both sides have to speak. */
export const linkProtocol = 1;
/** Where a hub takes links. */
export const linkPath = '/v1/link';
/** The largest frame that is read, in bytes. */
export const maxFrameBytes = 4 * 1024 * 1024;
/** Requests of a hub that one agent has at work at once, beside its streams; more are refused. */
export const maxRequests = 64;
/** Streams of MCP that a hub has open at one agent at once; more are refused. */
export const maxStreams = 256;

/** Parts of a relayed answer that an agent sends ahead of those that the hub's caller has taken. */
export const relayWindow = 16;

const id = z.string().min(1).max(100);
const connector = { connector_id: id };

/** What a hub may ask of an agent, and with which body. There is none for policy, tokens, approvals, settling, pause or the vault. */
export const linkCallSchema = z.discriminatedUnion('verb', [
  z.strictObject({
    verb: z.literal('connector.call'),
    ...connector,
    body: callBodySchema,
    /** Whether somebody follows it. */
    progress: z.boolean().optional(),
  }),
  z.strictObject({ verb: z.literal('connector.preview'), ...connector, body: callBodySchema }),
  z.strictObject({ verb: z.literal('connector.test'), ...connector, tools: z.array(z.string()).nullable() }),
  z.strictObject({ verb: z.literal('connector.tests'), ...connector }),
  z.strictObject({ verb: z.literal('connector.readings'), ...connector }),
  z.strictObject({ verb: z.literal('connector.past_readings'), ...connector, query: pastReadingsQuerySchema }),
  z.strictObject({ verb: z.literal('connector.health_timeline'), ...connector, query: healthTimelineQuerySchema }),
  z.strictObject({ verb: z.literal('connector.wire'), ...connector, query: wireLogQuerySchema }),
  z.strictObject({ verb: z.literal('connector.record_wire'), ...connector, body: wireRecordingBodySchema }),
  z.strictObject({ verb: z.literal('connector.clear_wire'), ...connector }),
  z.strictObject({
    verb: z.literal('connector.install'),
    /** Of the hub's caller: the machine installs once under it, whatever becomes of the link. */
    idempotency_key: z.string().min(1).max(255).nullable(),
    body: z.strictObject({ ...installShape, auth: hubAuthSchema }),
  }),
  z.strictObject({
    verb: z.literal('connector.update'),
    ...connector,
    body: z.strictObject({ ...updateShape, auth: hubAuthSchema.optional() }),
  }),
  z.strictObject({ verb: z.literal('connector.remove'), ...connector }),
  z.strictObject({ verb: z.literal('device.identify'), device_id: id, body: identifyBodySchema }),
  z.strictObject({
    verb: z.literal('mcp'),
    ...connector,
    method: z.enum(['GET', 'POST', 'DELETE']),
    headers: z.record(z.string(), z.string()),
    body: jsonValueSchema,
  }),
]);
/** What a hub asks of an agent. */
export type LinkCall = z.output<typeof linkCallSchema>;

/** Who asks at the hub. What they may is never more than the agent granted. */
const callerSchema = z.strictObject({
  id,
  name: z.string().max(200),
  scopes: z.array(z.enum(scopes)),
});
export type LinkCaller = z.output<typeof callerSchema>;

const errorSchema: z.ZodType<SerializedAgentError> = z.object({
  code: z.string().transform((code): ErrorCode => (isErrorCode(code) ? code : 'internal_error')),
  message: z.string(),
  hint: z.string().optional(),
  details: jsonObjectSchema.optional(),
});

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

const credential = { token: z.string(), expires_at: z.iso.datetime() };
/** What the hub shows of an agent: each whole, under its id. */
export const projectionKinds = ['connector', 'device', 'listing'] as const;
export type ProjectionKind = (typeof projectionKinds)[number];
const projected = { kind: z.enum(projectionKinds), id };

/** What a hub says. */
export const hubFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('challenge'), protocol: z.int(), hub_id: z.string(), nonce: z.string() }),
  z.object({
    type: z.literal('welcome'),
    tenant: z.object({ id: z.string(), name: z.string(), mode: z.enum(['live', 'test']) }),
    name: z.string(),
    heartbeat_ms: z.int().min(1_000).max(300_000),
    credential: z.object(credential),
  }),
  z.object({ type: z.literal('refused'), error: errorSchema }),
  z.object({ type: z.literal('credential'), ...credential }),
  z.object({ type: z.literal('want'), items: z.array(z.object(projected)) }),
  z.object({
    type: z.literal('request'),
    id,
    call: linkCallSchema,
    caller: callerSchema,
    /** A key that the hub made for a side effect whose caller gave none. */
    minted_key: z.string().min(1).max(255).nullable(),
    /** Null for a stream, which lives as long as link, caller, key, pairing and grant. */
    deadline_ms: z.int().min(1).max(600_000).nullable(),
  }),
  z.object({ type: z.literal('cancel'), id }),
  /** The answer has reached the hub's caller. */
  z.object({ type: z.literal('delivered'), id }),
  /** To `may_uninstall`: null, or why not. */
  z.object({ type: z.literal('uninstall_answer'), id, error: errorSchema.nullable() }),
  /** So many chunks have been taken by the hub's caller. */
  z.object({ type: z.literal('taken'), id, chunks: z.int().min(1) }),
]);
export type HubFrame = z.output<typeof hubFrameSchema>;

/** What an agent says. */
export const agentFrameSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.int(),
    agent_id: id,
    signature: z.string(),
    version: z.string().max(50),
    grants: grantsSchema,
    sealing: sealingSchema.optional(),
  }),
  /** Another epoch has begun; the last one is still good for a while. */
  z.object({ type: z.literal('sealing'), sealing: sealingSchema }),
  /** Everything there is, by digest; what is not in it is gone. */
  z.object({ type: z.literal('inventory'), items: z.array(z.object({ ...projected, digest: z.string() })) }),
  z.object({ type: z.literal('item'), ...projected, digest: z.string(), body: jsonObjectSchema }),
  z.object({ type: z.literal('gone'), ...projected }),
  z.object({ type: z.literal('grants'), grants: grantsSchema }),
  /** Asked before somebody at the machine uninstalls: operators at the hub may depend on it. */
  z.object({ type: z.literal('may_uninstall'), id, connector_id: id }),
  /** The machine has ended the pairing; the hub ends it too and cuts the link. */
  z.object({ type: z.literal('leave') }),
  z.object({ type: z.literal('progress'), id, data: jsonValueSchema }),
  z.object({ type: z.literal('result'), id, body: jsonValueSchema }),
  z.object({ type: z.literal('failed'), id, error: errorSchema }),
  /** A relayed answer of MCP, in parts. */
  z.object({ type: z.literal('head'), id, status: z.int(), headers: z.record(z.string(), z.string()) }),
  z.object({ type: z.literal('chunk'), id, text: z.string() }),
  z.object({ type: z.literal('end'), id }),
]);
export type AgentFrame = z.output<typeof agentFrameSchema>;

/** A frame's text, or null when it is none that this side understands. */
export function readFrame<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | null {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
