import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { createApiClient } from './client.ts';
import { readServerSentEvents } from './client-events.ts';
import { sampleConnector } from './testing/samples.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let client: ReturnType<typeof createApiClient>;
beforeEach(async () => {
  server = await startTestServer();
  client = createApiClient({ baseUrl: server.url, token: 'admin' });
});
afterEach(async () => {
  client.close();
  await server.close();
});

describe('the client', () => {
  it('speaks to every route in the forms of the schemas', async () => {
    const installed = await client.installConnector({ listing: 'cn-scale-sics', auth: { type: 'none' } });
    const { id } = installed;
    expect((await client.listListings()).map((listing) => listing.id)).toContain('cn-scale-sics');
    expect((await client.listDevices()).map((device) => device.id)).toEqual(['dev_1']);
    expect((await client.getDevice('dev_1')).id).toBe('dev_1');
    expect((await client.identifyDevice('dev_1')).recognised).toBe(true);
    expect((await client.confirmDevice('dev_1')).id).toBe('dev_1');
    expect((await client.getConnector(id)).tools).toHaveLength(2);
    expect((await client.updateConnector(id, { name: 'Front' })).name).toBe('Front');
    expect((await client.testConnector(id)).status).toBe('passed');
    expect(await client.listConnectorTests(id)).toHaveLength(1);
    expect(await client.listConnectorTools(id)).toHaveLength(2);
    expect((await client.listReadings(id))[0]?.value).toEqual({ value: '12.480', unit: 'kg' });
    const policy = { default: 'deny', tools: { 'scale.zero': { decision: 'allow' } } } as const;
    expect(await client.setPolicy(id, policy)).toEqual(policy);
    expect(await client.getPolicy(id)).toEqual(policy);
    expect((await client.applyInstallRules('rule')).data).toHaveLength(1);
    expect(await client.callTool(id, { tool: 'weight_read' })).toMatchObject({ kind: 'read', tool: 'weight.read' });
    expect(await client.previewTool(id, { tool: 'scale_zero' })).toMatchObject({
      object: 'preview',
      tool: 'scale.zero',
    });
    expect((await client.listJournal({ state: 'unknown', limit: 5 })).data).toHaveLength(1);
    expect((await client.getJournalEntry('jr_1')).state).toBe('unknown');
    expect((await client.settleJournalEntry('jr_1', { answer: 'happened', note: 'seen' })).settlement?.note).toBe(
      'seen',
    );
    expect((await client.acknowledgeJournal()).acknowledged).toBe(true);
    const token = await client.createToken({ name: 't', scopes: ['tools:read'] });
    expect(await client.listTokens()).toHaveLength(1);
    expect((await client.revokeToken(token.id)).revoked_at).not.toBeNull();
    expect((await client.setPause(true)).paused).toBe(true);
    expect((await client.getPause()).paused).toBe(true);
    expect((await client.getHealth()).status).toBe('ok');
    expect((await client.runDoctor()).checks).toHaveLength(1);
    expect((await client.tailLogs({ level: 'info', limit: 5 })).data).toHaveLength(1);
    expect((await client.createWindowTicket()).page_path).toBe('/run/sign-in.html');
    expect((await client.createWindowForm()).ticket).toBe('once');
    expect((await client.setKioskPin({ pin: '4711' })).set).toBe(true);
    expect((await client.getKioskPin()).set).toBe(false);
    expect((await client.unlockKiosk('4711')).unlocked).toBe(true);
    expect(await client.request('GET', `/v1/connectors/${id}`)).toMatchObject({ id });
    expect((await client.removeConnector(id)).deleted).toBe(true);
  });

  it('follows cursors to the end of a list', async () => {
    server.backend.connectors = Array.from({ length: 250 }, (_, index) => sampleConnector({ id: `cn_${index}` }));
    expect(await client.listConnectors({ kind: 'hardware' })).toHaveLength(250);
  });

  it('rejects with the error that the agent answered, hint and facts included', async () => {
    server.backend.testConnector = async () => {
      throw new AgentError('port_busy', 'Port in use by PuTTY.', {
        hint: 'Close PuTTY.',
        details: { device: 'dev_1' },
      });
    };
    const error = await client.testConnector('cn_1').catch((caught: unknown) => caught);
    expect(AgentError.is(error, 'connector_upstream_error')).toBe(true);
    expect(error).toMatchObject({
      message: 'Port in use by PuTTY.',
      hint: 'Close PuTTY.',
      details: { upstream: { reason: 'port_busy', device: 'dev_1' } },
    });
  });

  it('is agent_unreachable with a hint when nothing listens', async () => {
    const nowhere = createApiClient({ socketPath: join(tmpdir(), 'no-such-agent.sock') });
    const error = await nowhere.getHealth().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'agent_unreachable' });
    expect(error instanceof AgentError && error.hint).toContain('fibric-edge run');
    nowhere.close();
  });

  it('asks again when the agent closed the kept connection meanwhile, but only what changes nothing', async () => {
    let heard = 0;
    const closing = createTcpServer((socket) => {
      let answered = 0;
      socket.on('data', () => {
        heard += 1;
        answered += 1;
        // The second request on a connection meets a connection that is being closed.
        if (answered > 1) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
      });
    });
    closing.listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const { port } = closing.address() as AddressInfo;
    const kept = createApiClient({ baseUrl: `http://127.0.0.1:${port}`, token: 'fe_test' });
    await kept.request('GET', '/v1/a');
    expect(await kept.request('GET', '/v1/b')).toEqual({});
    expect(heard).toBe(3);
    await expect(kept.request('POST', '/v1/c', {})).rejects.toMatchObject({ code: 'agent_unreachable' });
    expect(heard).toBe(4);
    kept.close();
    closing.close();
  });

  it('gives up after its time limit and when told to', async () => {
    const silent = createServer(() => {});
    const folder = mkdtempSync(join(tmpdir(), 'api-'));
    silent.listen(join(folder, 's'));
    await once(silent, 'listening');
    const waiting = createApiClient({ socketPath: join(folder, 's') });
    const late = waiting.request('GET', '/v1/health', undefined, { timeoutMs: 20 });
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const stop = new AbortController();
    const stopped = waiting.request('GET', '/v1/health', undefined, { signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    waiting.close();
    silent.closeAllConnections();
    silent.close();
    rmSync(folder, { recursive: true });
  });

  it('refuses an answer of another form', async () => {
    server.backend.listDevices = async () => JSON.parse('[{"id":1}]');
    await expect(client.listDevices()).rejects.toMatchObject({ code: 'internal_error' });
  });
});

describe('calls', () => {
  beforeEach(() => {
    server.backend.connectors = [sampleConnector({ id: 'cn_1' })];
  });
  const call = (tool: string, options: { token?: string; headers?: Record<string, string>; args?: object } = {}) =>
    server.ask('POST', '/v1/connectors/cn_1/call', {
      body: { tool, arguments: options.args ?? {} },
      token: options.token ?? 'full',
      headers: options.headers ?? {},
    });

  it('needs tools:read for a read and tools:act for a side effect', async () => {
    server.addToken('reads', { scopes: ['tools:read'] });
    server.addToken('acts', { scopes: ['tools:act'] });
    expect((await call('weight.read', { token: 'reads' })).status).toBe(200);
    expect((await call('scale.zero', { token: 'acts' })).status).toBe(200);
    const refused = await call('scale_zero', { token: 'reads' });
    expect([refused.status, refused.body.error.details.scope]).toEqual([403, 'tools:act']);
    expect((await call('weight.read', { token: 'acts' })).status).toBe(403);
    expect(server.backend.calls).toHaveLength(2);
  });

  it('does not know a tool that is none or beyond the limit of the token', async () => {
    server.addToken('limited', { tools: ['weight.read'] });
    for (const [tool, token] of [
      ['coffee.brew', 'full'],
      ['__proto__', 'full'],
      ['scale.zero', 'limited'],
    ] as const) {
      const { status, body } = await call(tool, { token });
      expect([status, body.error.code]).toEqual([404, 'unknown_tool']);
    }
  });

  it('takes an Idempotency-Key header as the key of the effect, and asks the journal each time', async () => {
    const headers = { 'Idempotency-Key': 'k1' };
    expect((await call('scale.zero', { headers })).body.result.idempotency_key).toBe('k1');
    expect((await call('scale.zero', { headers })).status).toBe(200);
    expect(server.backend.calls).toHaveLength(2);
    const differing = await call('scale.zero', { headers, args: { idempotency_key: 'k2' } });
    expect(differing.body.error.code).toBe('invalid_parameter');
    expect((await call('weight.read', { headers })).status).toBe(200);
    expect(server.backend.calls.at(-1)?.arguments).toEqual({});
  });

  it('counts an answer as delivered only when it has left', async () => {
    await call('scale.zero');
    expect(server.backend.calls[0]?.delivered).toBe(1);
    const { callTool } = server.backend;
    const called = Promise.withResolvers<AbortSignal>();
    const gone = Promise.withResolvers<void>();
    server.backend.callTool = async (principal, id, body, signal) => {
      signal.addEventListener('abort', () => gone.resolve());
      called.resolve(signal);
      await gone.promise;
      return callTool(principal, id, body, signal);
    };
    const sent = request(`${server.url}/v1/connectors/cn_1/call`, {
      method: 'POST',
      headers: { Authorization: 'Bearer full', 'Content-Type': 'application/json' },
    });
    sent.on('error', () => {});
    sent.end('{"tool":"scale.zero"}');
    await called.promise;
    sent.destroy();
    await gone.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.backend.calls.map(({ delivered }) => delivered)).toEqual([1, 0]);
  });
});

describe('server-sent events', () => {
  it('are the same however the bytes are cut, with any line ends', async () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll(/[\r\n\0]/g, ' '));
    const event = fc.record({ name: fc.constantFrom('reading', 'gap'), data: text.filter((value) => value !== '') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(200), { maxLength: 8 }),
        async (events, end, cuts) => {
          const lines = events.map(({ name, data }) => `: note${end}event: ${name}${end}data: ${data}${end}${end}`);
          const bytes = new TextEncoder().encode(lines.join('') + end);
          const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          async function* chunks() {
            for (const [index, place] of places.entries()) yield bytes.subarray(place, places[index + 1] ?? place);
          }
          const seen: object[] = [];
          for await (const found of readServerSentEvents(chunks())) seen.push(found);
          expect(seen).toEqual(
            events.map(({ name, data }) => ({ name, data: new TextDecoder().decode(new TextEncoder().encode(data)) })),
          );
        },
      ),
    );
  });
});
