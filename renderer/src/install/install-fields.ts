import type { Listing } from '../live/wire.ts';
import { type SchemaField, schemaFields, valueIn } from '../parts/schema-fields.ts';

/** What a form asks for, and what it can't hold. */
export interface InstallForm {
  /** What has to be given first. */
  readonly fields: readonly SchemaField[];
  /** Keys of settings that are left to the command line. */
  readonly beyond: readonly string[];
}

/**
 * The settings a person gives when a connector is installed. The device itself is chosen elsewhere, and so is the address
 * of a device on a bus.
 */
export function formOf(listing: Listing, known: { readonly unit: boolean }): InstallForm {
  const all = schemaFields(listing.config_schema, {
    except: (key) => key === 'device' || (key === 'unit' && known.unit),
  });
  return {
    fields: all.filter(({ input }) => input.type !== 'json'),
    beyond: all.filter(({ input }) => input.type === 'json').map(({ key }) => key),
  };
}

/** The configuration for what stands in the form: only what differs from its default. What is wrong in it the agent says. */
export function configOf(
  fields: readonly SchemaField[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const config: Record<string, unknown> = {};
  for (const { key, input, initial, required } of fields) {
    const text = given[key] ?? initial;
    const isGiven =
      input.type === 'switch' ? required || text !== (initial || 'false') : text !== initial && text !== '';
    if (isGiven) config[key] = valueIn(input, text) ?? text;
  }
  return config;
}
