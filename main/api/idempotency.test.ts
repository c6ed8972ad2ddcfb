import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { sampleConnector } from './testing/samples.ts';
import { scaleInstall, startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let now = Date.UTC(2026, 6, 2);
beforeEach(async () => {
  now = Date.UTC(2026, 6, 2);
  server = await startTestServer({ clock: () => now, idempotencyWaitMs: 60 });
});
afterEach(() => server.close());

const install = (
  body: object = scaleInstall,
  headers: Record<string, string> = { 'Idempotency-Key': 'k1' },
  token = 'full',
) => server.ask('POST', '/v1/connectors', { body, headers, token });

describe('a repeated key', () => {
  it('replays a success as 200 with the first request id and body', async () => {
    const first = await install();
    const second = await install();
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('x-request-id')).toBe(first.headers.get('x-request-id'));
    expect(server.backend.installs).toBe(1);
  });

  it('is a conflict with another body, byte for byte', async () => {
    await install();
    const other = await server.ask('POST', '/v1/connectors', {
      body: `${JSON.stringify(scaleInstall)} `,
      headers: { 'Idempotency-Key': 'k1', 'Content-Type': 'application/json' },
    });
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_conflict']);
    expect(server.backend.installs).toBe(1);
  });

  it('is another key for another principal, path or method', async () => {
    const { body } = await install();
    server.addToken('other');
    expect((await install({ ...scaleInstall, name: 'b' }, { 'Idempotency-Key': 'k1' }, 'other')).status).toBe(201);
    const headers = { 'Idempotency-Key': 'k1' };
    server.backend.connectors.push(sampleConnector({ id: 'cn_other' }));
    const one = await server.ask('POST', `/v1/connectors/${body.id}/test`, { headers });
    const two = await server.ask('POST', '/v1/connectors/cn_other/test', { headers });
    expect([one.body.connector_id, two.body.connector_id]).toEqual([body.id, 'cn_other']);
  });

  it('counts as new after 24 hours, and the old record is purged', async () => {
    await install();
    now += 24 * 3_600_000;
    const again = await install();
    expect([again.status, again.body.error.code]).toEqual([409, 'state_conflict']);
    expect(server.backend.installs).toBe(2);
    now += 24 * 3_600_000 + 1;
    await install({ ...scaleInstall, name: 'b' }, { 'Idempotency-Key': 'k2' });
    expect(server.store.records.size).toBe(1);
  });

  it('still answers the old body after a DELETE', async () => {
    const { body } = await install();
    await server.ask('DELETE', `/v1/connectors/${body.id}`);
    expect((await install()).body).toEqual(body);
  });

  it('means nothing on GET and DELETE', async () => {
    const { body } = await install();
    const headers = { 'Idempotency-Key': 'k9' };
    await server.ask('DELETE', `/v1/connectors/${body.id}`, { headers });
    expect((await server.ask('DELETE', `/v1/connectors/${body.id}`, { headers })).status).toBe(404);
    expect((await server.ask('GET', '/v1/connectors', { headers: { 'Idempotency-Key': '' } })).status).toBe(200);
  });

  it.each(['', 'x'.repeat(256)])('must have 1 to 255 characters', async (key) => {
    const answer = await install(scaleInstall, { 'Idempotency-Key': key });
    expect([answer.status, answer.body.error.details.parameter]).toEqual([400, 'Idempotency-Key']);
  });
});

describe('what binds', () => {
  const rejected = { listing: 'cn-magento', auth: { type: 'api_key', key: 'wrong-key' } };

  it.each([
    ['auth_failed', rejected, 422],
    ['early access', { ...scaleInstall, listing: 'cn-early' }, 422],
  ])('a refusal from execution replays unchanged: %s', async (_case, body, status) => {
    const first = await install(body);
    const second = await install(body);
    expect([first.status, second.status]).toEqual([status, status]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('x-request-id')).toBe(second.body.error.request_id);
    expect(server.backend.installs).toBe(1);
  });

  it.each([
    ['validation', { listing: 'cn-scale-sics' }, 400],
    ['validation by the listing', { ...scaleInstall, auth: { type: 'oauth2' } }, 400],
    ['absence', { ...scaleInstall, listing: 'cn-none' }, 404],
  ])('a failed %s binds nothing', async (_case, body, status) => {
    expect((await install(body)).status).toBe(status);
    expect(server.store.records.size).toBe(0);
    expect((await install()).status).toBe(201);
  });

  it('a fault of the source binds nothing', async () => {
    const { installConnector } = server.backend;
    server.backend.installConnector = async () => {
      throw new AgentError('no_reply', 'silent');
    };
    expect((await install()).status).toBe(502);
    server.backend.installConnector = installConnector;
    expect((await install()).status).toBe(201);
  });

  it('401, 403 and 429 bind nothing', async () => {
    server.addToken('reader', { scopes: ['connectors:read'] });
    expect((await install(scaleInstall, undefined, 'stranger')).status).toBe(401);
    expect((await install(scaleInstall, undefined, 'reader')).status).toBe(403);
    expect(server.store.records.size).toBe(0);
  });

  it('answers although the record could not be kept, and reports that', async () => {
    server.store.put = async () => {
      throw new AgentError('store_unavailable', 'disk full');
    };
    expect((await install()).status).toBe(201);
    expect(server.faults).toHaveLength(1);
  });
});

describe('secrets', () => {
  const body = { listing: 'cn-magento', auth: { type: 'api_key', key: 'mg_live_9f4c2e8b1a41' } };

  it('hashes a body with a secret under the key of the vault, and keeps neither body nor plain hash', async () => {
    await install(body);
    const kept = JSON.stringify([...server.store.records.values()]);
    expect(kept).toContain('hmac-sha256:');
    expect(kept).not.toContain(body.auth.key);
    expect(kept).not.toContain(createHash('sha256').update(JSON.stringify(body)).digest('hex'));
    await install(scaleInstall, { 'Idempotency-Key': 'k2' });
    expect([...server.store.records.values()].at(-1)?.bodyHash).toMatch(/^sha256:/);
  });

  it('is vault_unavailable without the vault; a request without key or secret is not touched', async () => {
    await server.close();
    server = await startTestServer({
      hmacKey: async () => {
        throw new AgentError('vault_unavailable', 'The keychain is locked.');
      },
    });
    const answer = await install(body);
    expect([answer.status, answer.body.error.code]).toEqual([503, 'vault_unavailable']);
    expect(server.backend.installs).toBe(0);
    expect((await install(body, {})).status).toBe(201);
    expect((await install()).status).toBe(201);
  });

  it('never keeps the secret of a new token; its replay answers without it', async () => {
    const create = () =>
      server.ask('POST', '/v1/tokens', {
        token: 'admin',
        body: { name: 't', scopes: ['tools:read'] },
        headers: { 'Idempotency-Key': 'k' },
      });
    const first = await create();
    const second = await create();
    expect(first.body.token).toBe('fe_secret-of-the-new-token');
    expect([second.status, second.body.id, second.body.token]).toEqual([200, first.body.id, undefined]);
    expect(JSON.stringify([...server.store.records.values()])).not.toContain('fe_secret');
  });
});

describe('while the first request runs', () => {
  function holdInstall() {
    const { installConnector } = server.backend;
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    server.backend.installConnector = async (...args) => {
      start();
      await held;
      return installConnector(...args);
    };
    return { started, release };
  }

  it('the others wait and replay it', async () => {
    await server.close();
    server = await startTestServer();
    const { started, release } = holdInstall();
    const first = install();
    await started;
    const others = [install(), install(), install()];
    release();
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(server.backend.installs).toBe(1);
  });

  it('a second is told to wait after the limit', async () => {
    const { started, release } = holdInstall();
    const first = install();
    await started;
    const second = await install();
    expect([second.status, second.body.error.code]).toEqual([409, 'entity_locked']);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    release();
    expect((await first).status).toBe(201);
    expect((await install()).status).toBe(200);
  });

  it('another body is a conflict at once', async () => {
    const { started, release } = holdInstall();
    const first = install();
    await started;
    expect((await install({ ...scaleInstall, name: 'b' })).body.error.code).toBe('idempotency_conflict');
    release();
    await first;
  });

  it('runs once also when all come at the same moment', async () => {
    await server.close();
    server = await startTestServer();
    const answers = await Promise.all(Array.from({ length: 20 }, () => install()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(server.backend.installs).toBe(1);
  });

  it('the next one runs when the first bound nothing', async () => {
    await server.close();
    server = await startTestServer();
    const { started, release } = holdInstall();
    const first = install({ ...scaleInstall, listing: 'cn-none' });
    await started;
    const second = install({ ...scaleInstall, listing: 'cn-none' });
    release();
    expect([(await first).status, (await second).status]).toEqual([404, 404]);
    expect(server.backend.installs).toBe(2);
  });
});
