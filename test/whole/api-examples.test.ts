import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../../main/api/client-events.ts';
import { exampleAnswers } from '../../main/api/openapi/answers.table.ts';
import { type RouteExample, routeExamples } from '../../main/api/openapi/examples.table.ts';
import { makeDataDir, removeDataDir } from './support/agent-process.ts';
import { type Answered, ask } from './support/ask.ts';
import { preparations, stirrings } from './support/example-preparations.ts';
import { type ExampleWorld, startExampleWorld } from './support/example-world.ts';
import { makeToken } from './support/mcp.ts';
import { createRecorder, isAlike, writeAnswers } from './support/recorded-examples.ts';

const recording = process.env['RECORD_EXAMPLES'] === '1';
const dataDir = makeDataDir();
const recorder = createRecorder(dataDir);
const recorded = new Map<string, unknown>();

interface Media {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly operationId: string;
  readonly 'x-fibric-scopes': readonly string[];
  readonly 'x-fibric-edge-reach'?: 'machine' | 'socket';
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly schema: object;
    readonly examples?: Media['examples'];
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
}
interface Described extends Operation {
  readonly method: string;
  readonly path: string;
}

let world: ExampleWorld;
let token: string;
// biome-ignore lint/suspicious/noExplicitAny: a document is looked into
let document: any;
let operations: readonly Described[] = [];
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

beforeAll(async () => {
  world = await startExampleWorld(dataDir);
  token = await makeToken(world.agent, [
    ...['connectors:read', 'connectors:write', 'tools:read', 'tools:act', 'journal:read', 'operators:read'],
    ...['operators:write', 'policy:write'],
  ]);
  const headers = { Authorization: `Bearer ${token}` };
  document = (await ask({ url: world.agent.url }, { method: 'GET', path: '/v1/openapi.json', headers })).body;
  ajv.addSchema(document, 'api', true, false);
  operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
});

afterEach(() => world.mend());

afterAll(async () => {
  await world?.close();
  removeDataDir(dataDir);
  if (recording) writeAnswers(new Map(routeExamples.map(keyOf).map((key) => [key, recorded.get(key) ?? null])));
});

const keyOf = ({ operationId, name }: RouteExample) => `${operationId}.${name}`;

function operationOf(id: string): Described {
  const found = operations.find(({ operationId }) => operationId === id);
  if (found === undefined) throw new Error(`the document has no operation ${id}`);
  return found;
}

/** Checks by the schema at this place in the served document. */
function validator(...pointer: readonly string[]): ValidateFunction {
  const escaped = pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  return ajv.compile({ $ref: `api#/${escaped.join('/')}` });
}

function expectValid(validate: ValidateFunction, value: unknown) {
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

/** The request that the document shows under this name, with what stands here for its ids. */
function requestOf({ method, path, parameters = [], requestBody }: Described, name: string) {
  const real = <Value>(value: Value): Value => {
    let text = JSON.stringify(value);
    for (const [shown, id] of world.stands) text = text.replaceAll(shown, id);
    return JSON.parse(text);
  };
  let target = path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const { name: parameter, in: place, examples } of parameters) {
    const example = examples?.[name];
    if (place === 'path') {
      if (example === undefined) throw new Error(`${method} ${path}: the example ${name} does not say ${parameter}`);
      target = target.replace(`{${parameter}}`, encodeURIComponent(real(String(example.value))));
    } else if (example !== undefined && place === 'query') query.set(parameter, real(String(example.value)));
    else if (example !== undefined) headers[parameter] = String(example.value);
  }
  const body = requestBody?.content['application/json']?.examples?.[name]?.value;
  return {
    method,
    path: query.size === 0 ? target : `${target}?${query}`,
    headers,
    ...(body === undefined ? {} : { body: real(body) as object }),
  };
}

async function send(operation: Described, example: RouteExample): Promise<Answered> {
  const asked = requestOf(operation, example.name);
  const overSocket = operation['x-fibric-edge-reach'] !== undefined && example.as === undefined;
  if (overSocket) return world.admin(asked);
  const headers = { ...asked.headers, ...(example.as === 'nobody' ? {} : { Authorization: `Bearer ${token}` }) };
  const answer = await ask({ url: world.agent.url }, { ...asked, headers });
  const isLines = answer.headers['content-type']?.startsWith('application/x-ndjson') === true;
  return isLines ? { ...answer, body: JSON.parse(answer.body.split('\n')[0]) } : answer;
}

/** The first event of a stream, as the answer. */
async function firstEvent(operation: Described, example: RouteExample): Promise<Answered> {
  const { path } = requestOf(operation, example.name);
  const leaving = new AbortController();
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${world.agent.url}${path}`, { headers, signal: leaving.signal });
  if (response.body === null) throw new Error('there is no stream');
  const stirred = stirrings[keyOf(example)]?.(world);
  try {
    for await (const { name, data } of readServerSentEvents(response.body)) {
      if (name === example.name) return { status: response.status, headers: {}, body: JSON.parse(data) };
    }
    throw new Error('the stream ended');
  } finally {
    await stirred;
    leaving.abort();
  }
}

describe('the document', () => {
  it('has an example of a request and of its answer for every operation', () => {
    const without = operations.filter(({ operationId, responses }) => {
      const shown = Object.values(responses).flatMap(({ content }) =>
        Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples)),
      );
      return shown.length === 0 || !routeExamples.some((example) => example.operationId === operationId);
    });
    if (!recording) expect(without.map(({ operationId }) => operationId)).toEqual([]);
    const unknown = routeExamples.filter(({ operationId: id }) => !operations.some((one) => one.operationId === id));
    expect(unknown).toEqual([]);
    expect(new Set(routeExamples.map(keyOf)).size).toBe(routeExamples.length);
    if (!recording) expect(Object.keys(exampleAnswers)).toEqual(routeExamples.map(keyOf));
  });

  it('names the scope, the errors and whether it is ours for every operation', () => {
    for (const operation of operations) {
      expect(operation['x-fibric-scopes'].length).toBeGreaterThan(0);
      for (const status of ['400', '401', '403', '429', '500', '503', 'default']) {
        expect([operation.operationId, Object.keys(operation.responses)]).toEqual([
          operation.operationId,
          expect.arrayContaining([status]),
        ]);
      }
    }
  });

  it('is OpenAPI 3.1 with schemas that compile', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const name of Object.keys(document.components.schemas)) validator('components', 'schemas', name);
  });
});

describe('each example', () => {
  it.each(routeExamples.map((example) => [keyOf(example), example] as const))('%s', async (key, example) => {
    const operation = operationOf(example.operationId);
    const place = ['paths', operation.path, operation.method.toLowerCase()];
    const response = operation.responses[example.status];
    const [mediaType = ''] = Object.keys(response?.content ?? {});
    const answerSchema = validator(...place, 'responses', String(example.status), 'content', mediaType, 'schema');

    await world.scale();
    await world.relays();
    await world.printer();
    await (preparations[key] ?? preparations[example.operationId])?.(world);
    const streams = mediaType === 'text/event-stream';
    const answer = await (streams ? firstEvent(operation, example) : send(operation, example));

    expect([answer.status, answer.body]).toEqual([example.status, expect.anything()]);
    expectValid(answerSchema, answer.body);
    for (const [shown, id] of world.stands) recorder.name(id, shown);
    if (recording) {
      const before = exampleAnswers[key];
      const now = recorder.clean(answer.body);
      recorded.set(key, isAlike(before, now) ? before : now);
      return;
    }
    const shown = response?.content[mediaType]?.examples?.[example.name]?.value;
    expectValid(answerSchema, shown);
    expect(fieldsOf(shown)).toEqual(fieldsOf(answer.body));
    if (example.status < 400 && example.body !== undefined) {
      expectValid(validator(...place, 'requestBody', 'content', 'application/json', 'schema'), example.body);
    }
  });
});

/** What tells that an answer is of another kind than the one shown: its fields, its code, its outcome. */
function fieldsOf(answer: unknown) {
  if (typeof answer !== 'object' || answer === null || 'openapi' in answer) return null;
  const { error, result } = answer as { error?: { code: string }; result?: { outcome: string } };
  return { fields: Object.keys(answer).sort(), code: error?.code, outcome: result?.outcome };
}
