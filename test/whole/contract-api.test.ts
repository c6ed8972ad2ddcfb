import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../../main/api/index.ts';
import { makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { type Answered, ask } from './support/ask.ts';
import { type ExampleWorld, startExampleWorld } from './support/example-world.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually, layWire } from './support/wires.ts';

/**
 * What the API promises, line by line, on a whole agent. Time, kills and the vault have tests of their own
 * (`idempotency.test.ts`, `main/api/*.test.ts`), examples of every operation too (`api-examples.test.ts`).
 */
describe('the Connectors API, line by line', () => {
  const dataDir = makeDataDir();
  let world: ExampleWorld;
  let full: string;
  let scale: string;
  let relays: string;

  beforeAll(async () => {
    world = await startExampleWorld(dataDir);
    full = await makeToken(world.agent, scopes);
    scale = await world.scale();
    relays = await world.relays();
  });
  afterAll(async () => {
    await world?.close();
    removeDataDir(dataDir);
  });

  const send = (
    method: string,
    path: string,
    options: {
      readonly body?: object | string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly token?: string | null;
    } = {},
  ): Promise<Answered> => {
    const { body, headers = {}, token = full } = options;
    const authorization: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
    return ask({ url: world.agent.url }, { method, path, body, headers: { ...authorization, ...headers } });
  };
  const codeOf = ({ status, body }: Answered) => [status, body.error?.code];
  const ids = ({ body }: Answered) => body.data.map(({ id }: { id: string }) => id);

  describe('the order of checks', () => {
    const everythingWrong = { headers: { 'Content-Type': 'application/json', 'Idempotency-Key': '' }, body: '{' };

    it('is Host and Origin, token, scope, key, body, existence, state', async () => {
      const reader = await makeToken(world.agent, ['connectors:read']);
      const path = '/v1/connectors/cn_none/test';
      const json = { 'Content-Type': 'application/json' };
      const operator = await world.operator('weight.read');
      const steps: [string, Promise<Answered>, number, string][] = [
        [
          'origin',
          send('POST', path, { ...everythingWrong, token: null, headers: { Origin: 'null' } }),
          403,
          'forbidden_origin',
        ],
        ['token', send('POST', path, { ...everythingWrong, token: 'fe_x' }), 401, 'key_invalid'],
        ['scope', send('POST', path, { ...everythingWrong, token: reader }), 403, 'insufficient_scope'],
        ['key', send('POST', path, everythingWrong), 400, 'invalid_parameter'],
        ['body', send('POST', path, { body: '{', headers: json }), 400, 'invalid_parameter'],
        ['existence', send('POST', path, { body: { tools: ['x.y'] } }), 404, 'not_found'],
        ['state', send('DELETE', `/v1/connectors/${scale}`), 409, 'connector_in_use'],
      ];
      for (const [step, answer, status, code] of steps) {
        expect([step, ...codeOf(await answer)]).toEqual([step, status, code]);
      }
      await world.admin({ method: 'DELETE', path: `/v1/operators/${operator}` });
    });

    it('has the rate after the scope and before everything about the request', async () => {
      const scratch = makeDataDir();
      const agent = await startAgent({
        dataDir: scratch,
        config: 'discover: false\nvault: { provider: keyfile }\nrate_limit_per_minute: 2\n',
      });
      try {
        const token = await makeToken(agent, ['connectors:read', 'connectors:write', 'tools:read']);
        const limited = (method: string, path: string, headers = {}, body?: object) =>
          ask({ url: agent.url }, { method, path, body, headers: { Authorization: `Bearer ${token}`, ...headers } });
        expect((await limited('GET', '/v1/connectors')).headers['x-ratelimit-remaining']).toBe('1');
        expect((await limited('GET', '/v1/connectors?limit=0')).status).toBe(400);
        const spent = await limited('POST', '/v1/connectors', { 'Fibric-Version': 'x' }, { listing: 1 });
        expect(codeOf(spent)).toEqual([429, 'rate_limited']);
        expect(spent.body.error.type).toBe('rate_limit_error');
        expect(Number(spent.headers['retry-after'])).toBeGreaterThan(50);
        expect(spent.headers['x-ratelimit-limit']).toBe('2');
        // Another class, MCP and the local socket have room all the same.
        expect((await limited('GET', '/v1/devices')).status).toBe(200);
        const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
        const accept = { Accept: 'application/json, text/event-stream' };
        for (let count = 0; count < 5; count++) {
          const answer = await limited('POST', '/mcp', accept, list);
          expect([answer.status, answer.headers['x-ratelimit-limit']]).toEqual([200, undefined]);
          await agent.api.listConnectors();
        }
      } finally {
        await agent.stop();
        removeDataDir(scratch);
      }
    });
  });

  describe('query parameters', () => {
    it.each(['limit=0', 'limit=101', 'limit=05', 'limit=1e1', 'limit', 'kind=', 'kind=robot', 'status=ok'])(
      'refused: %s',
      async (query) => {
        expect(codeOf(await send('GET', `/v1/connectors?${query}`))).toEqual([400, 'invalid_parameter']);
      },
    );
    it.each(['limit=5&limit=5', 'capability=', 'capability=%ZZ', 'colour=red', 'token=fe_x'])(
      'refused: %s',
      async (query) => {
        expect(codeOf(await send('GET', `/v1/connectors?${query}`))).toEqual([400, 'invalid_parameter']);
      },
    );
    it.each(['/v1/operators?status=off', '/v1/journal?state=done', '/v1/listings?limit=1', '/v1/health?x=1'])(
      'refused elsewhere too: %s',
      async (path) => {
        expect(codeOf(await send('GET', path))).toEqual([400, 'invalid_parameter']);
      },
    );

    it('of an unknown capability give an empty list', async () => {
      const { body } = await send('GET', '/v1/connectors?capability=coffee.brew');
      expect(body).toEqual({ object: 'list', data: [], has_more: false, next_cursor: null });
    });

    it('combine with AND', async () => {
      expect(ids(await send('GET', '/v1/connectors?capability=weight.read&kind=hardware&status=connected'))).toEqual([
        scale,
      ]);
      expect(ids(await send('GET', '/v1/connectors?capability=weight.read&kind=saas'))).toEqual([]);
    });
  });

  describe('cursors', () => {
    it('lead through everything once, newest first, with any limit', async () => {
      const whole = ids(await send('GET', '/v1/connectors?limit=100'));
      const first = await send('GET', '/v1/connectors?limit=1');
      expect([first.body.has_more, first.body.next_cursor]).toEqual([true, expect.stringMatching(/^cur_/)]);
      const rest = await send('GET', `/v1/connectors?limit=100&cursor=${first.body.next_cursor}`);
      expect([...ids(first), ...ids(rest)]).toEqual(whole);
    });

    it('of other filters, other lists or nobody are invalid_cursor', async () => {
      const { body } = await send('GET', '/v1/connectors?limit=1&kind=hardware');
      const { next_cursor: cursor } = body;
      for (const path of [
        `/v1/connectors?cursor=${cursor}`,
        `/v1/connectors?kind=hardware&status=connected&cursor=${cursor}`,
        `/v1/journal?cursor=${cursor}`,
        `/v1/operators?cursor=${cursor}`,
        `/v1/connectors/${scale}/tests?cursor=${cursor}`,
        `/v1/connectors?kind=hardware&cursor=${cursor}x`,
        '/v1/connectors?cursor=cur_',
        '/v1/connectors?cursor=1',
      ]) {
        expect([path, ...codeOf(await send('GET', path))]).toEqual([path, 400, 'invalid_cursor']);
      }
    });
  });

  describe('errors', () => {
    it('are the envelope, also for bodies over 1 MiB, wrong methods, unknown routes and bad JSON', async () => {
      const headers = { 'Content-Type': 'application/json' };
      const answers: [Answered, number, string, string][] = [
        [
          await send('POST', '/v1/connectors', { body: `"${'x'.repeat(1024 * 1024)}"`, headers }),
          413,
          'payload_too_large',
          'invalid_request_error',
        ],
        [await send('PUT', '/v1/connectors'), 405, 'method_not_allowed', 'invalid_request_error'],
        [await send('OPTIONS', '/v1/connectors'), 405, 'method_not_allowed', 'invalid_request_error'],
        [await send('GET', '/v1/nothing'), 404, 'not_found', 'not_found_error'],
        [await send('GET', '/v1'), 404, 'not_found', 'not_found_error'],
        [
          await send('POST', '/v1/connectors', { body: '{"a"', headers }),
          400,
          'invalid_parameter',
          'invalid_request_error',
        ],
        [
          await send('GET', '/v1/connectors', { headers: { 'Fibric-Version': '2020-01-01' } }),
          400,
          'invalid_parameter',
          'invalid_request_error',
        ],
      ];
      for (const [{ status, body, headers: sent }, wanted, code, type] of answers) {
        expect([status, Object.keys(body)]).toEqual([wanted, ['error']]);
        expect(body.error).toMatchObject({ type, code, doc_url: `https://fibric.io/docs/errors#${code}` });
        expect(body.error.request_id).toBe(sent['x-request-id']);
        expect(sent['fibric-version']).toBe('2026-06-01');
        expect(Number(sent['x-ratelimit-limit'])).toBe(1000);
      }
      expect(answers.at(-1)?.[0].body.error.message).toContain('2026-06-01');
      expect(answers[1]?.[0].headers['allow']).toBe('GET, POST');
    });
  });

  describe('connectors', () => {
    it('have exactly seven fields in a list', async () => {
      const { body } = await send('GET', '/v1/connectors');
      for (const item of body.data) {
        expect(Object.keys(item)).toEqual(['id', 'object', 'listing', 'name', 'kind', 'capabilities', 'status']);
      }
    });

    it('have a tool of the same name for each capability', async () => {
      for (const id of ids(await send('GET', '/v1/connectors'))) {
        const { body } = await send('GET', `/v1/connectors/${id}`);
        expect(body.tools.map(({ name }: { name: string }) => name).sort()).toEqual([...body.capabilities].sort());
        expect(body).toMatchObject({ object: 'connector', transport: 'mcp', kind: 'hardware' });
      }
    });

    it('are not bound twice to one device, nor named alike', async () => {
      const { body } = await send('GET', `/v1/connectors/${scale}`);
      const install = { listing: 'cn-scale-sics', auth: { type: 'none' }, config: { device: body.device.id } };
      const bound = await send('POST', '/v1/connectors', { body: { ...install, name: 'another' } });
      const named = await send('POST', '/v1/connectors', { body: { ...install, name: body.name } });
      expect([bound, named].map(codeOf)).toEqual([
        [409, 'state_conflict'],
        [409, 'state_conflict'],
      ]);
    });

    it('need to be told their device, and nothing further', async () => {
      const body = { listing: 'cn-scale-sics', auth: { type: 'none' }, name: 'x' };
      expect(codeOf(await send('POST', '/v1/connectors', { body }))).toEqual([400, 'invalid_parameter']);
      expect(codeOf(await send('POST', '/v1/connectors', { body: { ...body, config: {} } }))).toEqual([
        400,
        'invalid_parameter',
      ]);
    });

    it('are installed ahead of their device by a match, in error, named after the listing, without tools', async () => {
      const config = { device: { serial_number: 'NOT-HERE-YET' } };
      const body = { listing: 'cn-scale-sics', auth: { type: 'none' }, config };
      const made = await send('POST', '/v1/connectors', { body });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ name: 'cn-scale-sics', status: 'error', last_synced_at: null });
      expect(Object.keys(made.body)).not.toContain('tools');
      const whole = await send('GET', `/v1/connectors/${made.body.id}`);
      expect(whole.body).toMatchObject({ config: { device: config.device }, device: null });
      expect((await send('DELETE', `/v1/connectors/${made.body.id}`)).body).toEqual({
        id: made.body.id,
        object: 'connector',
        deleted: true,
      });
    });

    it('are installed on a device that says nothing, in error', async () => {
      const scratch = mkdtempSync(join(tmpdir(), 'edge-'));
      const wire = await layWire(join(scratch, 'silent'), join(scratch, 'silent-far'));
      const agent = await startAgent({
        dataDir: join(scratch, 'data'),
        config: `discover: false\nvault: { provider: keyfile }\npaths: [{ path: ${wire.near} }]\n`,
      });
      try {
        const [device] = await agent.api.listDevices();
        const config = { device: device?.id ?? '' };
        const made = await agent.api.installConnector({ listing: 'cn-scale-sics', auth: { type: 'none' }, config });
        expect(made.status).toBe('error');
        expect((await agent.api.getConnector(made.id)).health).toMatchObject({ state: 'error', reason: 'no_reply' });
      } finally {
        await agent.stop();
        await wire.pull();
        rmSync(scratch, { recursive: true, force: true });
      }
    });
  });

  describe('policy', () => {
    it('is read with connectors:read and set by this machine only', async () => {
      const path = `/v1/connectors/${relays}/policy`;
      expect((await send('GET', path)).body).toEqual({ default: 'allow', tools: {} });
      expect(codeOf(await send('PUT', path, { body: { default: 'deny', tools: {} } }))).toEqual([403, 'local_only']);
      const set = await world.admin({ method: 'PUT', path, body: { default: 'allow', tools: {} } });
      expect(set.status).toBe(200);
    });
  });

  describe('tests', () => {
    const results = (answer: Answered) => answer.body.results.map((result: object) => Object.keys(result).sort());

    it('without a body test everything, reads for real and side effects as a dry run', async () => {
      const before = await world.host.state('bus');
      const answer = await send('POST', `/v1/connectors/${relays}/test`);
      expect(Object.keys(answer.body)).toEqual(['object', 'connector_id', 'status', 'results', 'tested_at']);
      expect(answer.body).toMatchObject({
        status: 'passed',
        results: expect.arrayContaining([
          expect.objectContaining({ tool: 'relay.read', mode: 'live', ok: true }),
          expect.objectContaining({ tool: 'relay.set', mode: 'dry_run', ok: true }),
        ]),
      });
      expect((await world.host.state('bus'))['harmful_count']).toBe(before['harmful_count']);
      expect(results(answer)[0]).toEqual(expect.arrayContaining(['latency_ms', 'mode', 'ok', 'tool']));
    });

    it.each([{ tools: [] }, { tools: ['coffee.brew'] }, { tools: 'weight.read' }, { tolls: [] }])(
      'refuse %j',
      async (body) => {
        expect(codeOf(await send('POST', `/v1/connectors/${scale}/test`, { body }))).toEqual([
          400,
          'invalid_parameter',
        ]);
      },
    );

    it('of an absent device are 502 with the upstream detail, move it to error and are kept; a pass moves it back', async () => {
      await world.host.unplug('scale');
      const failed = await send('POST', `/v1/connectors/${scale}/test`);
      expect(codeOf(failed)).toEqual([502, 'connector_upstream_error']);
      expect(failed.body.error.type).toBe('api_error');
      expect(Object.keys(failed.body.error.details.upstream)).toEqual(['device', 'reason', 'expected', 'seen', 'hint']);
      expect((await send('GET', `/v1/connectors/${scale}`)).body.status).toBe('error');
      const kept = await send('GET', `/v1/connectors/${scale}/tests?limit=1`);
      expect(kept.body.data[0].status).toBe('failed');
      await world.host.plug('scale');
      await eventually('the scale passes', 5_000, async () => {
        const { status, body } = await send('POST', `/v1/connectors/${scale}/test`);
        return status === 200 && body.status === 'passed';
      });
      expect((await send('GET', `/v1/connectors/${scale}`)).body.status).toBe('connected');
    });

    it('do not move last_synced_at by a dry run', async () => {
      const before = (await send('GET', `/v1/connectors/${scale}`)).body.last_synced_at;
      await send('POST', `/v1/connectors/${scale}/test`, { body: { tools: ['scale.zero'] } });
      expect((await send('GET', `/v1/connectors/${scale}`)).body.last_synced_at).toBe(before);
    });
  });

  describe('scopes', () => {
    it.each(scopes)('%s is accepted from the first day', async (scope) => {
      const body = { name: `only ${scope}`, scopes: [scope] };
      const { status, body: made } = await world.admin({ method: 'POST', path: '/v1/tokens', body });
      expect([status, made.scopes]).toEqual([201, [scope]]);
    });

    it.each(['tools:all', 'connectors', '*', 'Tools:read', 'plans:read', ''])('%j is refused', async (scope) => {
      const body = { name: 'x', scopes: [scope] };
      expect(codeOf(await world.admin({ method: 'POST', path: '/v1/tokens', body }))).toEqual([
        400,
        'invalid_parameter',
      ]);
    });
  });

  describe('MCP', () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const accept = { Accept: 'application/json, text/event-stream' };

    it('answers errors in JSON-RPC, with a challenge that names error and scope and no metadata', async () => {
      const none = await send('POST', '/mcp', { body: list, headers: accept, token: null });
      const reader = await makeToken(world.agent, ['connectors:read']);
      const scopeless = await send('POST', `/mcp/${scale}`, { body: list, headers: accept, token: reader });
      expect([none.status, scopeless.status]).toEqual([401, 403]);
      for (const { headers, body } of [none, scopeless]) {
        expect(body).toMatchObject({ jsonrpc: '2.0', error: { message: expect.any(String) } });
        expect(headers['www-authenticate']).toMatch(/^Bearer error=".*scope="/);
        expect(headers['www-authenticate']).not.toContain('resource_metadata');
      }
    });

    it('offers no OAuth: tokens are made on the machine', async () => {
      for (const name of ['oauth-protected-resource', 'oauth-authorization-server']) {
        expect((await send('GET', `/.well-known/${name}`, { token: null })).status).toBe(404);
        expect((await send('GET', `/.well-known/${name}/mcp`, { token: null })).status).toBe(404);
      }
    });

    it('and API alike show a limited token its connectors and tools alone', async () => {
      const body = {
        name: 'l',
        scopes: ['connectors:read', 'tools:read'],
        connectors: [scale],
        tools: ['weight.read'],
      };
      const { token } = (await world.admin({ method: 'POST', path: '/v1/tokens', body })).body;
      expect(ids(await send('GET', '/v1/connectors', { token }))).toEqual([scale]);
      expect((await send('GET', `/v1/connectors/${relays}`, { token })).status).toBe(404);
      expect((await send('GET', '/v1/capabilities', { token })).body.data).toMatchObject([
        { capability: 'weight.read' },
      ]);
      const client = await connectMcp(world.agent, scale, token);
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['weight_read']);
      await client.close();
      const foreign = await send('POST', `/mcp/${relays}`, { body: list, headers: accept, token });
      expect(foreign.status).toBe(404);
    });

    it('a limit that names no connector is refused when the token is made', async () => {
      const body = { name: 'l', scopes: ['tools:read'], connectors: ['cn_none'] };
      expect(codeOf(await world.admin({ method: 'POST', path: '/v1/tokens', body }))).toEqual([
        400,
        'invalid_parameter',
      ]);
    });
  });
});
