import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Client as FormerClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FormerHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { runScenario } from '../support/conformance/run-suite.ts';
import { startTokenProxy } from '../support/conformance/token-proxy.ts';
import { type LinkedAgent, PATIENCE_MS, startLinkedAgent } from '../support/linked-agent.ts';
import { connectMcp } from '../support/mcp.ts';
import { formerSdk, independent, inspector, presentSdk, type Subject, type Way } from '../support/mcp-subjects.ts';
import { eventually } from '../support/wires.ts';

const accept = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

describe('MCP through a hub', () => {
  let linked: LinkedAgent;
  let scale = '';
  let board = '';
  let own: Awaited<ReturnType<LinkedAgent['makeKey']>>;
  /** Opened at first, so that it has been silent for long when it is looked at. */
  let idle: {
    readonly key: typeof own;
    readonly session: Record<string, string>;
    readonly listener: Awaited<ReturnType<typeof listen>>;
  };

  beforeAll(async () => {
    linked = await startLinkedAgent();
    own = await linked.makeKey(['tools:read', 'tools:act']);
    scale = await linked.connector('front-scale');
    board = await linked.connector('relay-board');
    const key = await linked.makeKey(['tools:read']);
    const session = await openSession(key.key);
    idle = { key, session, listener: await listen(session, key.key) };
  }, 240_000);
  afterAll(() => linked?.close());

  const bearer = (key = own.key) => ({ authorization: `Bearer ${key}` });
  const post = (connectorId: string, body: unknown, headers: Record<string, string> = {}, key = own.key) =>
    ask(linked.hub, {
      method: 'POST',
      path: `/mcp/${connectorId}`,
      headers: { ...accept, ...bearer(key), ...headers },
      body: JSON.stringify(body),
    });
  const initialize = {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  };
  /** A session of 2025-11-25, by hand. */
  const openSession = async (key = own.key): Promise<Record<string, string>> => {
    const opened = await post(scale, initialize, {}, key);
    expect(opened.status).toBe(200);
    const session = {
      'mcp-session-id': String(opened.headers['mcp-session-id']),
      'mcp-protocol-version': '2025-11-25',
    };
    await post(scale, { jsonrpc: '2.0', method: 'notifications/initialized' }, session, key);
    return session;
  };
  /** The stream of notifications of a session; what it says, as it comes. */
  const listen = async (session: Record<string, string>, key = own.key) => {
    const sent = httpRequest(`${linked.hub.url}/mcp/${scale}`, {
      headers: { accept: 'text/event-stream', ...bearer(key), ...session },
      agent: false,
    });
    sent.on('error', () => {});
    sent.end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    if (response === undefined) throw new Error('no answer');
    let text = '';
    response.on('data', (chunk) => {
      text += String(chunk);
    });
    response.on('error', () => {});
    return {
      status: response.statusCode,
      says: (part: string) => eventually(`it says ${part}`, PATIENCE_MS, async () => text.includes(part)),
      ended: new Promise((resolve) => response.once('close', resolve)),
      leave: () => sent.destroy(),
    };
  };

  const subjects: readonly {
    readonly name: string;
    readonly connect: (way: Way) => Promise<Subject>;
    readonly can: readonly string[];
  }[] = [
    {
      name: 'the present SDK on 2026-07-28',
      connect: (way) => presentSdk(way, 'auto'),
      can: ['cancel', 'progress', 'listen'],
    },
    {
      name: 'the present SDK on 2025-11-25',
      connect: (way) => presentSdk(way, 'legacy'),
      can: ['cancel', 'progress', 'listen'],
    },
    { name: 'the 1.x SDK', connect: formerSdk, can: ['cancel', 'progress', 'listen'] },
    { name: 'an independent client', connect: independent, can: ['cancel'] },
    { name: 'the inspector', connect: inspector, can: [] },
  ];

  it.each(subjects)('serves $name', async ({ connect, can }) => {
    const wayTo = (id: string): Way => ({ type: 'http', url: `${linked.hub.url}/mcp/${id}`, token: own.key });
    const atScale = await connect(wayTo(scale));
    const atBoard = await connect(wayTo(board));
    try {
      expect([...(await atScale.toolNames())].sort()).toEqual(['scale_tare', 'scale_zero', 'weight_read']);
      // One process a request: that much is enough of the inspector.
      const asksAll = can.length > 0;
      if (asksAll) expect(await atScale.promptNames()).toContain('why_is_this_device_red');
      await linked.simulators.change('scale', { gross: '3.210' });
      expect(await atScale.call('weight_read', {})).toMatchObject({
        structuredContent: { value: '3.210', unit: 'kg' },
      });
      const uris = asksAll ? await atScale.resourceUris() : [];
      const uri = uris.find((address) => address.endsWith('weight.read')) ?? '';
      if (asksAll) {
        expect(await atScale.read(uri)).toContain('3.210');
        expect(await atScale.call('weight_read', { nonsense: 1 })).toMatchObject({ isError: true });
      }
      const told: number[] = [];
      const effect =
        atBoard.callTelling === null
          ? await atBoard.call('relay_set', { relay: 1, on: true })
          : await atBoard.callTelling('relay_set', { relay: 1, on: true }, (progress) => told.push(progress));
      expect(effect).toMatchObject({ structuredContent: { outcome: 'applied', sent: true } });
      if (can.includes('progress')) expect(told.length).toBeGreaterThan(1);
      if (can.includes('cancel')) {
        const received = async () =>
          (await linked.simulators.list()).find(({ name }) => name === 'scale')?.received_count ?? 0;
        await linked.simulators.fault('scale', 'silence');
        const before = await received();
        const cancel = new AbortController();
        const waiting = atScale.callUntil?.('weight_read', { wait_stable_ms: 20_000 }, cancel.signal);
        waiting?.catch(() => {});
        await eventually('the scale is asked', PATIENCE_MS, async () => (await received()) > before);
        cancel.abort();
        await expect(waiting).rejects.toThrow();
        await linked.simulators.fault('scale', 'none');
        expect((await atScale.call('weight_read', {})).isError ?? false).toBe(false);
      }
      if (can.includes('listen')) {
        const heard = Promise.withResolvers<void>();
        await atScale.listen?.(uri, heard.resolve);
        await atScale.call('weight_read', {});
        await heard.promise;
      }
    } finally {
      await atScale.close();
      await atBoard.close();
    }
  });

  it.each<['2026-07-28' | '2025-11-25', string]>([
    ['2026-07-28', 'http-header-validation'],
    ['2025-11-25', 'server-session-lifecycle'],
  ])('passes the conformance suite: %s %s', async (revision, scenario) => {
    const door = await startTokenProxy(linked.hub.url, own.key);
    try {
      const { passed, output } = await runScenario(`${door.origin}/mcp/${scale}`, scenario, revision);
      expect(passed, output.slice(-4_000)).toEqual([scenario]);
    } finally {
      await door.close();
    }
  });

  it('refuses what does not reach it, with the reason', async () => {
    const call = (name: string, args: object = {}) => ({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args },
    });
    const reader = await linked.makeKey(['tools:read']);
    const stranger = await linked.makeKey(['events:read']);
    const none = await post(scale, initialize, { authorization: 'Bearer sk_test_nobody' });
    expect([none.status, none.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Bearer error="invalid_token".*scope="tools:read tools:act"$/),
    ]);
    expect((await post(scale, initialize, {}, stranger.key)).status).toBe(403);
    const act = await post(board, call('relay_set', { relay: 2, on: true }), {}, reader.key);
    expect([act.status, act.headers['www-authenticate']]).toEqual([
      403,
      expect.stringMatching(/^Bearer error="insufficient_scope".*scope="tools:act"$/),
    ]);
    expect((await post(scale, call('weight_read'), { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post(scale, call('weight_read'), { origin: 'null' })).status).toBe(403);
    expect((await post(scale, call('weight_read'), { origin: linked.proxy.url })).status).toBe(200);
    expect((await post('cn_nobody', call('weight_read'))).status).toBe(404);
    expect((await post(scale, call('weight_read'), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(scale, { padding: 'x'.repeat(1024 * 1024) })).status).toBe(413);
    const put = await ask(linked.hub, { method: 'PUT', path: `/mcp/${scale}`, headers: bearer() });
    expect([put.status, put.headers.allow]).toEqual([405, 'POST, GET, DELETE']);
    const get = await ask(linked.hub, { method: 'GET', path: `/mcp/${scale}`, headers: { ...bearer(), ...accept } });
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const nested = await ask(linked.hub, {
      method: 'POST',
      path: `/mcp/${scale}`,
      headers: { ...accept, ...bearer() },
      body: deep,
    });
    expect(nested.status).toBe(400);
    // What the machine did not grant is told as such, and its tools are not listed.
    await linked.agent.api.setCloudGrants({ read: true, act: false, install: false, care: false });
    try {
      const denied = await eventually('the hub knows', PATIENCE_MS, async () => {
        const answer = await post(board, call('relay_set', { relay: 2, on: true }));
        return answer.body.error?.message.includes('fibric-edge cloud grant act') && answer;
      });
      expect(denied.status).toBe(403);
      const client = await connectMcp(linked.hub, board, own.key);
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['relay_read']);
      await client.close();
    } finally {
      await linked.agent.api.setCloudGrants({ read: true, act: true, install: false, care: false });
    }
  });

  it('binds a session to its key, and ends it when asked', async () => {
    const other = await linked.makeKey(['tools:read', 'tools:act']);
    const session = await openSession();
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    expect((await post(scale, list, session)).status).toBe(200);
    expect((await post(scale, list, session, other.key)).status).toBe(404);
    expect((await post(board, list, session)).status).toBe(404);
    const bare = String(session['mcp-session-id']).replace(/\..*$/, '');
    expect((await post(scale, list, { ...session, 'mcp-session-id': bare })).status).toBe(404);
    const end = (key: string) =>
      ask(linked.hub, { method: 'DELETE', path: `/mcp/${scale}`, headers: { ...bearer(key), ...session } });
    expect((await end(other.key)).status).toBe(404);
    expect((await end(own.key)).status).toBe(200);
    expect((await post(scale, list, session)).status).toBe(404);
  });

  it('shows an idle listener that it lives, and ends it with its key', async () => {
    const { session, listener, key } = idle;
    await listener.says(': keepalive');
    await linked.admin.revokeKey(key.id);
    await listener.ended;
    expect((await post(scale, { jsonrpc: '2.0', id: 1, method: 'ping' }, session, key.key)).status).toBe(401);
  });

  it('keeps a session over a cut link, with what was missed meanwhile', async () => {
    const session = await openSession();
    const listener = await listen(session);
    expect(listener.status).toBe(200);
    linked.proxy.cut();
    await listener.ended;
    await linked.agent.api.updateConnector(scale, { name: 'scale-two' });
    await linked.untilLinked();
    const again = await listen(session);
    await again.says('notifications/tools/list_changed');
    await linked.agent.api.updateConnector(scale, { name: 'front-scale' });
    await linked.connector('front-scale');
    // Whoever listens anew takes over: the former stream may be a connection that is dead and open.
    const newest = await listen(session);
    await again.ended;
    await linked.agent.api.updateConnector(scale, { name: 'scale-three' });
    await newest.says('notifications/tools/list_changed');
    await linked.agent.api.updateConnector(scale, { name: 'front-scale' });
    newest.leave();
  });

  it('goes on for a client of the 1.x SDK after the hub was killed, in the same session', async () => {
    const client = new FormerClient({ name: 'former', version: '1.0.0' });
    const transport = new FormerHttp(new URL(`${linked.hub.url}/mcp/${scale}`), { requestInit: { headers: bearer() } });
    await client.connect(transport as Parameters<FormerClient['connect']>[0]);
    const { sessionId } = transport;
    await linked.restartHub();
    await linked.untilLinked();
    await linked.connector('front-scale');
    const read = await client.callTool({ name: 'weight_read', arguments: {} });
    expect(read.isError ?? false).toBe(false);
    expect(transport.sessionId).toBe(sessionId);
    await client.close();
  });

  it('shows a remote technician how a connector was, and its wire where the machine grants care', async () => {
    const technician = await linked.makeKey(['connectors:read', 'connectors:write', 'tools:read']);
    const get = (path: string, method = 'GET', body?: object) =>
      ask(linked.hub, { method, path: `/v1/connectors/${scale}${path}`, headers: bearer(technician.key), body });
    const health = await get('/health');
    expect(health.body).toMatchObject({ object: 'health_timeline', connector_id: scale });
    expect(health.body.spans.at(-1)).toMatchObject({ state: 'ok' });
    const refused = await get('/wire');
    expect([refused.status, refused.body.error.details.hint]).toEqual([403, expect.stringContaining('grant care')]);
    await linked.agent.api.setCloudGrants({ read: true, act: true, install: false, care: true });
    expect((await get('/wire', 'PUT', { recording: true })).body).toMatchObject({ recording: { on: true } });
    const followed = httpRequest(`${linked.hub.url}/v1/connectors/${scale}/wire/stream`, {
      headers: bearer(technician.key),
      agent: false,
    });
    followed.on('error', () => {});
    followed.end();
    const [stream]: IncomingMessage[] = await once(followed, 'response');
    let text = '';
    stream?.on('data', (chunk) => {
      text += String(chunk);
    });
    stream?.on('error', () => {});
    await post(scale, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'weight_read' } });
    await eventually('the bytes are seen', PATIENCE_MS, async () => text.includes('"direction":"out"'));
    followed.destroy();
    expect((await get('/wire')).body.entries.length).toBeGreaterThan(0);
    expect((await get('/wire', 'DELETE')).body.entries).toEqual([]);
    expect((await get('/wire', 'PUT', { recording: false })).body).toMatchObject({ recording: { on: false } });
    await linked.agent.api.setCloudGrants({ read: true, act: true, install: false, care: false });
  });

  it('says of a machine that is away that nothing was sent, and ends listeners with the pairing', async () => {
    const session = await openSession();
    const listener = await listen(session);
    const [agent] = await linked.admin.listAgents();
    await linked.admin.revokeAgent(agent?.id ?? '');
    await listener.ended;
    expect((await post(scale, { jsonrpc: '2.0', id: 1, method: 'ping' }, session)).status).toBe(404);
  });
});
