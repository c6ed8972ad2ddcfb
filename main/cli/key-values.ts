import { AgentError, type JsonObject, type JsonValue } from '../../drivers/kit/index.ts';

/** Takes `key=value` words apart. Throws `invalid_parameter` for anything else, and for a key given twice. */
export function splitPairs(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals <= 0) {
      throw new AgentError('invalid_parameter', `${JSON.stringify(word)} is not of the form key=value.`, {
        hint: 'Write for example channel=2.',
      });
    }
    const key = word.slice(0, equals);
    if (pairs.has(key)) throw new AgentError('invalid_parameter', `${key} is given twice.`, { hint: 'Give it once.' });
    pairs.set(key, word.slice(equals + 1));
  }
  return pairs;
}

/**
 * The pairs as JSON, each value as the JSON Schema has it: text stays text even if it looks like a number. A key that the
 * schema does not know stays text, so that the agent can say what it does know.
 */
export function typedValues(pairs: ReadonlyMap<string, string>, schema: JsonObject): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries([...pairs].map(([key, text]) => [key, typedValue(key, text, properties[key])]));
}

function typedValue(key: string, text: string, schema: JsonValue | undefined): JsonValue {
  const types = typesOf(schema);
  if (types.has('null') && text === 'null') return null;
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if ((types.has('integer') || types.has('number')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.has('object') || types.has('array')) return parseJsonValue(key, text);
  return text;
}

/** Every type that a schema allows, through `anyOf`, `oneOf`, `const` and `enum`. */
function typesOf(schema: JsonValue | undefined): ReadonlySet<string> {
  if (!isObject(schema)) return new Set();
  const { type, anyOf, oneOf, const: only, enum: several } = schema;
  const named = Array.isArray(type) ? type : [type];
  const branches = [...arrayOf(anyOf), ...arrayOf(oneOf)].flatMap((branch) => [...typesOf(branch)]);
  const literal = [...arrayOf(several), ...(only === undefined ? [] : [only])].map((value) => typeof value);
  return new Set([...named, ...branches, ...literal].filter((name) => typeof name === 'string'));
}

/** Reads JSON text of a command line. Throws `invalid_parameter` naming what it was for. */
export function parseJsonValue(what: string, text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw new AgentError('invalid_parameter', `The value of ${what} is not JSON.`, {
      hint: `Quote it for the shell, for example ${what} '{"channel": 2}'.`,
    });
  }
}

/** Whether a JSON value is an object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
