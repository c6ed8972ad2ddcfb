import { z } from 'zod';

/** One argument of a tool, as a form can show it. */
export interface ArgumentField {
  readonly key: string;
  /** What the driver says of it; null: nothing. */
  readonly description: string | null;
  readonly required: boolean;
  readonly input:
    | { readonly type: 'choice'; readonly options: readonly (string | number)[] }
    | { readonly type: 'switch' }
    | {
        readonly type: 'number';
        readonly whole: boolean;
        readonly minimum: number | undefined;
        readonly maximum: number | undefined;
      }
    | { readonly type: 'text'; readonly maxLength: number | undefined }
    /** Lists and objects, written as JSON. */
    | { readonly type: 'json' };
  /** What stands in the form at first; an optional one that is left empty is not sent. */
  readonly initial: string;
}

const propertySchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.union([z.string(), z.number()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  default: z.unknown().optional(),
});
const inputSchema = z.object({
  properties: z.record(z.string(), propertySchema).default({}),
  required: z.array(z.string()).default([]),
});

/** What every side effect takes; the page gives them itself. */
const reserved = new Set(['idempotency_key', 'entity_key', 'dry_run']);

function inputOf(property: z.output<typeof propertySchema>): ArgumentField['input'] {
  if (property.enum !== undefined) return { type: 'choice', options: property.enum };
  if (property.const !== undefined) return { type: 'choice', options: [property.const] };
  const { minimum, maximum, maxLength } = property;
  switch (property.type) {
    case 'boolean':
      return { type: 'switch' };
    case 'integer':
      return { type: 'number', whole: true, minimum, maximum };
    case 'number':
      return { type: 'number', whole: false, minimum, maximum };
    case 'string':
      return { type: 'text', maxLength };
    default:
      return { type: 'json' };
  }
}

/**
 * The fields of a tool's arguments, what must be given first. `suggested` are arguments that are known to make sense (those
 * of a connection test); they stand in the form where the schema has no default.
 */
export function argumentFields(
  schema: unknown,
  suggested: Readonly<Record<string, unknown>> | null,
): readonly ArgumentField[] {
  const { properties, required } = inputSchema.parse(schema);
  const fields = Object.entries(properties).flatMap(([key, property]): ArgumentField[] => {
    if (reserved.has(key)) return [];
    const input = inputOf(property);
    const value = property.default ?? suggested?.[key];
    return [
      {
        key,
        description: property.description ?? null,
        required: required.includes(key),
        input,
        initial: value === undefined ? (input.type === 'switch' ? 'false' : '') : textOf(input, value),
      },
    ];
  });
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}

function textOf(input: ArgumentField['input'], value: unknown): string {
  return input.type === 'json' ? JSON.stringify(value, null, 2) : String(value);
}

/** What a filled form says; `wrong` names the fields that can't be sent. */
export type Filled =
  | { readonly ok: true; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly wrong: readonly string[] };

/** The arguments for what stands in the form. What the device itself refuses, the agent says. */
export function argumentsOf(fields: readonly ArgumentField[], given: Readonly<Record<string, string>>): Filled {
  const args: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const { key, input, initial, required } of fields) {
    const text = given[key] ?? initial;
    if (text.trim() === '' && input.type !== 'switch') {
      if (required) wrong.push(key);
      continue;
    }
    const value = valueIn(input, text);
    if (value === undefined) wrong.push(key);
    else args[key] = value;
  }
  return wrong.length === 0 ? { ok: true, arguments: args } : { ok: false, wrong };
}

/** Undefined where the text is no value of that kind. */
function valueIn(input: ArgumentField['input'], text: string): unknown {
  switch (input.type) {
    case 'switch':
      return text === 'true';
    case 'choice':
      return input.options.find((option) => String(option) === text);
    case 'number': {
      const value = Number(text);
      if (!Number.isFinite(value) || (input.whole && !Number.isInteger(value))) return undefined;
      if (input.minimum !== undefined && value < input.minimum) return undefined;
      return input.maximum !== undefined && value > input.maximum ? undefined : value;
    }
    case 'text':
      return text;
    case 'json':
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
  }
}
