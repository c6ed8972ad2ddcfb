import type { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';

const maxDepth = 64;
const maxIssues = 20;

/**
 * The parameters of a query string, each at most once and never empty; else `invalid_parameter`.
 * `url` is the request target as it came.
 */
export function readQuery(url: string): Readonly<Record<string, string>> {
  const question = url.indexOf('?');
  const found = new Map<string, string>();
  if (question < 0) return {};
  for (const piece of url.slice(question + 1).split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = decode(equals < 0 ? piece : piece.slice(0, equals));
    const value = equals < 0 ? '' : decode(piece.slice(equals + 1));
    if (found.has(name)) throw invalidParameter(name, `The query parameter ${shown(name)} is given twice.`);
    if (value === '') throw invalidParameter(name, `The query parameter ${shown(name)} is empty.`);
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

/** The JSON in a request's body; `{}` when there is none. `invalid_parameter` when it is not an object in JSON. */
export function readJsonBody(raw: Buffer, contentType: string | undefined): unknown {
  if (raw.length === 0) return {};
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType ?? '')) {
    throw invalidParameter('Content-Type', 'A request with a body must have Content-Type: application/json.');
  }
  const body = parseJson(raw);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidParameter('body', 'The body must be a JSON object.');
  }
  if (depthExceeds(body, maxDepth)) {
    throw invalidParameter('body', `The body is nested more than ${maxDepth} levels deep.`);
  }
  return body;
}

/**
 * `value` as `schema` reads it. `missing_parameter` when something required is absent, else `invalid_parameter`; both
 * name the parameter and what was expected, never what was given, which may be a secret.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, maxIssues).map((issue) => {
    const unknownKeys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const path = [...issue.path, ...unknownKeys.slice(0, 1)].map(String);
    return {
      parameter: path.join('.').slice(0, 200) || 'body',
      missing: unknownKeys.length === 0 && path.length > 0 && isAbsent(value, issue.path),
      text: unknownKeys.length > 0 ? 'there is no such parameter' : issue.message,
    };
  });
  const worst = problems.find((problem) => problem.missing) ?? problems[0];
  const parameter = worst?.parameter ?? 'body';
  if (worst?.missing === true) {
    throw new AgentError('missing_parameter', `The parameter ${shown(parameter)} is missing.`, {
      hint: `Send ${parameter} too.`,
      details: { parameter },
    });
  }
  throw invalidParameter(parameter, `The parameter ${shown(parameter)} can't be used: ${worst?.text ?? 'malformed'}.`);
}

/** An `invalid_parameter` that names it. */
export function invalidParameter(parameter: string, message: string): AgentError {
  return new AgentError('invalid_parameter', message, { details: { parameter: parameter.slice(0, 200) } });
}

function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  let here: unknown = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return false;
    if (!Object.hasOwn(here, step)) return true;
    here = Reflect.get(here, step);
  }
  return false;
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw invalidParameter('body', 'The body is not JSON in UTF-8.');
  }
}

/** Walks with a list of its own: the stack of a recursive walk is what deep nesting is meant to exhaust. */
function depthExceeds(value: object, limit: number): boolean {
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((node) => Object.values(node).filter((child) => typeof child === 'object' && child !== null));
  }
  return false;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidParameter('query', 'The query string holds a malformed percent escape.');
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
