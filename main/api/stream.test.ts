import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiClient } from './client.ts';
import { readServerSentEvents } from './client-events.ts';
import type { StreamEvent } from './schemas/index.ts';
import { sampleApproval, sampleConnector, sampleDevice, sampleEntry } from './testing/samples.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ stream: { maxQueued: 5, maxPerPrincipal: 2, heartbeatMs: 20 } });
});
afterEach(() => server.close());

async function open(token: string) {
  const leaving = new AbortController();
  const response = await fetch(`${server.url}/v1/stream`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  if (response.body === null) throw new Error('no body');
  return { response, events: readServerSentEvents(response.body), leave: () => leaving.abort() };
}

const reading = (connectorId: string, value = '1.0', tool = 'weight.read'): StreamEvent => ({
  type: 'reading',
  reading: {
    object: 'reading',
    connector_id: connectorId,
    device_id: 'dev_1',
    tool,
    value: { value },
    at: '2026-07-02T15:20:00Z',
    expected_interval_ms: null,
  },
});

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the stream', () => {
  it('tells events under their type, in order, and nothing is missed once its head is there', async () => {
    const { response, events, leave } = await open('full');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    server.backend.emit({ type: 'connector', connector: sampleConnector({ id: 'cn_1' }) });
    server.backend.emit({ type: 'pause', paused: true });
    const first = await events.next();
    const second = await events.next();
    expect(first.value?.name).toBe('connector');
    expect(JSON.parse(first.value?.data ?? '').connector.id).toBe('cn_1');
    expect(second.value).toEqual({ name: 'pause', data: '{"type":"pause","paused":true}' });
    leave();
    await until(() => server.backend.subscribers.size === 0);
  });

  it('sends comments while nothing happens', async () => {
    const { response, leave } = await open('full');
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes(': alive')) text += new TextDecoder().decode((await reader?.read())?.value);
    leave();
  });

  it('shows a token only what its limits and scopes leave in sight', async () => {
    server.addToken('limited', { scopes: ['connectors:read'], connectors: ['cn_1'], tools: ['weight.read'] });
    const { events, leave } = await open('limited');
    const { emit } = server.backend;
    emit(reading('cn_2'));
    emit({ type: 'connector', connector: sampleConnector({ id: 'cn_2' }) });
    emit({ type: 'connector_removed', connector_id: 'cn_2' });
    emit({ type: 'device', device: sampleDevice({ id: 'dev_1' }) });
    emit({ type: 'journal', entry: sampleEntry({ journal_id: 'jr_1', connector_id: 'cn_1', tool: 'weight.read' }) });
    emit(reading('cn_1', '2.0', 'other.read'));
    emit(reading('cn_1', '3.0'));
    expect(JSON.parse((await events.next()).value?.data ?? '').reading.value.value).toBe('3.0');
    leave();
  });

  it('shows approvals to the window and the local socket, and to no token whatever its scopes', async () => {
    const [token, local] = [await open('full'), await open('window')];
    server.backend.emit({ type: 'approval', approval: sampleApproval({ id: 'ap_1' }) });
    server.backend.emit(reading('cn_1'));
    expect((await token.events.next()).value?.name).toBe('reading');
    expect((await local.events.next()).value?.name).toBe('approval');
    token.leave();
    local.leave();
  });

  it('ends at once when the token is revoked', async () => {
    const ending = server.addToken('mortal');
    const { events } = await open('mortal');
    ending.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(server.backend.subscribers.size).toBe(0);
  });

  it('keeps a bounded number of events for a slow reader, then tells how many are lost', async () => {
    const socket = await new Promise<import('node:http').IncomingMessage>((resolve) => {
      request(`${server.url}/v1/stream`, { headers: { Authorization: 'Bearer full' } }, resolve).end();
    });
    socket.pause();
    const large = 'x'.repeat(60_000);
    let sent = 0;
    const emitSome = () => {
      for (let count = 0; count < 40; count++) server.backend.emit(reading('cn_1', `${sent++} ${large}`));
    };
    for (let round = 0; round < 10; round++) emitSome();
    let next = 0;
    let gaps = 0;
    for await (const { name, data } of readServerSentEvents(socket)) {
      const event = JSON.parse(data);
      if (name === 'gap') {
        next += event.lost;
        gaps += 1;
      } else {
        expect(Number.parseInt(event.reading.value.value, 10)).toBe(next);
        next += 1;
      }
      // New ones come while the reader catches up, so that a loss in the middle must stay in its place.
      if (sent < 1000) emitSome();
      if (next === sent) break;
    }
    expect(gaps).toBeGreaterThan(0);
    await until(() => server.backend.subscribers.size === 0);
  });

  it('refuses more streams than a principal may hold, and frees them', async () => {
    const one = await open('full');
    const two = await open('full');
    const refused = await server.ask('GET', '/v1/stream');
    expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited']);
    one.leave();
    two.leave();
    await until(() => server.backend.subscribers.size === 0);
    (await open('full')).leave();
  });

  it('answers HEAD without opening one', async () => {
    const response = await fetch(`${server.url}/v1/stream`, {
      method: 'HEAD',
      headers: { Authorization: 'Bearer full' },
    });
    expect(response.status).toBe(200);
    expect(server.backend.subscribers.size).toBe(0);
  });
});

describe('the client', () => {
  it('iterates over events and stops when told', async () => {
    const client = createApiClient({ baseUrl: server.url, token: 'full' });
    const stop = new AbortController();
    const opened = Promise.withResolvers<void>();
    const iterate = async () => {
      for await (const event of client.events({ signal: stop.signal, onOpen: opened.resolve })) return event;
      return null;
    };
    const first = iterate();
    await opened.promise;
    server.backend.emit(reading('cn_1', '12.480'));
    expect(await first).toEqual(reading('cn_1', '12.480'));
    const endless = client.events({ signal: stop.signal, onOpen: () => stop.abort() }).next();
    await expect(endless).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
  });

  it('hears of each result of a test', async () => {
    server.backend.connectors = [sampleConnector({ id: 'cn_1' })];
    const client = createApiClient({ baseUrl: server.url, token: 'full' });
    const heard: string[] = [];
    const answer = await client.testConnector('cn_1', { onResult: ({ tool }) => heard.push(tool) });
    expect(heard).toEqual(['scale.zero', 'weight.read']);
    expect(answer).toMatchObject({ object: 'connector_test', status: 'passed' });
    const unknown = client.testConnector('cn_1', { tools: ['coffee.brew'], onResult: () => {} });
    await expect(unknown).rejects.toMatchObject({ code: 'invalid_parameter' });
    client.close();
  });
});
