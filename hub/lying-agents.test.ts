import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { JsonObject } from '../drivers/kit/index.ts';
import { type ApiClient, createApiClient } from '../main/api/client.ts';
import { linkPath, maxFrameBytes, maxRequests, relayWindow } from '../main/api/link/index.ts';
import { sampleConnector, sampleDevice } from '../main/api/testing/samples.ts';
import { mostTold } from './agents/told-limits.ts';
import { type Hub, startHub } from './start-hub.ts';
import { pairRawAgent, type RawAgent, type RawLink } from './testing/raw-agent.ts';

/** A hub, and machines that don't keep to the protocol. Another machine is linked all the while, and stays so. */
describe('a hub', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-hub-lies-'));
  const keys = { live: '', test: '' };
  const open: RawLink[] = [];
  let hub: Hub;
  let where: { readonly url: string; readonly origin: string; readonly socketPath: string };
  let program: ApiClient;
  let honest: RawLink;
  let count = 0;

  beforeAll(async () => {
    hub = await startHub({
      dataDir: join(scratch, 'hub'),
      host: '127.0.0.1',
      port: 0,
      origin: null,
      name: 'hub',
      heartbeatMs: 300_000,
      rateLimitPerMinute: 1_000_000,
      quiet: true,
      tls: null,
      trustedProxies: [],
    });
    where = { url: hub.url, origin: hub.origin, socketPath: join(hub.dataDir, 'run', 'hub.sock') };
    const bare = createApiClient({ socketPath: where.socketPath });
    await bare.createTenant('acme');
    bare.close();
    for (const mode of ['live', 'test'] as const) {
      const admin = createApiClient({ socketPath: where.socketPath, headers: { 'fibric-hub-tenant': tenant(mode) } });
      keys[mode] = (await admin.createKey({ name: 'programs', role: 'admin' })).key ?? '';
      admin.close();
    }
    program = createApiClient({ baseUrl: hub.url, token: keys.test });
    honest = await (await pair('test')).link();
  });
  afterAll(async () => {
    program.close();
    await hub.close();
    rmSync(scratch, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const { socket } of open.splice(0)) socket.terminate();
    expect(honest.socket.readyState).toBe(WebSocket.OPEN);
  });

  const tenant = (mode: 'live' | 'test') => (mode === 'test' ? 'acme/test' : 'acme');
  const pair = (mode: 'live' | 'test'): Promise<RawAgent> => {
    count += 1;
    return pairRawAgent(where, tenant(mode), `machine-${count}`);
  };
  const link = async (mode: 'live' | 'test' = 'test'): Promise<RawLink> => {
    const opened = await (await pair(mode)).link();
    open.push(opened);
    return opened;
  };
  const get = async (path: string, key: string) => {
    const answer = await fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value));
  const item = (kind: 'connector' | 'device', id: string, body: object) =>
    ({ type: 'item', kind, id, digest: `digest of ${id}`, body: plain(body) }) as const;
  const connectorItem = (id: string, changes = {}) =>
    item('connector', id, { connector: sampleConnector({ id, ...changes }), tools: [] });
  /** What was said before this was heard. */
  const heard = async ({ send, frame }: RawLink, ...known: readonly string[]) => {
    const mark = { kind: 'device', id: `mark_${count}`, digest: 'none' } as const;
    const items = known.map((id) => ({ kind: 'connector', id, digest: `digest of ${id}` }) as const);
    send({ type: 'inventory', items: [mark, ...items] });
    return (await frame('want')).items.map(({ id }) => id).filter((id) => id !== mark.id);
  };

  it.each([
    ['garbage', (socket: WebSocket) => socket.send('{"type":')],
    ['bytes', (socket: WebSocket) => socket.send(Buffer.from([1, 2, 3]))],
    ['a frame of nothing that there is', (socket: WebSocket) => socket.send('{"type":"everything"}')],
    ['more than a frame may have', (socket: WebSocket) => socket.send('x'.repeat(maxFrameBytes + 1))],
    ['half a frame and then nothing', (socket: WebSocket) => socket.terminate()],
  ])('ends the link of a machine that sends %s, and no other', async (_what, send) => {
    const { socket, ended } = await link();
    send(socket);
    expect([1006, 1009, 4004]).toContain(await ended);
  });

  it('reads little of a connection that has not said who it is', async () => {
    const stranger = new WebSocket(`${hub.url.replace(/^http/, 'ws')}${linkPath}`);
    stranger.on('error', () => {});
    const ended = new Promise((resolve) => stranger.once('close', resolve));
    await new Promise((resolve) => stranger.once('open', resolve));
    stranger.send('x'.repeat(maxFrameBytes - 1));
    await ended;
  });

  it('has so many requests at a machine and no more, and tells the rest at once', async () => {
    const { send, frame } = await link();
    send(connectorItem('cn_slow'));
    await heard({ send, frame } as RawLink, 'cn_slow');
    const call = () =>
      fetch(`${hub.url}/v1/connectors/cn_slow/test`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.test}`, 'content-type': 'application/json' },
        body: '{}',
      });
    const under = Array.from({ length: maxRequests }, call);
    for (let index = 0; index < maxRequests; index += 1) await frame('request');
    const refused = await call();
    expect(refused.status).toBe(502);
    expect(JSON.stringify(await refused.json())).toContain('agent_busy');
    for (const { socket } of open.splice(0)) socket.terminate();
    const answers = await Promise.all(under.map(async (asked) => (await asked).status));
    expect(new Set(answers)).toEqual(new Set([502]));
  });

  it('cuts off a machine that asks and asks and reads nothing, before much waits for it', async () => {
    const lying = await link();
    lying.socket.pause();
    const items = Array.from({ length: 2_000 }, (_, index) => ({
      kind: 'connector' as const,
      id: `cn_${index}`,
      digest: '0',
    }));
    const inventory = JSON.stringify({ type: 'inventory', items });
    let over = false;
    void lying.ended.then(() => {
      over = true;
    });
    const rssBefore = process.memoryUsage.rss();
    // Its end is seen by writing: nothing is read here.
    for (let round = 0; round < 4_000 && !over && lying.socket.readyState === WebSocket.OPEN; round += 1) {
      await new Promise<void>((resolve) => lying.socket.send(inventory, () => resolve()));
    }
    expect(lying.socket.readyState).not.toBe(WebSocket.OPEN);
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(300 * 1024 * 1024);
  });

  it('cuts off a machine that sends more of an answer than its reader takes', async () => {
    const lying = await link();
    lying.send(connectorItem('cn_flood'));
    await heard(lying, 'cn_flood');
    const asked = fetch(`${hub.url}/mcp/cn_flood`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.test}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    const { id } = await lying.frame('request');
    lying.send({ type: 'head', id, status: 200, headers: { 'content-type': 'text/plain' } });
    lying.send({ type: 'chunk', id, text: 'the first of many' });
    const answer = await asked;
    const text = 'x'.repeat(512 * 1024);
    // Nobody reads the answer, so nothing is taken once the connection is full.
    for (let part = 0; part < relayWindow * 16 && lying.socket.readyState === WebSocket.OPEN; part += 1) {
      await new Promise<void>((resolve) => {
        lying.socket.send(JSON.stringify({ type: 'chunk', id, text }), () => resolve());
      });
    }
    await lying.ended;
    await expect(answer.text()).rejects.toThrow();
  });

  it('keeps so much of what a machine shows and no more', async () => {
    const greedy = await link();
    const devices = Array.from({ length: mostTold + 10 }, (_, index) => `dev_many_${index}`);
    for (const id of devices) greedy.send(item('device', id, { device: sampleDevice({ id }) }));
    const large = { config: { note: 'x'.repeat(1024 * 1024) } };
    greedy.send(connectorItem('cn_large', large));
    greedy.send(connectorItem('cn_not_its_id', { id: 'cn_another' }));
    const known = [...devices.map((id) => ['device', id] as const), ['connector', 'cn_large'] as const];
    greedy.send({ type: 'inventory', items: known.map(([kind, id]) => ({ kind, id, digest: `digest of ${id}` })) });
    const wanted = (await greedy.frame('want')).items.map(({ id }) => id);
    expect(wanted).toEqual([...devices.slice(mostTold), 'cn_large']);
    // Room that is given back is there again.
    greedy.send({ type: 'gone', kind: 'device', id: 'dev_many_0' });
    greedy.send(connectorItem('cn_small'));
    greedy.send({ type: 'inventory', items: [{ kind: 'connector', id: 'cn_small', digest: 'digest of cn_small' }] });
    expect((await greedy.frame('want')).items).toEqual([]);
  });

  it('shows nothing simulated to live keys, whatever a machine of theirs says', async () => {
    const lying = await link('live');
    const simulatedDevice = sampleDevice({ id: 'dev_simulated', simulated: true });
    lying.send(connectorItem('cn_simulated', { simulated: true }));
    lying.send(connectorItem('cn_on_simulated', { device: simulatedDevice }));
    lying.send(item('device', 'dev_simulated', { device: simulatedDevice }));
    lying.send(connectorItem('cn_real'));
    lying.send(connectorItem('cn_turns'));
    lying.send(connectorItem('cn_turns', { simulated: true }));
    await heard(lying, 'cn_real', 'cn_simulated', 'cn_on_simulated', 'cn_turns');
    const { body } = await get('/v1/connectors', keys.live);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['cn_real']);
    expect((await get('/v1/devices', keys.live)).body.data).toEqual([]);
    expect((await get('/v1/connectors/cn_simulated', keys.live)).status).toBe(404);
  });

  it('takes no event of a simulated device with a live key, and those beside it as ever', async () => {
    const event = (simulated: boolean) => ({
      source: 'front-scanner',
      event_type: 'scan.received',
      payload: { at: '2026-07-02T15:20:00Z', ...(simulated ? { simulated: true } : {}), data: {} },
    });
    const post = async (path: string, secret: string, body: object) => {
      const answer = await fetch(`${hub.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: JSON.parse(await answer.text()) };
    };
    const live = await link('live');
    const test = await link('test');
    const events = [true, false, true].map((simulated, index) => ({
      idempotency_key: `k${index}`,
      event: event(simulated),
    }));
    const batch = await post('/v1/events/batch', live.token, { events });
    const statuses = batch.body.results.map((result: { status: string }) => result.status);
    expect(statuses).toEqual(['refused', 'accepted', 'refused']);
    const alone = await post('/v1/events', keys.live, event(true));
    expect([alone.status, alone.body.error.code]).toEqual([400, 'invalid_parameter']);
    expect((await get('/v1/events', keys.live)).body.data).toHaveLength(1);
    const inTest = await post('/v1/events/batch', test.token, { events });
    expect(new Set(inTest.body.results.map((result: { status: string }) => result.status))).toEqual(
      new Set(['accepted']),
    );
  });
});
