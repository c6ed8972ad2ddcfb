import { afterEach, beforeEach, expect, it } from 'vitest';
import { readServerSentEvents } from './client-events.ts';
import { sampleConnector } from './testing/samples.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ stream: { maxQueued: 5, maxPerPrincipal: 1, heartbeatMs: 20 } });
  server.backend.connectors = [sampleConnector({ id: 'cn_1' }), sampleConnector({ id: 'cn_2' })];
});
afterEach(() => server.close());

const path = '/v1/connectors/cn_1/wire';
const codeOf = async (token: string, at = path) => (await server.ask('GET', at, { token })).body.error?.code ?? null;

it('is for who may care for devices, and for nobody who may use some tools only', async () => {
  server.addToken('reader', { scopes: ['connectors:read', 'tools:read'] });
  server.addToken('some-tools', { tools: ['weight.read'] });
  server.addToken('other', { connectors: ['cn_2'] });
  expect(await codeOf('full')).toBeNull();
  expect(await codeOf('reader')).toBe('insufficient_scope');
  expect(await codeOf('some-tools')).toBe('insufficient_scope');
  expect(await codeOf('other')).toBe('not_found');
  expect(await codeOf('some-tools', `${path}/stream`)).toBe('insufficient_scope');
  expect(await codeOf('reader', '/v1/connectors/cn_1/health')).toBeNull();
});

it('begins and ends, within bounds', async () => {
  const put = async (body: object) => (await server.ask('PUT', path, { body })).body;
  expect(await put({ recording: true, for_s: 60 })).toMatchObject({ object: 'wire_log', recording: { on: true } });
  expect((await put({ recording: true, for_s: 5 })).error.code).toBe('invalid_parameter');
  expect(await put({ recording: false })).toMatchObject({ recording: { on: false } });
});

it('is followed until the follower leaves, and tells what is wrong before it begins', async () => {
  expect(await codeOf('full', `${path}/stream?after=foreign`)).toBe('invalid_cursor');
  expect(await codeOf('full', '/v1/connectors/cn_9/wire/stream')).toBe('not_found');
  const leaving = new AbortController();
  const headers = { Authorization: 'Bearer full' };
  const response = await fetch(`${server.url}${path}/stream`, { headers, signal: leaving.signal });
  if (response.body === null) throw new Error('no body');
  for await (const { name, data } of readServerSentEvents(response.body)) {
    expect([name, JSON.parse(data).object]).toEqual(['wire', 'wire_log']);
    break;
  }
  expect(await codeOf('full', `${path}/stream`)).toBe('rate_limited');
  leaving.abort();
  await expect.poll(() => codeOf('full', `${path}/stream?after=foreign`)).toBe('invalid_cursor');
});
