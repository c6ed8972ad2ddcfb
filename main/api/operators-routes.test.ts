import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operatorSchema } from './schemas/index.ts';
import { sampleConnector } from './testing/samples.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const packing = { name: 'packing', capabilities: ['weight.read', 'label.print'] };
const create = (body: object = packing, headers = {}, token = 'full') =>
  server.ask('POST', '/v1/operators', { body, headers, token });

describe('operators', () => {
  it('are created active, retrieved, listed newest first, paused, resumed and removed', async () => {
    const { status, body } = await create();
    expect([status, body.object, body.status]).toEqual([201, 'operator', 'active']);
    expect(operatorSchema.parse(body)).toEqual(body);
    const later = (await create({ ...packing, name: 'later' })).body;
    expect((await server.ask('GET', `/v1/operators/${body.id}`)).body).toEqual(body);
    const list = await server.ask('GET', '/v1/operators?limit=1');
    expect(list.body.data).toEqual([later]);
    const rest = await server.ask('GET', `/v1/operators?cursor=${list.body.next_cursor}`);
    expect(rest.body.data).toEqual([body]);
    const paused = await server.ask('PATCH', `/v1/operators/${body.id}`, { body: { status: 'paused' } });
    expect([paused.body.status, paused.body.capabilities]).toEqual(['paused', packing.capabilities]);
    expect((await server.ask('GET', '/v1/operators?status=paused')).body.data).toEqual([paused.body]);
    const removed = await server.ask('DELETE', `/v1/operators/${body.id}`);
    expect(removed.body).toEqual({ id: body.id, object: 'operator', deleted: true });
    expect((await server.ask('GET', `/v1/operators/${body.id}`)).status).toBe(404);
  });

  it.each([
    [{ capabilities: ['weight.read'] }, 'missing_parameter', 'name'],
    [{ name: 'x' }, 'missing_parameter', 'capabilities'],
    [{ name: 'x', capabilities: [] }, 'invalid_parameter', 'capabilities'],
    [{ name: 'x', capabilities: ['weight'] }, 'invalid_parameter', 'capabilities.0'],
    [{ name: 'x', capabilities: ['Weight.Read'] }, 'invalid_parameter', 'capabilities.0'],
    [{ name: 'x', capabilities: ['a.b', 'a.b'] }, 'invalid_parameter', 'capabilities'],
    [{ name: 'x', capabilities: ['a.b'], status: 'off' }, 'invalid_parameter', 'status'],
    [{ name: 'x', capabilities: ['a.b'], tenant: 't' }, 'invalid_parameter', 'tenant'],
  ])('refuses %j', async (body, code, parameter) => {
    const answer = await create(body);
    expect([answer.status, answer.body.error.code, answer.body.error.details.parameter]).toEqual([
      400,
      code,
      parameter,
    ]);
    expect(server.backend.operators).toEqual([]);
  });

  it('are created once under a key', async () => {
    const first = await create(packing, { 'Idempotency-Key': 'k' });
    const second = await create(packing, { 'Idempotency-Key': 'k' });
    expect([first.status, second.status, second.body]).toEqual([201, 200, first.body]);
    expect(server.backend.operators).toHaveLength(1);
  });

  it('are read with operators:read and changed with operators:write, and not by a token limited to some connectors', async () => {
    server.addToken('reader', { scopes: ['operators:read'] });
    server.addToken('limited', { connectors: ['cn_1'] });
    expect((await server.ask('GET', '/v1/operators', { token: 'reader' })).status).toBe(200);
    expect((await create(packing, {}, 'reader')).body.error.code).toBe('insufficient_scope');
    expect((await create(packing, {}, 'limited')).body.error.code).toBe('insufficient_scope');
  });
});

describe('capabilities', () => {
  const list = async (token: string) => (await server.ask('GET', '/v1/capabilities', { token })).body.data;

  beforeEach(async () => {
    server.backend.connectors = [sampleConnector({ id: 'cn_1' }), sampleConnector({ id: 'cn_2', status: 'error' })];
    await create();
  });

  it('tell who fulfils and who needs each', async () => {
    expect((await list('full'))[1]).toMatchObject({
      capability: 'weight.read',
      fulfilled: true,
      connectors: [
        { id: 'cn_1', name: 'cn_1', status: 'connected' },
        { id: 'cn_2', name: 'cn_2', status: 'error' },
      ],
      operators: [{ name: 'packing', status: 'active' }],
    });
  });

  it('show operators only to whom may read them, and no connector or tool beyond the limits of a token', async () => {
    server.addToken('reader', { scopes: ['connectors:read'] });
    expect((await list('reader'))[0].operators).toBeNull();
    server.addToken('limited', { connectors: ['cn_2'], tools: ['weight.read'] });
    expect(await list('limited')).toMatchObject([
      { capability: 'weight.read', fulfilled: false, connectors: [{ id: 'cn_2' }] },
    ]);
  });
});
