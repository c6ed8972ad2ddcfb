import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRoutes } from '../routes.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe('the OpenAPI document', () => {
  it('has every route, and marks as ours all but the five of the platform', async () => {
    const { body } = await server.ask('GET', '/v1/openapi.json');
    const described = Object.entries<Record<string, Record<string, unknown>>>(body.paths).flatMap(
      ([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => ({
          route: `${method.toUpperCase()} ${path}`,
          operation,
        })),
    );
    const routes = createRoutes({ stream: { heartbeatMs: 1, maxQueued: 1, maxPerPrincipal: 1 }, events: null });
    expect(described.map(({ route }) => route).sort()).toEqual(
      routes.map(({ method, path }) => `${method} /v1${path}`).sort(),
    );
    expect(
      described
        .filter(({ operation }) => operation['x-fibric-edge'] !== true)
        .map(({ route }) => route)
        .sort(),
    ).toEqual([
      'DELETE /v1/connectors/{id}',
      'GET /v1/connectors',
      'GET /v1/connectors/{id}',
      'POST /v1/connectors',
      'POST /v1/connectors/{id}/test',
    ]);
    const ids = described.map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('answers for every route in it: nothing described is unknown to the router', async () => {
    const { body } = await server.ask('GET', '/v1/openapi.json');
    for (const [path, operations] of Object.entries<object>(body.paths)) {
      if (path === '/v1/stream') continue;
      for (const method of Object.keys(operations)) {
        const answer = await server.ask(method.toUpperCase(), path.replace('{id}', 'none'), { token: 'admin' });
        expect(answer.status).not.toBe(405);
        expect(answer.body.error?.message ?? '').not.toContain('There is no route');
      }
    }
  });

  it('refers only to schemas and headers that it holds, and uses each', async () => {
    const { body } = await server.ask('GET', '/v1/openapi.json');
    const text = JSON.stringify(body);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]));
    const held = ['schemas', 'headers'].flatMap((kind) =>
      Object.keys(body.components[kind]).map((name) => `#/components/${kind}/${name}`),
    );
    expect([...references].sort()).toEqual(held.sort());
    // Examples may hold schemas of their own, as listings do.
    const described = JSON.stringify(body, (key, value) => (key === 'examples' ? undefined : value));
    expect(described).not.toContain('$defs');
    expect(described).not.toContain('"$schema"');
  });

  it('lets answers gain fields, and no request', async () => {
    const { body } = await server.ask('GET', '/v1/openapi.json');
    expect(body.components.schemas.Connector.additionalProperties).toBeUndefined();
    expect(body.components.schemas.InstallRequestInput.additionalProperties).toBe(false);
  });

  it('describes query parameters with their bounds', async () => {
    const { body } = await server.ask('GET', '/v1/openapi.json');
    const parameters: { name: string; schema: object }[] = body.paths['/v1/connectors'].get.parameters;
    expect(parameters.find(({ name }) => name === 'limit')?.schema).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 20,
    });
    expect(parameters.find(({ name }) => name === 'status')?.schema).toMatchObject({
      enum: ['connected', 'pending_auth', 'error'],
    });
    expect(body.paths['/v1/connectors'].post.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/InstallRequestInput',
    });
  });
});
