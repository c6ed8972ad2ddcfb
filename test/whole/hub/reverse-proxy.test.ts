import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, edge, startAgent } from '../support/agent-process.ts';
import { ask } from '../support/ask.ts';
import { type Authority, makeAuthority } from '../support/certificates.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { behindNginx, freePort, hasNginx, type Nginx, startNginx } from '../support/nginx.ts';
import { eventually } from '../support/wires.ts';

const PATIENCE_MS = 90_000;

/** A machine elsewhere, as nginx sees it: every address of 127.0.0.0/8 is this machine's. */
type From = `127.0.0.${number}`;

describe.skipIf(!hasNginx)(behindNginx('a hub behind a reverse proxy that ends TLS'), () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-reverse-'));
  const hubDir = join(scratch, 'hub');
  const agentDir = join(scratch, 'agent');
  let authority: Authority;
  let hub: HubProcess;
  let nginx: Nginx;
  let agent: AgentProcess;
  let origin = '';
  let key = '';

  const open = async (
    method: string,
    path: string,
    { from = '127.0.0.2', headers = {}, body }: { from?: From; headers?: Record<string, string>; body?: object } = {},
  ): Promise<IncomingMessage> => {
    const sent = httpsRequest(`${origin}${path}`, {
      method,
      ca: authority.root,
      agent: false,
      host: '127.0.0.1',
      servername: 'localhost',
      localAddress: from,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response]: IncomingMessage[] = await once(sent, 'response');
    if (response === undefined) throw new Error('no answer');
    return response;
  };
  const through = async (...asked: Parameters<typeof open>) => {
    const response = await open(...asked);
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  };
  /** What a stream says, as it comes. */
  const follow = async (...asked: Parameters<typeof open>) => {
    const response = await open(...asked);
    let text = '';
    response.on('error', () => {});
    response.on('data', (chunk) => {
      text += String(chunk);
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      says: (part: string) => eventually(`it says ${part}`, PATIENCE_MS, async () => text.includes(part)),
      isOpen: () => !response.complete,
      leave: () => response.destroy(),
    };
  };
  const bearer = (secret = key) => ({ authorization: `Bearer ${secret}` });
  const grants = { read: true, act: true, install: false, care: false };
  const begin = { public_key: 'A'.repeat(43), name: 'machine', version: '1', grants };
  const seenAs = async (code: string) =>
    (await through('GET', `/v1/pairings/${code}`, { headers: bearer() })).body.address;
  const makeKey = async (tenant: string): Promise<string> => {
    await hub.api.createTenant(tenant);
    const args = ['hub', 'keys', 'create', '--tenant', tenant, '--test', '--name', 'p', '--role', 'admin', '--json'];
    return JSON.parse((await edge(hubDir, ...args)).stdout).key;
  };

  beforeAll(async () => {
    authority = await makeAuthority('Factory');
    writeFileSync(join(scratch, 'root.pem'), authority.root);
    const port = await freePort();
    origin = `https://localhost:${port}`;
    hub = await startHubProcess({ dataDir: hubDir, origin, more: ['--trusted-proxy', '127.0.0.1', '::1'] });
    const hubPort = Number(new URL(hub.url).port);
    nginx = await startNginx({
      folder: join(scratch, 'nginx'),
      port,
      hubPort,
      certificate: await authority.issue(['localhost']),
    });
    key = await makeKey('acme');
    agent = await startAgent({ dataDir: agentDir, demo: true });
    const trusting = await edge(agentDir, 'cloud', 'ca', 'set', join(scratch, 'root.pem'));
    expect(trusting.code, trusting.stderr).toBe(0);
  }, 240_000);
  afterAll(async () => {
    await agent?.stop();
    await nginx?.stop();
    await hub?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('counts the open pairings of each machine apart, whatever a machine says of where it is', async () => {
    const machine = (from: From, headers: Record<string, string> = {}) =>
      through('POST', '/v1/pairings', { from, headers, body: begin });
    const codes: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) codes.push((await machine('127.0.0.2')).body.user_code);
    const tries: Record<string, string>[] = [
      {},
      { 'x-forwarded-for': '198.51.100.9' },
      { forwarded: 'for=198.51.100.9' },
    ];
    for (const headers of tries) {
      const refused = await machine('127.0.0.2', headers);
      expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited']);
    }
    const other = await machine('127.0.0.3', { 'x-forwarded-for': '127.0.0.2' });
    expect(other.status).toBe(200);
    expect(await seenAs(codes[0] ?? '')).toBe('127.0.0.2');
    expect(await seenAs(other.body.user_code)).toBe('127.0.0.3');
  });

  it('believes nobody else', async () => {
    const sent = await through('POST', '/v1/pairings', { from: '127.0.0.4', body: begin });
    expect(await seenAs(sent.body.user_code)).toBe('127.0.0.4');
    // From an address that is not the proxy's, straight to the hub.
    const headers = { 'x-forwarded-for': '198.51.100.9', forwarded: 'for=198.51.100.9' };
    const straight = { method: 'POST', path: '/v1/pairings', body: begin, headers, from: '127.0.0.9' };
    const direct = await ask(hub, straight);
    expect(await seenAs(direct.body.user_code)).toBe('127.0.0.9');
  });

  it('counts wrong codes by the address of who types them', async () => {
    const secrets: string[] = [];
    for (const tenant of ['one', 'two', 'three', 'four', 'five']) secrets.push(await makeKey(tenant));
    const type = (secret: string, from: From) =>
      through('GET', '/v1/pairings/BCDF-GHJK', { from, headers: bearer(secret) });
    for (const secret of secrets.slice(0, 4)) {
      for (let turn = 0; turn < 5; turn += 1) expect((await type(secret, '127.0.0.5')).status).toBe(404);
    }
    const [last = ''] = secrets.slice(4);
    expect((await type(last, '127.0.0.5')).status).toBe(429);
    expect((await type(last, '127.0.0.6')).status).toBe(404);
  });

  it('links a machine, and passes on calls, streams and MCP as they come', async () => {
    const begun = await edge(agentDir, 'pair', origin, '--name', 'press-1', '--no-wait', '--json');
    const { pairing, key_words } = JSON.parse(begun.stdout);
    expect(pairing.verification_uri).toBe(`${origin}/pair`);
    await hub.admin('acme').approvePairing(pairing.user_code, { key_words });
    const scale = await eventually('the hub lists the scale', PATIENCE_MS, async () => {
      const { body } = await through('GET', '/v1/connectors?kind=hardware&limit=100', { headers: bearer() });
      return body.data.find(
        (one: { name: string; status: string }) => one.name === 'front-scale' && one.status === 'connected',
      )?.id;
    });
    const news = await follow('GET', '/v1/stream', { headers: bearer() });
    await news.says(': open');
    const events = await follow('GET', '/v1/events/stream', { headers: bearer() });
    const call = { tool: 'weight.read' };
    const read = await through('POST', `/v1/connectors/${scale}/call`, { headers: bearer(), body: call });
    expect(read.body).toMatchObject({ kind: 'read', output: { unit: 'kg' } });
    await agent.api.updateConnector(scale, { name: 'scale-two' });
    await news.says('scale-two');
    await events.says('event: envelope');
    expect([news.isOpen(), events.isOpen()]).toEqual([true, true]);

    const accept = { accept: 'application/json, text/event-stream', ...bearer() };
    for (const path of [`/mcp/${scale}`, '/mcp']) {
      const rpc = (body: object, headers: Record<string, string> = {}) =>
        open('POST', path, { headers: { ...accept, ...headers }, body: { jsonrpc: '2.0', ...body } });
      const clientInfo = { name: 'raw', version: '1' };
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
      const opened = await rpc({ id: 0, method: 'initialize', params });
      opened.resume();
      const session = {
        'mcp-session-id': String(opened.headers['mcp-session-id']),
        'mcp-protocol-version': '2025-11-25',
      };
      (await rpc({ method: 'notifications/initialized' }, session)).resume();
      const listener = await follow('GET', path, { headers: { ...accept, ...session } });
      expect(listener.status).toBe(200);
      await agent.api.updateConnector(scale, { name: path === '/mcp' ? 'scale-four' : 'scale-three' });
      await listener.says('notifications/tools/list_changed');
      expect(listener.isOpen()).toBe(true);
      listener.leave();
    }
    news.leave();
    events.leave();
  });

  it('signs its page in from its own origin alone, with a cookie for HTTPS only', async () => {
    const signIn = (from: string) => through('POST', '/session', { headers: { origin: from }, body: { key } });
    const signed = await signIn(origin);
    expect(signed.status).toBe(200);
    expect(String(signed.headers['set-cookie'])).toMatch(/; Secure/);
    expect(signed.body.hub.origin).toBe(origin);
    for (const other of ['https://evil.example', origin.replace('https', 'http').replace('localhost', 'elsewhere')]) {
      const refused = await signIn(other);
      expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden_origin']);
    }
  });

  it('refuses a body that is too large itself, and not the proxy', async () => {
    const refused = await through('POST', '/v1/pairings', { body: { ...begin, name: 'x'.repeat(1_200_000) } });
    expect([refused.status, refused.body.error.code]).toEqual([413, 'payload_too_large']);
  });

  it('wants to know its own address, and takes proxies only as addresses', async () => {
    const run = (...args: string[]) => edge(join(scratch, 'other'), 'hub', 'run', '--port', '0', ...args);
    expect((await run('--trusted-proxy', '127.0.0.1')).stderr).toContain('--trusted-proxy needs --origin');
    const named = await run('--origin', origin, '--trusted-proxy', 'proxy.example');
    expect(named.stderr).toContain('--trusted-proxy proxy.example is no address and no network');
    expect(named.code).not.toBe(0);
  });
});
