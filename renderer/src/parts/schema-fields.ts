import { z } from 'zod';

/** One value that a JSON Schema asks for, as a form can show it. */
export interface SchemaField {
  readonly key: string;
  /** What the schema says of it; null: nothing. */
  readonly description: string | null;
  readonly required: boolean;
  readonly input: FieldInput;
  /** What stands in the form at first; empty where nothing is given. */
  readonly initial: string;
}

/** How one value is given. */
export type FieldInput =
  | { readonly type: 'choice'; readonly options: readonly (string | number)[] }
  | { readonly type: 'switch' }
  | {
      readonly type: 'number';
      readonly whole: boolean;
      readonly minimum: number | undefined;
      readonly maximum: number | undefined;
    }
  /** Several, with commas between. */
  | { readonly type: 'list'; readonly of: 'numbers' | 'texts' }
  | { readonly type: 'text'; readonly maxLength: number | undefined }
  /** Whatever no simple field holds, written as JSON. */
  | { readonly type: 'json' };

const scalarSchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.union([z.string(), z.number()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  default: z.unknown().optional(),
});
const propertySchema = scalarSchema.extend({ items: scalarSchema.optional() });
const objectSchema = z.object({
  properties: z.record(z.string(), propertySchema).default({}),
  required: z.array(z.string()).default([]),
});

function inputOf(property: z.output<typeof propertySchema>): FieldInput {
  if (property.enum !== undefined) return { type: 'choice', options: property.enum };
  if (property.const !== undefined) return { type: 'choice', options: [property.const] };
  const { type, minimum, maximum, maxLength } = property;
  switch (type) {
    case 'boolean':
      return { type: 'switch' };
    case 'integer':
    case 'number':
      return { type: 'number', whole: type === 'integer', minimum, maximum };
    case 'string':
      return { type: 'text', maxLength };
    case 'array':
      if (property.items?.type === 'integer' || property.items?.type === 'number')
        return { type: 'list', of: 'numbers' };
      return property.items?.type === 'string' ? { type: 'list', of: 'texts' } : { type: 'json' };
    default:
      return { type: 'json' };
  }
}

/**
 * The fields for an object's schema, what must be given first. `except` names properties that are given otherwise.
 * `suggested` stands in the form where the schema has no default.
 */
export function schemaFields(
  schema: unknown,
  options: {
    readonly except: (key: string) => boolean;
    readonly suggested?: Readonly<Record<string, unknown>> | null;
  },
): readonly SchemaField[] {
  const { properties, required } = objectSchema.parse(schema);
  const fields = Object.entries(properties).flatMap(([key, property]): SchemaField[] => {
    if (options.except(key)) return [];
    const input = inputOf(property);
    return [
      {
        key,
        description: property.description ?? null,
        required: required.includes(key),
        input,
        initial: textOf(input, property.default ?? options.suggested?.[key]),
      },
    ];
  });
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}

function textOf(input: FieldInput, value: unknown): string {
  if (value === undefined) return '';
  if (input.type === 'json') return JSON.stringify(value, null, 2);
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The value that a text means; undefined where it is none of that kind, or out of its bounds. */
export function valueIn(input: FieldInput, text: string): unknown {
  switch (input.type) {
    case 'switch':
      return text === 'true';
    case 'choice':
      return input.options.find((option) => String(option) === text);
    case 'number': {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(value) || (input.whole && !Number.isInteger(value))) return undefined;
      if (input.minimum !== undefined && value < input.minimum) return undefined;
      return input.maximum !== undefined && value > input.maximum ? undefined : value;
    }
    case 'list': {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (input.of === 'texts') return parts;
      const numbers = parts.map(Number);
      return numbers.every(Number.isFinite) ? numbers : undefined;
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
