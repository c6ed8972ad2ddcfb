import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { createIdempotencyStore, openStore, type Store } from '../store/index.ts';
import { bindsKey, hashBody } from './idempotency.ts';
import { sampleConnector } from './testing/samples.ts';
import { scaleInstall, startTestServer, type TestServer } from './testing/test-server.ts';

let dataDir: string;
let disk: Store;
let server: TestServer;
let now = 0;
/** The timers that the router set, due at a time of `now`. */
let timers: { readonly dueAt: number; readonly run: () => void }[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fibric-idempotency-'));
  disk = await openStore({ dataDir });
});
afterAll(async () => {
  await disk.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  now = Date.UTC(2026, 6, 2);
  timers = [];
  await disk.state.write([{ sql: 'DELETE FROM idempotency' }]);
  await start();
});
afterEach(() => server.close());

/** The real router on a real server, over the real store, with the clock in the test's hand. */
async function start(options: Partial<Parameters<typeof startTestServer>[0]> = {}) {
  server = await startTestServer({
    clock: () => now,
    after(delayMs, run) {
      const timer = { dueAt: now + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    idempotency: createIdempotencyStore(disk.state),
    ...options,
  });
}

async function restart(options: Parameters<typeof start>[0] = {}) {
  await server.close();
  await start(options);
}

function advance(ms: number) {
  now += ms;
  for (const { dueAt, run } of timers) if (dueAt <= now) run();
}

const kept = () =>
  disk.state.read(z.looseObject({ key: z.string(), body_hash: z.string() }), 'SELECT * FROM idempotency');

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

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
    expect(kept()).toHaveLength(1);
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

  it.each([0, 256])('of %i characters is refused, before the body is looked at', async (length) => {
    const answer = await install({ nothing: 'of use' }, { 'Idempotency-Key': 'x'.repeat(length) });
    expect([answer.status, answer.body.error.details.parameter]).toEqual([400, 'Idempotency-Key']);
    expect(kept()).toHaveLength(0);
  });

  it.each([1, 255])('of %i characters is taken', async (length) => {
    const key = 'x'.repeat(length);
    expect((await install(scaleInstall, { 'Idempotency-Key': key })).status).toBe(201);
    expect((await install(scaleInstall, { 'Idempotency-Key': key })).status).toBe(200);
  });

  it('works on PATCH as on POST', async () => {
    const { body } = await install();
    const patch = () =>
      server.ask('PATCH', `/v1/connectors/${body.id}`, { body: { name: 'n' }, headers: { 'Idempotency-Key': 'p' } });
    const first = await patch();
    server.backend.updateConnector = async () => {
      throw new Error('a second change');
    };
    const second = await patch();
    expect([first.status, second.status, second.body.name]).toEqual([200, 200, 'n']);
    expect(second.headers.get('x-request-id')).toBe(first.headers.get('x-request-id'));
  });
});

describe('a restart', () => {
  it('keeps what was bound, its request id too, until its 24 hours are over', async () => {
    const first = await install();
    await restart();
    const second = await install();
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(second.headers.get('x-request-id')).toBe(first.headers.get('x-request-id'));
    expect(server.backend.installs).toBe(0);
    advance(24 * 3_600_000);
    await restart();
    expect((await install()).status).toBe(201);
  });

  it('after a kill between the commit and the answer: the record of the commit is what a repeat gets', async () => {
    const { installConnector } = server.backend;
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    let id = '';
    server.backend.installConnector = async (principal, body, record) => {
      const { connector } = await installConnector(principal, body, record, null);
      id = connector.id;
      // As the agent does it: in the commit of the connector. Then the power goes.
      if (record !== null) await createIdempotencyStore(disk.state).put(record(connector));
      store();
      return new Promise(() => {});
    };
    const first = install().catch(() => 'gone');
    await stored;
    await restart();
    expect(await first).toBe('gone');
    const second = await install();
    expect([second.status, second.body.id, second.body.tools, server.backend.installs]).toEqual([
      200,
      id,
      undefined,
      0,
    ]);
    expect((await install({ ...scaleInstall, name: 'other' })).body.error.code).toBe('idempotency_conflict');
  });

  it('after a kill before anything was stored: the repeat runs as if it were the first', async () => {
    server.backend.installConnector = () => new Promise(() => {});
    const first = install().catch(() => 'gone');
    await restart();
    expect(await first).toBe('gone');
    expect((await install()).status).toBe(201);
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
    expect(kept()).toHaveLength(0);
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
    await restart({ rateLimitPerMinute: 1 });
    await server.ask('GET', '/v1/connectors');
    expect((await install()).status).toBe(429);
    expect(kept()).toHaveLength(0);
    server.addToken('reader', { scopes: ['connectors:read'] });
    expect((await install(scaleInstall, undefined, 'stranger')).status).toBe(401);
    expect((await install(scaleInstall, undefined, 'reader')).status).toBe(403);
    expect(kept()).toHaveLength(0);
  });

  it('answers although the record could not be kept, and reports that', async () => {
    const put = async () => {
      throw new AgentError('store_unavailable', 'disk full');
    };
    await restart({ idempotency: { ...createIdempotencyStore(disk.state), put } });
    expect((await install()).status).toBe(201);
    expect(server.faults).toHaveLength(1);
  });
});

describe('any answer', () => {
  it('binds or does not by its status and code alone, and an agent that stops binds nothing', () => {
    for (const status of [400, 401, 403, 404, 405, 413, 429, 500, 502, 503, 504]) {
      fc.assert(fc.property(fc.string(), (code) => bindsKey(status, code) === false));
    }
    const bound = ['state_conflict', 'connector_in_use', 'auth_failed', 'listing_early_access', 'ambiguous_device'];
    for (const code of bound) expect([code, bindsKey(409, code)]).toEqual([code, true]);
    for (const code of ['idempotency_conflict', 'entity_locked', 'cancelled', 'closed', 'already_running']) {
      expect([code, bindsKey(409, code)]).toEqual([code, false]);
    }
  });
});

describe('secrets', () => {
  const body = { listing: 'cn-magento', auth: { type: 'api_key', key: 'mg_live_9f4c2e8b1a41' } };

  it('hashes a body with a secret under the key of the vault, and keeps neither body nor plain hash', async () => {
    await install(body);
    const rows = JSON.stringify(kept());
    expect(rows).toContain('hmac-sha256:');
    expect(rows).not.toContain(body.auth.key);
    expect(rows).not.toContain(createHash('sha256').update(JSON.stringify(body)).digest('hex'));
    const files = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'latin1'));
    expect(files.some((content) => content.includes('hmac-sha256:'))).toBe(true);
    expect(files.some((content) => content.includes(body.auth.key))).toBe(false);
    await install(scaleInstall, { 'Idempotency-Key': 'k2' });
    expect(kept().find(({ key }) => key === 'k2')?.body_hash).toMatch(/^sha256:/);
  });

  it('is vault_unavailable without the vault; a request without key or secret is not touched', async () => {
    await restart({
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

  it.each([
    ['a PIN', '{"pin":"4711"}'],
    [
      'auth given twice, of which JSON keeps the harmless one',
      '{"auth":{"type":"api_key","key":"s3"},"auth":{"type":"none"}}',
    ],
  ])('takes %s for a secret', async (_what, raw) => {
    expect(await hashBody(Buffer.from(raw), async () => Buffer.alloc(32, 7))).toMatch(/^hmac-sha256:/);
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
    expect(JSON.stringify(kept())).not.toContain('fe_secret');
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

  it('a second waits 30 s and not less, then is told when to come again', async () => {
    const { started, release } = holdInstall();
    const first = install();
    await started;
    const waiting = install();
    await until(() => timers.length === 1);
    advance(29_999);
    expect(timers).toHaveLength(1);
    advance(1);
    const second = await waiting;
    expect([second.status, second.body.error.code, second.body.error.type]).toEqual([
      409,
      'entity_locked',
      'conflict_error',
    ]);
    expect(second.headers.get('retry-after')).toBe('5');
    expect(timers).toEqual([]);
    release();
    expect((await first).status).toBe(201);
    expect((await install()).status).toBe(200);
    expect(server.backend.installs).toBe(1);
  });

  it('a second that goes away while it waits changes nothing and leaves no timer', async () => {
    const { started, release } = holdInstall();
    const first = install();
    await started;
    const leaving = new AbortController();
    const second = server.ask('POST', '/v1/connectors', {
      body: scaleInstall,
      headers: { 'Idempotency-Key': 'k1' },
      signal: leaving.signal,
    });
    await until(() => timers.length === 1);
    leaving.abort();
    await expect(second).rejects.toThrow();
    await until(() => timers.length === 0);
    release();
    expect((await first).status).toBe(201);
    expect(server.backend.installs).toBe(1);
  });

  it('a first whose caller goes away is still finished and bound: the second gets its answer', async () => {
    const { started, release } = holdInstall();
    const leaving = new AbortController();
    const first = server.ask('POST', '/v1/connectors', {
      body: scaleInstall,
      headers: { 'Idempotency-Key': 'k1' },
      signal: leaving.signal,
    });
    await started;
    leaving.abort();
    await expect(first).rejects.toThrow();
    const second = install();
    release();
    expect((await second).status).toBe(200);
    expect(server.backend.installs).toBe(1);
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
    const answers = await Promise.all(Array.from({ length: 20 }, () => install()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(server.backend.installs).toBe(1);
  });

  it('the next one runs when the first bound nothing', async () => {
    const { started, release } = holdInstall();
    const first = install({ ...scaleInstall, listing: 'cn-none' });
    await started;
    const second = install({ ...scaleInstall, listing: 'cn-none' });
    release();
    expect([(await first).status, (await second).status]).toEqual([404, 404]);
    expect(server.backend.installs).toBe(2);
  });
});
