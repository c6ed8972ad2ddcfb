import { z } from 'zod';
import type { Listing } from '../live/wire.ts';

/** What a listing asks for, as a form can show it. */
export interface InstallField {
  readonly key: string;
  readonly label: string;
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
    /** Several, with commas between. */
    | { readonly type: 'list'; readonly of: 'numbers' | 'texts' }
    | { readonly type: 'text' };
  /** What holds when nothing is given; as text, for the form. */
  readonly initial: string;
}

const scalarSchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.union([z.string(), z.number()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
});
const propertySchema = scalarSchema.extend({ items: scalarSchema.optional() });
const configSchema = z.object({
  properties: z.record(z.string(), propertySchema).default({}),
  required: z.array(z.string()).default([]),
});

function inputOf(property: z.output<typeof propertySchema>): InstallField['input'] | null {
  if (property.enum !== undefined) return { type: 'choice', options: property.enum };
  if (property.const !== undefined) return { type: 'choice', options: [property.const] };
  switch (property.type) {
    case 'boolean':
      return { type: 'switch' };
    case 'integer':
    case 'number':
      return {
        type: 'number',
        whole: property.type === 'integer',
        minimum: property.minimum,
        maximum: property.maximum,
      };
    case 'string':
      return { type: 'text' };
    case 'array':
      if (property.items?.type === 'integer' || property.items?.type === 'number')
        return { type: 'list', of: 'numbers' };
      return property.items?.type === 'string' ? { type: 'list', of: 'texts' } : null;
    default:
      return null;
  }
}

const textOf = (value: unknown) => (value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value));

/** What a form asks for, and what it can't hold. */
export interface InstallForm {
  /** What has to be given first. */
  readonly fields: readonly InstallField[];
  /** Keys of settings that are left to the command line. */
  readonly beyond: readonly string[];
}

/**
 * The settings a person gives when a connector is installed. The device itself is chosen elsewhere, and so is the address
 * of a device on a bus.
 */
export function formOf(listing: Listing, known: { readonly unit: boolean }): InstallForm {
  const { properties, required } = configSchema.parse(listing.config_schema);
  const asked = Object.entries(properties).filter(([key]) => key !== 'device' && !(key === 'unit' && known.unit));
  const fields = asked.flatMap(([key, property]): InstallField[] => {
    const input = inputOf(property);
    if (input === null) return [];
    return [
      {
        key,
        label: property.description ?? key,
        required: required.includes(key),
        input,
        initial: textOf(property.default),
      },
    ];
  });
  return {
    fields: [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)],
    beyond: asked.filter(([, property]) => inputOf(property) === null).map(([key]) => key),
  };
}

/** The configuration for what stands in the form: only what differs from its default. */
export function configOf(
  fields: readonly InstallField[],
  given: Readonly<Record<string, string>>,
): Record<string, string | number | boolean | (string | number)[]> {
  const config: Record<string, string | number | boolean | (string | number)[]> = {};
  for (const { key, input, initial, required } of fields) {
    const text = given[key] ?? initial;
    if (input.type === 'switch') {
      if (required || text !== (initial || 'false')) config[key] = text === 'true';
      continue;
    }
    if (text === initial || text === '') continue;
    if (input.type === 'number') config[key] = Number(text);
    else if (input.type === 'choice') config[key] = input.options.find((option) => String(option) === text) ?? text;
    else if (input.type === 'list') {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      config[key] = input.of === 'numbers' ? parts.map(Number) : parts;
    } else config[key] = text;
  }
  return config;
}
