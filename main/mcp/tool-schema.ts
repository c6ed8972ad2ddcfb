import type { JsonObject, JsonValue } from '../../drivers/kit/index.ts';
import { withReservedArguments } from '../connectors/index.ts';

/** A JSON Schema whose root is an object, as MCP wants it. */
export type ObjectSchema = JsonObject & { readonly type: 'object' };

const textOrNull = (description: string): JsonObject => ({ type: ['string', 'null'], description });

/** The input schema of a tool: the driver's own with an example, and for a side effect the reserved arguments. */
export function inputSchemaOf(schema: JsonObject, sideEffect: boolean, example: JsonObject): ObjectSchema {
  const { $schema: _, ...plain } = schema;
  const own: JsonObject = Object.keys(example).length === 0 ? plain : { ...plain, examples: [example] };
  return { ...(sideEffect ? withReservedArguments(own) : own), type: 'object' };
}

/** The output schema of a tool: what a read gives, or how a side effect ended with `result` as the driver describes it. */
export function outputSchemaOf(schema: JsonObject, sideEffect: boolean): ObjectSchema {
  const { $schema: _, ...own } = schema;
  if (!sideEffect) return { ...own, type: 'object' };
  // References in the driver's schema point at its root, which is the root of ours from here on.
  const { $defs, ...result } = own;
  const properties = effectProperties(result);
  return {
    type: 'object',
    properties: { ...properties, notes: notesSchema },
    required: Object.keys(properties),
    ...($defs === undefined ? {} : { $defs }),
  };
}

const notesSchema: JsonObject = {
  type: 'array',
  items: { type: 'string' },
  description: 'What a person should know before it is done; of a dry run',
};

function effectProperties(result: JsonObject): JsonObject {
  return {
    outcome: {
      type: 'string',
      enum: ['applied', 'failed', 'unknown', 'refused', 'pending', 'dry_run'],
      description:
        'applied: done. failed: not done, or the device says so. unknown: sent, and nobody can say yet whether it happened. refused: not allowed now, nothing was sent. pending: not over yet, ask again with the same idempotency_key. dry_run: it would work.',
    },
    journal_id: textOrNull('The row of the journal that records it'),
    idempotency_key: {
      type: 'string',
      description: 'Ask again with this key to learn the outcome; it is never done twice',
    },
    sent: { type: 'boolean', description: 'Whether anything that changes the device may have left for it' },
    deduplicated: { type: 'boolean', description: 'Whether this is the answer of an earlier call with the same key' },
    evidence: textOrNull(
      'How far the outcome is proven: device_ack, read_back, counter, status_after, or transmitted (sent, not confirmed); for a dry run answered, port_open or encoded',
    ),
    first_at: textOrNull('When the first call was, if deduplicated; RFC 3339 UTC'),
    reason: textOrNull('Why, if refused: policy_deny, bounds, interval, rate, paused, idempotency_conflict, ...'),
    error: {
      anyOf: [
        {
          type: 'object',
          properties: {
            code: { type: 'string' },
            message: { type: 'string' },
            hint: { type: 'string', description: 'What to do next' },
            details: { type: 'object' },
          },
          required: ['code', 'message'],
        },
        { type: 'null' },
      ],
      description: 'What went wrong, if anything did',
    },
    result: { anyOf: [result, { type: 'null' }], description: 'What the device reported, if applied' },
    approval_id: textOrNull('What a person at the machine is asked to approve, if pending on that'),
  };
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
