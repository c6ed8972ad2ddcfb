import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError, errorCodes } from '../../drivers/kit/index.ts';
import { errorStatuses } from './error-statuses.table.ts';
import { scopes } from './principal.ts';
import { createRoutes } from './routes.ts';
import { errorEnvelopeSchema } from './schemas/index.ts';
import { sampleConnector, sampleDevice, sampleEntry } from './testing/samples.ts';
import { type Answer, scaleInstall, startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
  server.backend.connectors = [sampleConnector({ id: 'cn_0001' }), sampleConnector({ id: 'cn_0002' })];
});
afterEach(() => server.close());

const routes = createRoutes({ stream: { heartbeatMs: 1000, maxQueued: 10, maxPerPrincipal: 1 }, events: null });
const filled = (path: string) =>
  `/v1${path.replace('{id}', path.startsWith('/devices') ? 'dev_1' : path.startsWith('/journal') ? 'jr_1' : 'cn_0001')}`;

function expectEnvelope(answer: Answer, status: number, code: string) {
  expect([answer.status, answer.body?.error?.code]).toEqual([status, code]);
  expect(errorEnvelopeSchema.strict().parse(answer.body)).toEqual(answer.body);
  expect(answer.body.error.doc_url).toBe(`https://fibric.io/docs/errors#${code}`);
  expect(answer.body.error.request_id).toBe(answer.headers.get('x-request-id'));
  expectHeaders(answer);
}

function expectHeaders({ headers }: Answer) {
  expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{16}$/);
  expect(headers.get('fibric-version')).toBe('2026-06-01');
  expect(headers.get('x-ratelimit-limit')).toBe('1000');
  expect(Number(headers.get('x-ratelimit-remaining'))).toBeGreaterThanOrEqual(0);
  expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 - 1);
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('cache-control')).toContain('no-store');
}

describe('the order of the checks', () => {
  it('puts Host and Origin first, then the token, scope, body', async () => {
    const bad = { body: '{', headers: { 'Content-Type': 'application/json' } };
    const origin = await server.ask('POST', '/v1/connectors', { ...bad, token: null, headers: { Origin: 'null' } });
    expectEnvelope(origin, 403, 'forbidden_origin');
    expectEnvelope(await server.ask('POST', '/v1/connectors', { ...bad, token: 'stranger' }), 401, 'key_invalid');
    server.addToken('reader', { scopes: ['connectors:read'] });
    expectEnvelope(await server.ask('POST', '/v1/connectors', { ...bad, token: 'reader' }), 403, 'insufficient_scope');
    expectEnvelope(await server.ask('POST', '/v1/connectors', bad), 400, 'invalid_parameter');
  });

  it('asks for a token before it tells which routes and methods there are', async () => {
    expectEnvelope(await server.ask('GET', '/v1/nothing', { token: null }), 401, 'key_invalid');
    expectEnvelope(await server.ask('PUT', '/v1/connectors', { token: null }), 401, 'key_invalid');
    const missing = await server.ask('GET', '/v1/nothing');
    expectEnvelope(missing, 404, 'not_found');
    const wrong = await server.ask('PUT', '/v1/connectors');
    expectEnvelope(wrong, 405, 'method_not_allowed');
    expect(wrong.body.error.type).toBe('invalid_request_error');
    expect(wrong.headers.get('allow')).toBe('GET, POST');
    expectEnvelope(await server.ask('OPTIONS', '/v1/connectors'), 405, 'method_not_allowed');
  });

  it('says how to authenticate with a 401', async () => {
    expect((await server.ask('GET', '/v1/connectors', { token: null })).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('checks the scope before the rate and the rate before the version', async () => {
    await server.close();
    server = await startTestServer({ rateLimitPerMinute: 1 });
    server.addToken('reader', { scopes: ['connectors:read'] });
    const install = () => server.ask('POST', '/v1/connectors', { token: 'reader', body: scaleInstall });
    expect([(await install()).status, (await install()).status]).toEqual([403, 403]);
    const old = { token: 'reader', headers: { 'Fibric-Version': '2020-01-01' } };
    expect((await server.ask('GET', '/v1/connectors', old)).status).toBe(400);
    expect((await server.ask('GET', '/v1/connectors', old)).status).toBe(429);
  });
});

describe('scopes and reach', () => {
  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', async (_name, route) => {
    const others = scopes.filter((scope) => !route.scopes.includes(scope));
    server.addToken('others', { scopes: others });
    const refused = await server.ask(route.method, filled(route.path), { token: 'others' });
    expectEnvelope(refused, 403, route.reach === 'anyone' ? 'insufficient_scope' : 'local_only');
    if (route.reach === 'anyone') return;
    expectEnvelope(await server.ask(route.method, filled(route.path)), 403, 'local_only');
    const fromWindow = await server.ask(route.method, filled(route.path), { token: 'window' });
    expect(fromWindow.status === 403).toBe(route.reach === 'socket');
    const fromSocket = await server.ask(route.method, filled(route.path), { token: 'admin' });
    expect(fromSocket.status).not.toBe(403);
  });

  it('takes an Idempotency-Key on every POST and PATCH; a tool call hands it to its own journal', () => {
    const keyed = routes.filter(({ method }) => method === 'POST' || method === 'PATCH');
    // An approval is good once by itself, so is a ticket; each try at a PIN counts; and a machine has one pairing.
    expect(keyed.filter(({ idempotent }) => !idempotent).map(({ operationId }) => operationId)).toEqual([
      'callTool',
      'approve',
      'deny',
      'createWindowForm',
      'unlockKiosk',
      'beginCloudPairing',
      'checkCloud',
    ]);
    expect(routes.filter(({ idempotent }) => idempotent).length).toBe(keyed.length - 7);
  });

  it('has the reach and scopes that the contract names', () => {
    const local = routes.filter(({ reach }) => reach !== 'anyone').map(({ operationId }) => operationId);
    expect(local.sort()).toEqual([
      'acknowledgeJournal',
      'addDevice',
      'applyInstallRules',
      'approve',
      'beginCloudPairing',
      'checkCloud',
      'checkDeviceAddress',
      'confirmDevice',
      'createToken',
      'createWindowForm',
      'createWindowTicket',
      'deny',
      'endCloudPairing',
      'getApproval',
      'getApprovalPin',
      'getCloudNetwork',
      'getKioskPin',
      'getSettings',
      'listApprovals',
      'listTokens',
      'removeCloudAuthorities',
      'removeCloudProxy',
      'removeDevice',
      'removeFibricKey',
      'revokeToken',
      'runDoctor',
      'setApprovalPin',
      'setCloudAuthorities',
      'setCloudGrants',
      'setCloudProxy',
      'setConnectorPolicy',
      'setFibricKey',
      'setKioskPin',
      'setPause',
      'settleJournalEntry',
      'tailLogs',
      'unlockKiosk',
    ]);
    const scopeOf = (id: string) => routes.find(({ operationId }) => operationId === id)?.scopes;
    expect(scopeOf('listConnectors')).toEqual(['connectors:read']);
    for (const id of ['installConnector', 'testConnector', 'removeConnector', 'identifyDevice']) {
      expect(scopeOf(id)).toEqual(['connectors:write']);
    }
    expect(scopeOf('listJournal')).toEqual(['journal:read']);
    for (const id of ['listApprovals', 'getApproval', 'approve', 'deny'])
      expect(scopeOf(id)).toEqual(['approvals:write']);
  });

  it('hides the devices, journal rows and tools that a limited token has nothing to do with', async () => {
    server.backend.devices.push(
      sampleDevice({ id: 'dev_2', owner: { type: 'connector', id: 'cn_0002', name: 'cn_0002' } }),
    );
    server.backend.entries.push(sampleEntry({ journal_id: 'jr_2', connector_id: 'cn_0002' }));
    server.addToken('limited', { connectors: ['cn_0002'], tools: ['scale.zero'] });
    const ask = (path: string) => server.ask('GET', path, { token: 'limited' });
    expect((await ask('/v1/devices')).body.data.map(({ id }: { id: string }) => id)).toEqual(['dev_2']);
    expect((await ask('/v1/devices/dev_1')).status).toBe(404);
    expect((await ask('/v1/journal')).body.data.map(({ journal_id }: { journal_id: string }) => journal_id)).toEqual([
      'jr_2',
    ]);
    expect((await ask('/v1/journal/jr_1')).status).toBe(404);
    expect((await ask('/v1/connectors/cn_0002/tools')).body.data.map(({ name }: { name: string }) => name)).toEqual([
      'scale.zero',
    ]);
    expect((await ask('/v1/connectors/cn_0001/tools')).status).toBe(404);
    const install = await server.ask('POST', '/v1/connectors', { token: 'limited', body: scaleInstall });
    expect(install.status).toBe(403);
  });
});

describe('Host and Origin', () => {
  const raw = async (head: string) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end(`${head}\r\nConnection: close\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    await once(socket, 'close');
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  };

  it('lets the three names of this port in, and nothing else', async () => {
    const get = (host: string, more = '') =>
      raw(`GET /v1/health HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer full${more}`);
    const { port } = server;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      expect(await get(host)).toBe(200);
    }
    for (const host of ['127.0.0.1', `127.0.0.1:${port + 1}`, `evil.example:${port}`, `0.0.0.0:${port}`, '']) {
      expect(await get(host)).toBe(403);
    }
    expect(await get(`127.0.0.1:${port}\r\nHost: evil.example`)).not.toBe(200);
    expect(await get(`127.0.0.1:${port}`, `\r\nOrigin: http://localhost:${port}`)).toBe(200);
    for (const origin of [
      'null',
      `https://localhost:${port}`,
      'http://evil.example',
      `http://localhost:${port}.evil`,
      '',
    ]) {
      expect(await get(`127.0.0.1:${port}`, `\r\nOrigin: ${origin}`)).toBe(403);
    }
    expect(await get(`127.0.0.1:${port}`, `\r\nOrigin: http://localhost:${port}\r\nOrigin: http://evil.example`)).toBe(
      403,
    );
  });
});

describe('bodies', () => {
  it.each([
    ['bad JSON', '{"listing":', 'application/json', 400, 'invalid_parameter'],
    ['a list', '[]', 'application/json', 400, 'invalid_parameter'],
    ['null', 'null', 'application/json', 400, 'invalid_parameter'],
    ['another type', '{}', 'text/plain', 400, 'invalid_parameter'],
    ['another charset', '{}', 'application/json; charset=latin1', 400, 'invalid_parameter'],
    [
      'deep nesting',
      `{"listing":"cn-scale-sics","auth":{"type":"none"},"config":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
      'application/json',
      400,
      'invalid_parameter',
    ],
    ['more than 1 MiB', `{"a":"${'x'.repeat(1024 * 1024)}"}`, 'application/json', 413, 'payload_too_large'],
  ])('%s', async (_case, body, type, status, code) => {
    expectEnvelope(
      await server.ask('POST', '/v1/connectors', { body, headers: { 'Content-Type': type } }),
      status,
      code,
    );
  });

  it('takes a body of exactly 1 MiB, and no compressed one', async () => {
    const head = '{"listing":"cn-none","auth":{"type":"none"},"config":{"a":"';
    const body = `${head}${'x'.repeat(1024 * 1024 - head.length - 3)}"}}`;
    const headers = { 'Content-Type': 'application/json' };
    expectEnvelope(await server.ask('POST', '/v1/connectors', { body, headers }), 404, 'not_found');
    const gzip = { ...headers, 'Content-Encoding': 'gzip' };
    expectEnvelope(await server.ask('POST', '/v1/connectors', { body: '{}', headers: gzip }), 400, 'invalid_parameter');
  });
});

describe('the version header', () => {
  it('takes its one revision and names it when another is asked for', async () => {
    const ask = (version: string) => server.ask('GET', '/v1/connectors', { headers: { 'Fibric-Version': version } });
    expect((await ask('2026-06-01')).status).toBe(200);
    for (const version of ['2026-06-02', 'latest', '']) {
      const answer = await ask(version);
      expectEnvelope(answer, 400, 'invalid_parameter');
      expect(answer.body.error.message).toContain('2026-06-01');
    }
  });
});

describe('rates', () => {
  it('counts per principal and route class over any 60 s, and lets in whoever waited for Retry-After', async () => {
    await server.close();
    let now = Date.UTC(2026, 6, 2, 15, 0, 30);
    server = await startTestServer({ rateLimitPerMinute: 2, clock: () => now });
    server.addToken('other');
    const list = (token = 'full') => server.ask('GET', '/v1/connectors', { token });
    expect((await list()).headers.get('x-ratelimit-remaining')).toBe('1');
    now += 20_000;
    expect((await list()).headers.get('x-ratelimit-remaining')).toBe('0');
    now += 10_000;
    const spent = await list();
    expect([spent.status, spent.body.error.code, spent.body.error.type]).toEqual([
      429,
      'rate_limited',
      'rate_limit_error',
    ]);
    expect(spent.headers.get('retry-after')).toBe('30');
    expect(spent.body.error.details.hint).toContain('30 s');
    expect(spent.headers.get('x-ratelimit-limit')).toBe('2');
    expect(spent.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(spent.headers.get('x-ratelimit-reset')).toBe(String(Date.UTC(2026, 6, 2, 15, 1, 30) / 1000));
    expect((await list('other')).status).toBe(200);
    expect((await server.ask('GET', '/v1/devices')).status).toBe(200);
    now += 30_000;
    expect((await list()).status).toBe(200);
    expect((await list()).status).toBe(429);
  });

  it('tells them on every answer, also before it is known who asks', async () => {
    const install = { body: '{', headers: { 'Content-Type': 'application/json' } };
    const answers = [
      await server.ask('GET', '/v1/connectors', { token: null }),
      await server.ask('GET', '/v1/connectors', { headers: { Origin: 'null' } }),
      await server.ask('GET', '/v1/nothing'),
      await server.ask('PATCH', '/v1/connectors'),
      await server.ask('POST', '/v1/connectors', install),
      await server.ask('GET', '/v1/connectors/%ZZ'),
      await server.ask('GET', '/v1/openapi.json'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 404, 405, 400, 400, 200]);
    for (const answer of answers) expectHeaders(answer);
  });

  it('counts unknown routes and wrong methods too, in the class of the route they are nearest to', async () => {
    await server.close();
    server = await startTestServer({ rateLimitPerMinute: 2 });
    expect((await server.ask('PATCH', '/v1/connectors')).status).toBe(405);
    expect((await server.ask('GET', '/v1/connectors/cn_1/nothing')).status).toBe(404);
    expect((await server.ask('GET', '/v1/connectors')).status).toBe(429);
  });

  it('never refuses the local socket, so that a pause gets through whatever else runs', async () => {
    await server.close();
    server = await startTestServer({ rateLimitPerMinute: 1 });
    const pause = () => server.ask('PUT', '/v1/pause', { token: 'admin', body: { paused: true } });
    const answers = [await pause(), await pause(), await pause()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[2]?.headers.get('x-ratelimit-remaining')).toBe('1');
    expect((await server.ask('PUT', '/v1/pause', { token: 'window', body: { paused: true } })).status).toBe(200);
    expect((await server.ask('PUT', '/v1/pause', { token: 'window', body: { paused: true } })).status).toBe(429);
  });
});

describe('faults', () => {
  it('answers a crash with the envelope and none of its words', async () => {
    server.backend.listDevices = async () => {
      throw new TypeError('secret sk_live_123 is not a function');
    };
    const answer = await server.ask('GET', '/v1/devices');
    expectEnvelope(answer, 500, 'internal_error');
    expect(JSON.stringify(answer.body)).not.toContain('sk_live');
    expect(server.faults).toHaveLength(1);
  });

  it('gives every code of ours a status and a type', async () => {
    for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
      expect(errorStatuses[code]).toBeDefined();
      server.backend.listDevices = async () => {
        throw new AgentError(code, `about ${code}`, { hint: 'do this' });
      };
      const answer = await server.ask('GET', '/v1/devices');
      const upstream = errorStatuses[code] === 'upstream';
      expectEnvelope(
        answer,
        upstream ? 502 : Number(errorStatuses[code]),
        upstream ? 'connector_upstream_error' : code,
      );
      if (code !== 'internal_error') expect(answer.body.error.details.hint).toBe('do this');
    }
  });

  it('answers a malformed escape in the path with the envelope', async () => {
    expectEnvelope(await server.ask('GET', '/v1/connectors/%ZZ'), 400, 'invalid_parameter');
  });
});

describe('any request at all', () => {
  const path = fc.oneof(
    fc.constantFrom(...routes.filter(({ path }) => path !== '/stream').map((route) => filled(route.path))),
    fc.webPath().map((path) => `/v1/${path.replaceAll('\\', '')}`),
  );
  it('is answered in form and never with a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
        path,
        fc.option(fc.webQueryParameters(), { nil: undefined }),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.record(
            {
              listing: fc.constantFrom('cn-scale-sics', 'cn-magento', 1),
              auth: fc.oneof(fc.constant({ type: 'none' }), fc.jsonValue()),
              name: fc.oneof(fc.string(), fc.jsonValue()),
              config: fc.jsonValue(),
              tools: fc.jsonValue(),
              tool: fc.constantFrom('weight.read', 'scale_zero', '__proto__'),
              arguments: fc.jsonValue(),
              answer: fc.constantFrom('happened', 'x'),
              paused: fc.boolean(),
              scopes: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
        fc.constantFrom('full', 'window', 'admin'),
        async (method, target, query, body, token) => {
          const answer = await server.ask(method, query === undefined ? target : `${target}?${query}`, {
            token,
            ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
            headers: { 'Content-Type': 'application/json' },
          });
          expect(answer.status).toBeLessThan(500);
          expectHeaders(answer);
          if (answer.status >= 400) expectEnvelope(answer, answer.status, answer.body.error.code);
        },
      ),
      { numRuns: 400 },
    );
    expect(server.faults).toEqual([]);
  });
});
