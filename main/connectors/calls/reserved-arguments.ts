import { z } from 'zod';
import { AgentError, type JsonObject, reservedArguments } from '../../../drivers/kit/index.ts';

/** The arguments that every side-effect tool has beside its own (contract section 1). */
export const reservedShape = {
  idempotency_key: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'Names this action, so that asking again with the same key never does it twice. One is made when absent.',
    ),
  entity_key: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('What the action is about, for the record: an order, a parcel'),
  dry_run: z.boolean().optional().describe('Only check whether it would work; nothing is done'),
};

const reservedSchema = z.object(reservedShape);

const jsonObject = z.record(z.string(), z.json());
/** {@link reservedShape} as the properties of a JSON Schema. */
const reservedProperties = jsonObject.parse(jsonObject.parse(z.toJSONSchema(reservedSchema))['properties']);

/** The input schema of a side effect as callers see it: the driver's own arguments and the reserved ones. */
export function withReservedArguments(schema: JsonObject): JsonObject {
  const own = jsonObject.safeParse(schema['properties']);
  return { ...schema, properties: { ...(own.success ? own.data : {}), ...reservedProperties } };
}

/** A call's arguments, taken apart. */
export interface SplitArguments {
  readonly own: JsonObject;
  readonly key: string | null;
  readonly entityKey: string | null;
  readonly dryRun: boolean;
}

/** Takes the reserved arguments out. Rejects with `invalid_arguments` naming each wrong one. */
export function splitReserved(tool: string, args: JsonObject): SplitArguments {
  const parsed = reservedSchema.safeParse(args);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new AgentError('invalid_arguments', `The arguments of ${tool} are not usable. ${problems.join('; ')}.`, {
      hint: 'idempotency_key and entity_key are text of 1 to 255 characters, dry_run is true or false. Nothing was sent.',
      details: { tool, problems },
    });
  }
  const reserved: ReadonlySet<string> = new Set(reservedArguments);
  const own = Object.fromEntries(Object.entries(args).filter(([name]) => !reserved.has(name)));
  const { idempotency_key: key, entity_key: entityKey, dry_run: dryRun } = parsed.data;
  return { own, key: key ?? null, entityKey: entityKey ?? null, dryRun: dryRun ?? false };
}
