import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type McpHost, startMcpHost, type TestToken } from './testing/mcp-host.ts';
import { sampleConnector } from './testing/sample-connectors.ts';
import { createServiceDouble, type ServiceDouble } from './testing/service-double.ts';

let double: ServiceDouble;
let host: McpHost;

beforeEach(async () => {
  double = createServiceDouble([sampleConnector('cn_1', 'bench-scale'), sampleConnector('cn_2', 'other-scale')]);
  host = await startMcpHost(double);
});

afterEach(async () => {
  await host.close();
});

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const call = (name: string) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } });

function post(path: string, token: TestToken | null, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${host.origin}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(token === null ? {} : { Authorization: `Bearer ${token.token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('a request without a good token', () => {
  it('is 401 with a challenge that names error and scope, and no metadata', async () => {
    for (const token of [null, { token: 'wrong', end: () => {} }]) {
      const answer = await post('/mcp/cn_1', token, list);
      expect(answer.status).toBe(401);
      const challenge = answer.headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(/^Bearer error="invalid_token", .*scope="tools:read tools:act"$/);
      expect(challenge).not.toContain('resource_metadata');
      expect(await answer.json()).toMatchObject({
        jsonrpc: '2.0',
        error: { message: expect.stringContaining('Make one.') },
      });
    }
  });

  it('does not tell whether a connector exists', async () => {
    expect((await post('/mcp/cn_9', null, list)).status).toBe(401);
  });
});

describe('a token without the scope', () => {
  it.each([
    [['connectors:read'] as const, list, 'tools:read tools:act'],
    [['tools:read'] as const, call('relay_set'), 'tools:act'],
    [['tools:read'] as const, call('relay.set'), 'tools:act'],
    [['tools:act'] as const, call('weight_read'), 'tools:read'],
    [['tools:act'] as const, { jsonrpc: '2.0', id: 1, method: 'resources/list' }, 'tools:read'],
    [['tools:read'] as const, [list, call('relay_set')], 'tools:act'],
  ])('of %j is 403 before any work', async (scopes, body, missing) => {
    const answer = await post('/mcp/cn_1', host.grant(scopes), body);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain(`error="insufficient_scope"`);
    expect(answer.headers.get('www-authenticate')).toContain(`scope="${missing}"`);
    expect(double.calls).toEqual([]);
  });
});

describe('what is not there', () => {
  it('is 404: an unknown connector, and one outside the limits of the token', async () => {
    const limited = host.grant(['tools:read'], { connectors: new Set(['cn_2']) });
    expect((await post('/mcp/cn_9', host.grant(['tools:read']), list)).status).toBe(404);
    expect((await post('/mcp/cn_1', limited, list)).status).toBe(404);
    expect((await post('/mcp/cn_2', limited, list)).status).toBe(200);
  });

  it('stops being there when the connector is removed', async () => {
    const token = host.grant(['tools:read']);
    expect((await post('/mcp/cn_1', token, list)).status).toBe(200);
    double.remove('cn_1');
    expect((await post('/mcp/cn_1', token, list)).status).toBe(404);
  });

  it('is an unknown tool: one outside the limits of the token', async () => {
    const token = host.grant(['tools:read', 'tools:act'], { tools: new Set(['weight.read']) });
    const answer = await post('/mcp/cn_1', token, call('relay_set'));
    expect(await answer.text()).toContain('"code":-32602');
    expect(double.calls).toEqual([]);
  });
});

describe('a request that is not one', () => {
  it('is 405 for other methods, naming POST', async () => {
    const { token } = host.grant(['tools:read']);
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await fetch(host.url('cn_1'), { method, headers: { Authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST');
    }
  });

  it('is 415 for another content type, 400 for broken JSON, 413 beyond 1 MiB', async () => {
    const token = host.grant(['tools:read']);
    expect((await post('/mcp/cn_1', token, list, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await post('/mcp/cn_1', token, '{"jsonrpc"')).status).toBe(400);
    expect((await post('/mcp/cn_1', token, '')).status).toBe(400);
    const large = await post('/mcp/cn_1', token, { ...list, params: { filler: 'x'.repeat(1024 * 1024) } });
    expect(large.status).toBe(413);
  });
});
