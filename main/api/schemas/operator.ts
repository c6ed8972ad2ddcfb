import { z } from 'zod';
import { cursorSchema, type DeepReadonly, limitSchema, timestampSchema } from './common.ts';
import { connectorNameSchema, statusSchema } from './connector.ts';

/** Intent as words with dots between: `weight.read`, `conversation.note.write`, `calls.status-sync`. */
export const capabilityNameSchema = z
  .string()
  .max(100)
  .regex(
    /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/,
    'a capability is a noun and a verb with a dot between: weight.read',
  );

const operatorStatusSchema = z.enum(['active', 'paused']);

/** What depends on capabilities, never on a connector (ours, where the platform's shape is not published). */
export const operatorSchema = z
  .object({
    id: z.string(),
    object: z.literal('operator'),
    name: z.string(),
    capabilities: z.array(z.string()).describe('What it needs'),
    status: operatorStatusSchema.describe('While paused it keeps no connector from being uninstalled'),
    unfulfilled: z.array(z.string()).describe('Those of its capabilities that no installed connector has'),
    created_at: timestampSchema,
  })
  .meta({ id: 'Operator' });
/** What depends on capabilities. */
export type OperatorObject = DeepReadonly<z.output<typeof operatorSchema>>;

const capabilities = z
  .array(capabilityNameSchema)
  .min(1)
  .max(100)
  .refine((names) => new Set(names).size === names.length, 'each capability once');

/** A new operator. */
export const operatorBodySchema = z
  .strictObject({
    name: connectorNameSchema.describe('Unique on this machine'),
    capabilities,
    status: operatorStatusSchema.default('active'),
  })
  .meta({ id: 'OperatorRequest' });
/** A new operator. */
export type OperatorBody = DeepReadonly<z.output<typeof operatorBodySchema>>;

/** What to change of an operator; absent parts stay. */
export const operatorChangeSchema = z
  .strictObject({
    name: connectorNameSchema.optional(),
    capabilities: capabilities.optional(),
    status: operatorStatusSchema.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'give name, capabilities or status')
  .meta({ id: 'OperatorChange' });
/** What to change of an operator. */
export type OperatorChange = DeepReadonly<z.output<typeof operatorChangeSchema>>;

/** Filters of the operators; they combine with AND. */
export const operatorQuerySchema = z.strictObject({
  status: operatorStatusSchema.optional(),
  capability: z.string().min(1).max(255).optional().describe('Only operators that need this capability'),
  limit: limitSchema,
  cursor: cursorSchema.optional(),
});
/** Filters of the operators, without the page. */
export interface OperatorFilter {
  readonly status?: 'active' | 'paused' | undefined;
  readonly capability?: string | undefined;
}

/** The answer when an operator was removed. */
export const deletedOperatorSchema = z.object({
  id: z.string(),
  object: z.literal('operator'),
  deleted: z.literal(true),
});

/** A capability with who fulfils and who needs it. A plain value: it has neither id nor `object`. */
export const capabilityUseSchema = z
  .object({
    capability: z.string(),
    fulfilled: z.boolean().describe('Whether a connector that is connected has it'),
    connectors: z.array(z.object({ id: z.string(), name: z.string(), status: statusSchema })),
    operators: z
      .array(z.object({ id: z.string(), name: z.string(), status: operatorStatusSchema }))
      .nullable()
      .describe('Who needs it; null when the token lacks operators:read'),
  })
  .meta({ id: 'CapabilityUse' });
/** A capability with who fulfils and who needs it. */
export type CapabilityUse = DeepReadonly<z.output<typeof capabilityUseSchema>>;
