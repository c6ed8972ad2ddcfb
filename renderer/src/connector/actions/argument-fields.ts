import { type SchemaField, schemaFields, valueIn } from '../../parts/schema-fields.ts';

/** What every side effect takes; the page gives them itself. */
const reserved = new Set(['idempotency_key', 'entity_key', 'dry_run']);

/**
 * The fields of a tool's arguments. `suggested` are arguments that are known to make sense (those of a connection test).
 */
export function argumentFields(
  schema: unknown,
  suggested: Readonly<Record<string, unknown>> | null,
): readonly SchemaField[] {
  return schemaFields(schema, { except: (key) => reserved.has(key), suggested });
}

/** What a filled form says; `wrong` names the fields that can't be sent. */
export type Filled =
  | { readonly ok: true; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly wrong: readonly string[] };

/** The arguments for what stands in the form. What the device itself refuses, the agent says. */
export function argumentsOf(fields: readonly SchemaField[], given: Readonly<Record<string, string>>): Filled {
  const args: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const { key, input, initial, required } of fields) {
    const text = given[key] ?? initial;
    if (text.trim() === '') {
      if (required) wrong.push(key);
      continue;
    }
    const value = valueIn(input, text);
    if (value === undefined) wrong.push(key);
    else args[key] = value;
  }
  return wrong.length === 0 ? { ok: true, arguments: args } : { ok: false, wrong };
}
