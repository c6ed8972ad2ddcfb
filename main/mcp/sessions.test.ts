import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../connectors/testing/manual-clock.ts';
import { connectClient, connectFormerClient } from './testing/clients.ts';
import { type McpHost, startMcpHost, type TestToken } from './testing/mcp-host.ts';
import { sampleConnector } from './testing/sample-connectors.ts';
import { createServiceDouble, type ServiceDouble, sampleWeight } from './testing/service-double.ts';

const at = '2026-06-01T10:00:00.000Z';
const reading = {
  connector_id: 'cn_1',
  device_id: 'dev_1',
  tool: 'weight.read',
  value: sampleWeight,
  at,
  expected_interval_ms: null,
};
const readingUri = 'fibric-edge://connectors/cn_1/readings/weight.read';
const otherUri = 'fibric-edge://connectors/cn_2/readings/weight.read';

let double: ServiceDouble;
let host: McpHost;
let clock: ManualClock;
let token: TestToken;

beforeEach(async () => {
  double = createServiceDouble([sampleConnector('cn_1', 'bench-scale'), sampleConnector('cn_2', 'other-scale')]);
  clock = createManualClock();
  host = await startMcpHost(double, clock);
  token = host.grant(['tools:read', 'tools:act']);
});

afterEach(async () => {
  await host.close();
});

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const read = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'weight_read', arguments: {} } };

function send(
  path: string,
  body: object | null,
  { as = token, session, method = 'POST' }: { as?: TestToken; session?: string; method?: string } = {},
) {
  return fetch(`${host.origin}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${as.token}`,
      Accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
      ...(body === null ? {} : { 'Content-Type': 'application/json' }),
      ...(session === undefined ? {} : { 'Mcp-Session-Id': session, 'MCP-Protocol-Version': '2025-11-25' }),
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
}

async function open(path = '/mcp/cn_1', as = token): Promise<string> {
  const answer = await send(path, initialize, { as });
  await answer.text();
  return answer.headers.get('mcp-session-id') ?? `none (${answer.status})`;
}

/** Opens one whose client has said that it is there. */
async function begin(path = '/mcp/cn_1', as = token): Promise<string> {
  const session = await open(path, as);
  await (await send(path, { jsonrpc: '2.0', method: 'notifications/initialized' }, { as, session })).text();
  return session;
}

const status = async (session: string, as = token, path = '/mcp/cn_1') => {
  const answer = await send(path, list, { session, as });
  await answer.text();
  return answer.status;
};

/** Reads notifications off an open stream, one at a time. */
function notificationsOf(answer: Response) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(): Promise<{ method: string; params?: { uri?: string } }> {
      for (;;) {
        const found = /^data: (.+)\n\n/m.exec(text);
        if (found?.[1] !== undefined) {
          text = text.slice(found.index + found[0].length);
          return JSON.parse(found[1]);
        }
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`the stream ended after ${JSON.stringify(text)}`);
        text += value;
      }
    },
    async ended(): Promise<void> {
      for (;;) if ((await reader?.read())?.done !== false) return;
    },
    cancel: () => reader?.cancel(),
  };
}

describe('a session of the 2025 revisions', () => {
  it('keeps what initialize advertises: subscriptions and changed lists', async () => {
    const answer = await send('/mcp/cn_1', initialize);
    const { result } = JSON.parse(/^data: (.+)$/m.exec(await answer.text())?.[1] ?? '{}');
    expect(result.capabilities).toEqual({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
    });
    const session = answer.headers.get('mcp-session-id') ?? '';
    const subscribe = { jsonrpc: '2.0', id: 3, method: 'resources/subscribe', params: { uri: readingUri } };
    expect((await send('/mcp/cn_1', subscribe, { session })).status).toBe(200);
    const stream = notificationsOf(await send('/mcp/cn_1', null, { session, method: 'GET' }));
    double.setReading(reading);
    expect(await stream.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: readingUri },
    });
    double.add({ ...sampleConnector('cn_1', 'bench-scale'), tools: [] });
    expect(await stream.next()).toMatchObject({ method: 'notifications/tools/list_changed' });
    await stream.cancel();
  });

  it('tells what changed while its stream was not open, once it opens', async () => {
    const session = await open();
    const subscribe = { jsonrpc: '2.0', id: 3, method: 'resources/subscribe', params: { uri: readingUri } };
    await (await send('/mcp/cn_1', subscribe, { session })).text();
    double.setReading(reading);
    double.setReading(reading);
    const stream = notificationsOf(await send('/mcp/cn_1', null, { session, method: 'GET' }));
    expect(await stream.next()).toMatchObject({ method: 'notifications/resources/updated' });
    double.add({ ...sampleConnector('cn_1', 'bench-scale'), tools: [] });
    expect(await stream.next()).toMatchObject({ method: 'notifications/tools/list_changed' });
    await stream.cancel();
  });

  it('takes no subscription to what it may not read, and ends those it is asked to', async () => {
    const client = await connectFormerClient(host.url('cn_1'), token.token);
    await expect(client.subscribeResource({ uri: otherUri })).rejects.toMatchObject({ code: -32_602 });
    await client.subscribeResource({ uri: readingUri });
    await client.unsubscribeResource({ uri: readingUri });
    await client.close();
  });

  it('works with the present and the former SDK, which hear of readings', async () => {
    for (const connect of [
      (url: URL) => connectFormerClient(url, token.token),
      (url: URL) => connectClient(url, token.token, 'legacy'),
    ]) {
      const client = await connect(host.url('cn_1'));
      const heard = Promise.withResolvers<string>();
      client.fallbackNotificationHandler = async ({ params }) => heard.resolve(String(params?.['uri']));
      await client.subscribeResource({ uri: readingUri });
      double.setReading(reading);
      expect(await heard.promise).toBe(readingUri);
      await client.close();
    }
  });

  it('is for the token that opened it and the address it was opened at', async () => {
    const session = await open();
    expect(await status(session)).toBe(200);
    expect(await status(session, host.grant(['tools:read']))).toBe(404);
    expect(await status(session, token, '/mcp/cn_2')).toBe(404);
    expect(await status(session, token, '/mcp')).toBe(404);
    expect(await status('made-up')).toBe(404);
  });

  it('ends with DELETE, with its token, and with its connector; its stream with it', async () => {
    const first = await open();
    expect((await send('/mcp/cn_1', null, { session: first, method: 'DELETE' })).status).toBe(200);
    expect(await status(first)).toBe(404);

    const other = host.grant(['tools:read']);
    const second = await open('/mcp/cn_1', other);
    const third = await open('/mcp/cn_2');
    const cut = notificationsOf(await send('/mcp/cn_1', null, { session: second, method: 'GET', as: other }));
    const ended = notificationsOf(await send('/mcp/cn_2', null, { session: third, method: 'GET' }));
    other.end();
    await expect(cut.ended()).rejects.toThrow();
    double.remove('cn_2');
    await ended.ended();
  });

  it('ends after 10 idle minutes, not before and not while its stream is open', async () => {
    const idle = await open();
    const streaming = await open();
    const stream = notificationsOf(await send('/mcp/cn_1', null, { session: streaming, method: 'GET' }));
    clock.advance(9 * 60_000);
    expect(await status(idle)).toBe(200);
    clock.advance(9 * 60_000);
    expect(await status(idle)).toBe(200);
    clock.advance(11 * 60_000);
    expect(await status(idle)).toBe(404);
    expect(await status(streaming)).toBe(200);
    await stream.cancel();
  });

  it('is one of 64: the longest unused one of the same token makes room', async () => {
    const others = await open('/mcp/cn_1', host.grant(['tools:read']));
    const own: string[] = [];
    for (let count = 0; count < 64; count += 1) {
      clock.advance(10);
      own.push(await begin());
    }
    const [first = '', second = ''] = own;
    expect(await status(first)).toBe(404);
    expect(await status(second)).toBe(200);
    expect(others).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('makes no room while its client is between initialize and its next message, for 10 seconds', async () => {
    const own = await Promise.all(Array.from({ length: 64 }, () => open()));
    const refused = await send('/mcp/cn_1', initialize);
    expect(refused.status).toBe(503);
    await refused.text();
    expect(await Promise.all(own.slice(1).map((session) => status(session)))).not.toContain(404);
    clock.advance(10_000);
    await begin();
    expect(await status(own[0] ?? '')).toBe(404);
  });

  it('is refused with 503 when all 64 are at work', async () => {
    const streams = [];
    for (let count = 0; count < 64; count += 1) {
      streams.push(notificationsOf(await send('/mcp/cn_1', null, { session: await open(), method: 'GET' })));
    }
    const refused = await send('/mcp/cn_1', initialize);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('30');
    await Promise.all(streams.map((stream) => stream.cancel()));
  });
});

describe('a request of the 2025 revisions without a session', () => {
  it('is answered by itself', async () => {
    double.answer(() => ({ kind: 'read', output: sampleWeight }));
    expect(await (await send('/mcp/cn_1', read)).text()).toContain('12.480');
  });
});

describe('a call in a session', () => {
  it('is cancelled by its client, and by no other session of the same id', async () => {
    const called = Promise.withResolvers<AbortSignal>();
    double.answer(async ({ signal }) => {
      called.resolve(signal);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      return { kind: 'read', output: sampleWeight };
    });
    const [mine, other] = [await open(), await open()];
    const answer = send('/mcp/cn_1', read, { session: mine });
    const signal = await called.promise;
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: read.id } };
    expect((await send('/mcp/cn_1', cancel, { session: other })).status).toBe(202);
    expect(signal.aborted).toBe(false);
    expect((await send('/mcp/cn_1', cancel, { session: mine })).status).toBe(202);
    expect(signal.aborted).toBe(true);
    expect(await (await answer).text()).not.toContain('result');
  });
});
