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
    | { readonly type: 'number'; readonly minimum: number | undefined; readonly maximum: number | undefined }
    | { readonly type: 'text' };
  /** What holds when nothing is given; as text, for the form. */
  readonly initial: string;
}

const propertySchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.union([z.string(), z.number()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
});
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
      return { type: 'number', minimum: property.minimum, maximum: property.maximum };
    case 'string':
      return { type: 'text' };
    default:
      return null;
  }
}

/**
 * The settings a person gives when a connector is installed on a device, what has to be given first. The device itself is
 * chosen already, and so is the address of a device on a bus. Settings that a form can't hold are left to the command line.
 */
export function fieldsOf(listing: Listing, known: { readonly unit: boolean }): readonly InstallField[] {
  const { properties, required } = configSchema.parse(listing.config_schema);
  const fields = Object.entries(properties).flatMap(([key, property]): InstallField[] => {
    if (key === 'device' || (key === 'unit' && known.unit)) return [];
    const input = inputOf(property);
    if (input === null) return [];
    const initial = property.default === undefined ? '' : String(property.default);
    return [{ key, label: property.description ?? key, required: required.includes(key), input, initial }];
  });
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}

/** The configuration for what stands in the form: only what differs from its default. */
export function configOf(
  fields: readonly InstallField[],
  given: Readonly<Record<string, string>>,
): Record<string, string | number | boolean> {
  const config: Record<string, string | number | boolean> = {};
  for (const { key, input, initial } of fields) {
    const text = given[key] ?? initial;
    if (text === initial || text === '') continue;
    if (input.type === 'switch') config[key] = text === 'true';
    else if (input.type === 'number') config[key] = Number(text);
    else if (input.type === 'choice') config[key] = input.options.find((option) => String(option) === text) ?? text;
    else config[key] = text;
  }
  return config;
}
