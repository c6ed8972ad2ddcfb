import { z } from 'zod';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { Route } from '../route.ts';
import { errorEnvelopeSchema } from '../schemas/index.ts';
import { apiRevision } from '../version-header.ts';
import { type RouteExample, routeExamples } from './examples.table.ts';
import { describeResponses, examplesOf, responseHeaders } from './responses.ts';

/** The OpenAPI 3.1 document of these routes, made from the schemas that check them and the examples that a test runs. */
export function describeRoutes(routes: readonly Route[]): JsonObject {
  const components = createComponents();
  const errorSchema = components.add(errorEnvelopeSchema, 'output');
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = `/v1${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, components, errorSchema) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Connectors API',
      version: apiRevision,
      description: 'Operations marked x-fibric-edge are of Fibric Edge; the others are the Connectors API.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: components.all(),
      headers: responseHeaders,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Make one on the machine: fibric-edge tokens create --name N --scopes connectors:read',
        },
      },
    },
  };
}

function describeRoute(route: Route, components: Components, errorSchema: JsonObject): JsonObject {
  const examples = routeExamples.filter(({ operationId }) => operationId === route.operationId);
  const parameters = [...pathParameters(route), ...queryParameters(route, components), ...headers(route)].map(
    (parameter) => withExamples(parameter, examples),
  );
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: descriptionOf(route),
    tags: [tagOf(route)],
    ...(route.ours ? { 'x-fibric-edge': true } : {}),
    'x-fibric-scopes': route.scopes,
    ...(route.reach === 'anyone' ? {} : { 'x-fibric-edge-reach': route.reach }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null
      ? {}
      : {
          requestBody: {
            required: route.body.required,
            content: {
              'application/json': {
                schema: components.add(route.body.schema, 'input'),
                ...examplesOf(examples, ({ body }) => body),
              },
            },
          },
        }),
    responses: describeResponses(route, examples, components.add(route.answer.schema, 'output'), errorSchema),
  };
}

function descriptionOf({ scopes, reach }: Route): string {
  if (reach === 'socket') return 'Over the local socket only: use the `fibric-edge` command on the machine.';
  const needs = `Scope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`;
  return reach === 'machine' ? `${needs} On this machine only (window or command line), never with a token.` : needs;
}

function tagOf({ path }: Route): string {
  return path.split('/')[1] ?? 'other';
}

function withExamples(parameter: JsonObject, examples: readonly RouteExample[]): JsonObject {
  const { name, in: place, schema } = parameter;
  const isInteger = typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'integer';
  const given = ({ params, query, headers }: RouteExample) => {
    const text = (place === 'path' ? params : place === 'query' ? query : headers)?.[String(name)];
    return text !== undefined && isInteger ? Number(text) : text;
  };
  return { ...parameter, ...examplesOf(examples, given) };
}

function pathParameters(route: Route): JsonObject[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: Route, components: Components): JsonObject[] {
  return Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: components.add(z.strictObject({ value: schema }).shape.value, 'input'),
  }));
}

function headers(route: Route): JsonObject[] {
  const version = { name: 'Fibric-Version', in: 'header', required: false, schema: { const: apiRevision } };
  if (!route.idempotent) return [version];
  const key = { type: 'string', minLength: 1, maxLength: 255 };
  return [version, { name: 'Idempotency-Key', in: 'header', required: false, schema: key }];
}

interface Components {
  /** The schema, or a reference to it where it has an id. */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonObject;
  all(): JsonObject;
}

/** Collects schemas with an id; one that differs between what is sent and what is answered is kept twice. */
function createComponents(): Components {
  const schemas: Record<string, JsonObject> = {};
  return {
    add(schema, io) {
      const text = JSON.stringify(
        z.toJSONSchema(schema, { io, override: io === 'input' ? keepDefault : leaveOpen }),
        (key, value) => (key === '$schema' ? undefined : value),
      );
      const renamed = text.replaceAll(
        /"#\/\$defs\/([^"]+)"/g,
        (_, name) => `"#/components/schemas/${name}${suffix(io)}"`,
      );
      const { $defs = {}, ...root }: { $defs?: Record<string, JsonObject> } & Record<string, JsonObject> =
        JSON.parse(renamed);
      const keep = (name: string, definition: JsonObject) => {
        const { id: _, ...rest } = definition;
        schemas[`${name}${suffix(io)}`] = rest;
      };
      for (const [name, definition] of Object.entries($defs)) keep(name, definition);
      const id = schema.meta()?.id;
      if (id === undefined) return root;
      // A recursive root already is a reference to its own definition.
      if (!('$ref' in root)) keep(id, root);
      return { $ref: `#/components/schemas/${id}${suffix(io)}` };
    },
    all: () => Object.fromEntries(Object.entries(schemas).sort(([left], [right]) => (left < right ? -1 : 1))),
  };
}

/** What a preprocessed parameter stands for when it is absent, which the conversion of inputs leaves out. */
function keepDefault({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  const { def } = zodSchema._zod;
  if (def.type === 'default') jsonSchema.default ??= def.defaultValue;
}

/** Answers may gain fields within a revision: who reads by the document must not refuse them. */
function leaveOpen({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function suffix(io: 'input' | 'output'): string {
  return io === 'input' ? 'Input' : '';
}
