import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { connectorSchema, errorEnvelopeSchema, installedConnectorSchema, testAnswerSchema } from './schemas/index.ts';
import { sampleConnector, sampleListing } from './testing/samples.ts';
import { scaleInstall, startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const magento = {
  listing: 'cn-magento',
  name: 'magento-us-store',
  auth: { type: 'api_key', key: 'mg_live_9f4c2e8b1a41' },
};

function seed(count: number) {
  server.backend.connectors = Array.from({ length: count }, (_, index) =>
    sampleConnector({
      id: `cn_${String(count - index).padStart(4, '0')}`,
      created_at: new Date(Date.UTC(2026, 6, 1) + (count - index) * 1000).toISOString(),
    }),
  );
}

describe('install', () => {
  it('answers 201 with the seed fields, without tools, never synced', async () => {
    const { status, body } = await server.ask('POST', '/v1/connectors', { body: magento });
    expect(status).toBe(201);
    expect(installedConnectorSchema.parse(body)).toEqual(body);
    expect(Object.keys(body)).toEqual([
      'id',
      'object',
      'listing',
      'name',
      'kind',
      'transport',
      'capabilities',
      'auth',
      'status',
      'created_at',
      'last_synced_at',
    ]);
    expect(body).toMatchObject({ name: 'magento-us-store', transport: 'mcp', last_synced_at: null });
    expect(JSON.stringify(body)).not.toContain(magento.auth.key);
  });

  it('of a listing with a price states it, in the catalogue and in the answer, also a replayed one', async () => {
    const price = { amount: '29.00', currency: 'USD', per: 'source', interval: 'month' } as const;
    server.backend.listings.push(sampleListing({ id: 'cn-premium', kind: 'saas', auth: { type: 'api_key' }, price }));
    const { body: catalogue } = await server.ask('GET', '/v1/listings');
    expect(catalogue.data).toContainEqual(expect.objectContaining({ id: 'cn-premium', price }));
    const request = { body: { ...magento, listing: 'cn-premium' }, headers: { 'Idempotency-Key': 'premium' } };
    const first = await server.ask('POST', '/v1/connectors', request);
    expect(first.body).toMatchObject({ listing: 'cn-premium', price });
    expect((await server.ask('POST', '/v1/connectors', request)).body).toEqual(first.body);
  });

  it.each([
    ['listing absent', { auth: { type: 'none' } }, 400, 'missing_parameter', 'listing'],
    ['auth absent', { listing: 'cn-magento' }, 400, 'missing_parameter', 'auth'],
    ['no body', undefined, 400, 'missing_parameter', 'listing'],
    ['auth.key absent', { listing: 'cn-magento', auth: { type: 'api_key' } }, 400, 'missing_parameter', 'auth.key'],
    ['auth.type unknown', { listing: 'cn-magento', auth: { type: 'mtls' } }, 400, 'invalid_parameter', 'auth.type'],
    ['auth is null', { listing: 'cn-magento', auth: null }, 400, 'invalid_parameter', 'auth'],
    ['unknown key', { ...scaleInstall, cofig: {} }, 400, 'invalid_parameter', 'cofig'],
    ['name empty', { ...scaleInstall, name: '' }, 400, 'invalid_parameter', 'name'],
    ['name with a control character', { ...scaleInstall, name: 'a\nb' }, 400, 'invalid_parameter', 'name'],
    ['config not an object', { ...scaleInstall, config: [] }, 400, 'invalid_parameter', 'config'],
  ])('%s', async (_case, body, status, code, parameter) => {
    const answer = await server.ask('POST', '/v1/connectors', body === undefined ? {} : { body });
    expect([answer.status, answer.body.error.code, answer.body.error.details.parameter]).toEqual([
      status,
      code,
      parameter,
    ]);
    expect(server.backend.installs).toBe(0);
  });

  it.each([
    ['auth.type is not the listing’s', { ...scaleInstall, auth: { type: 'oauth2' } }, 400, 'invalid_parameter'],
    ['no such listing', { ...scaleInstall, listing: 'cn-nothing' }, 404, 'not_found'],
    ['early access', { ...scaleInstall, listing: 'cn-early' }, 422, 'listing_early_access'],
    ['credentials rejected', { ...magento, auth: { type: 'api_key', key: 'wrong-key' } }, 422, 'auth_failed'],
  ])('%s', async (_case, body, status, code) => {
    const answer = await server.ask('POST', '/v1/connectors', { body });
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(server.backend.connectors).toEqual([]);
  });

  it('answers 409 state_conflict when the name is taken', async () => {
    await server.ask('POST', '/v1/connectors', { body: magento });
    const { status, body } = await server.ask('POST', '/v1/connectors', { body: magento });
    expect([status, body.error.type, body.error.code]).toEqual([409, 'conflict_error', 'state_conflict']);
  });

  it('never quotes what was given as a secret', async () => {
    const { body } = await server.ask('POST', '/v1/connectors', {
      body: { listing: 'cn-magento', auth: { type: 'api_key', key: ['topsecret'], topsecret2: 1 } },
    });
    expect(JSON.stringify(body)).not.toContain('topsecret"');
  });
});

describe('list', () => {
  it('gives exactly the seven fields and four envelope fields', async () => {
    seed(1);
    const { body } = await server.ask('GET', '/v1/connectors');
    expect(Object.keys(body)).toEqual(['object', 'data', 'has_more', 'next_cursor']);
    expect(Object.keys(body.data[0])).toEqual(['id', 'object', 'listing', 'name', 'kind', 'capabilities', 'status']);
    expect(body).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
  });

  it('pages through everything, newest first, also while items come and go', async () => {
    seed(45);
    const first = await server.ask('GET', '/v1/connectors');
    expect(first.body.data).toHaveLength(20);
    expect(first.body.next_cursor).toMatch(/^cur_/);
    server.backend.connectors = [
      sampleConnector({ id: 'cn_9999', created_at: '2026-09-01T00:00:00Z' }),
      ...server.backend.connectors.filter(({ id }) => id !== first.body.data[19].id),
    ];
    const rest = await server.ask('GET', `/v1/connectors?limit=100&cursor=${first.body.next_cursor}`);
    expect(rest.body.data.map(({ id }: { id: string }) => id)[0]).toBe('cn_0025');
    expect(rest.body.data).toHaveLength(25);
    expect(rest.body.has_more).toBe(false);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=abc',
    'limit=',
    'limit',
    'limit=5&limit=5',
    'kind=robot',
    'kind=',
    'status=ok',
    'capability=',
    'capability=a&capability=b',
    'capability=%ZZ',
    'colour=red',
  ])('refuses ?%s', async (query) => {
    const { status, body } = await server.ask('GET', `/v1/connectors?${query}`);
    expect([status, body.error.code]).toEqual([400, 'invalid_parameter']);
  });

  it('gives an empty list for an unknown capability', async () => {
    seed(2);
    expect((await server.ask('GET', '/v1/connectors?capability=coffee.brew')).body.data).toEqual([]);
  });

  it('refuses a cursor that is malformed or belongs to other filters, and takes another limit', async () => {
    seed(5);
    const { body } = await server.ask('GET', '/v1/connectors?limit=2&kind=hardware');
    const cursor: string = body.next_cursor;
    for (const query of [`cursor=${cursor}`, `cursor=${cursor}x&kind=hardware`, 'cursor=cur_AAAA', 'cursor=2']) {
      const answer = await server.ask('GET', `/v1/connectors?${query}`);
      expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_cursor']);
    }
    const next = await server.ask('GET', `/v1/connectors?limit=3&kind=hardware&cursor=${cursor}`);
    expect(next.body.data).toHaveLength(3);
  });
});

describe('retrieve', () => {
  it('gives the whole object', async () => {
    seed(1);
    const { status, body } = await server.ask('GET', '/v1/connectors/cn_0001');
    expect(status).toBe(200);
    expect(connectorSchema.parse(body)).toEqual(body);
  });

  it('reads as 404 when there is none, or when the token is limited to others', async () => {
    seed(2);
    server.addToken('limited', { connectors: ['cn_0001'] });
    const absent = await server.ask('GET', '/v1/connectors/cn_none', { token: 'limited' });
    const hidden = await server.ask('GET', '/v1/connectors/cn_0002', { token: 'limited' });
    expect([absent.status, hidden.status]).toEqual([404, 404]);
    expect(hidden.body.error.type).toBe('not_found_error');
    expect((await server.ask('GET', '/v1/connectors/cn_0001', { token: 'limited' })).status).toBe(200);
    const list = await server.ask('GET', '/v1/connectors', { token: 'limited' });
    expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual(['cn_0001']);
  });
});

describe('test', () => {
  beforeEach(() => seed(1));

  it('answers with exactly the seed fields, with and without a body', async () => {
    for (const options of [{}, { body: {} }, { body: { tools: ['weight.read'] } }]) {
      const { status, body } = await server.ask('POST', '/v1/connectors/cn_0001/test', options);
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['object', 'connector_id', 'status', 'results', 'tested_at']);
      expect(testAnswerSchema.parse(body)).toEqual(body);
    }
    const kept = await server.ask('GET', '/v1/connectors/cn_0001/tests?limit=2');
    expect(kept.body.data).toHaveLength(2);
    expect(kept.body.has_more).toBe(true);
  });

  it.each([
    ['an unknown tool', { tools: ['coffee.brew'] }],
    ['no tool at all', { tools: [] }],
    ['tools that is no list', { tools: 'weight.read' }],
  ])('answers invalid_parameter to %s', async (_case, body) => {
    const answer = await server.ask('POST', '/v1/connectors/cn_0001/test', { body });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_parameter']);
  });

  it('answers 404, 409 while pending, 502 with the upstream detail', async () => {
    expect((await server.ask('POST', '/v1/connectors/cn_x/test')).status).toBe(404);
    server.backend.connectors = [sampleConnector({ id: 'cn_0001', status: 'pending_auth' })];
    const pending = await server.ask('POST', '/v1/connectors/cn_0001/test');
    expect([pending.status, pending.body.error.code]).toEqual([409, 'state_conflict']);
    server.backend.testConnector = async () => {
      throw new AgentError('no_reply', 'Front scale did not answer "I4" within 500 ms.', {
        hint: 'Check power and cable.',
        details: { device: 'dev_1', expected: 'I4 A', seen: 'nothing' },
      });
    };
    const silent = await server.ask('POST', '/v1/connectors/cn_0001/test');
    expect(silent.status).toBe(502);
    expect(silent.body.error).toMatchObject({
      type: 'api_error',
      code: 'connector_upstream_error',
      doc_url: 'https://fibric.io/docs/errors#connector_upstream_error',
      details: {
        upstream: {
          device: 'dev_1',
          reason: 'no_reply',
          expected: 'I4 A',
          seen: 'nothing',
          hint: 'Check power and cable.',
        },
      },
    });
  });
});

describe('uninstall', () => {
  it('answers with the seed form', async () => {
    seed(1);
    const { status, body } = await server.ask('DELETE', '/v1/connectors/cn_0001');
    expect([status, body]).toEqual([200, { id: 'cn_0001', object: 'connector', deleted: true }]);
    expect((await server.ask('DELETE', '/v1/connectors/cn_0001')).status).toBe(404);
  });

  it('passes the dependents of a connector in use', async () => {
    seed(1);
    server.backend.removeConnector = async () => {
      throw new AgentError(
        'connector_in_use',
        'order.hold is fulfilled only by cn_0001; operators op_1 depend on it.',
        {
          details: { capabilities: ['order.hold'], operators: ['op_1'] },
        },
      );
    };
    const { status, body } = await server.ask('DELETE', '/v1/connectors/cn_0001');
    expect(status).toBe(409);
    expect(errorEnvelopeSchema.parse(body)).toEqual(body);
    expect(body.error).toMatchObject({
      type: 'conflict_error',
      code: 'connector_in_use',
      details: { capabilities: ['order.hold'], operators: ['op_1'] },
    });
  });
});

describe('update and policy', () => {
  it('changes what is given and refuses an empty change', async () => {
    seed(1);
    const { body } = await server.ask('PATCH', '/v1/connectors/cn_0001', { body: { name: 'Front scale' } });
    expect(body.name).toBe('Front scale');
    expect((await server.ask('PATCH', '/v1/connectors/cn_0001', { body: {} })).status).toBe(400);
  });

  it('lets a token read the policy and only the machine set it', async () => {
    seed(1);
    const body = { tools: { 'scale.zero': { decision: 'allow' } } };
    expect((await server.ask('GET', '/v1/connectors/cn_0001/policy')).body.default).toBe('deny');
    const refused = await server.ask('PUT', '/v1/connectors/cn_0001/policy', { body });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'local_only']);
    const set = await server.ask('PUT', '/v1/connectors/cn_0001/policy', { body, token: 'window' });
    expect(set.body).toEqual({ default: 'deny', ...body });
  });
});
