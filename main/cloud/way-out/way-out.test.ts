import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server as ProxyServer } from 'proxy-chain';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Authority, makeAuthority, type ServerCertificate } from '../../../test/whole/support/certificates.ts';
import { systemClock } from '../clock.ts';
import { walkTo } from './walk.ts';
import { createWayOut, type WayOut, type WayOutOptions } from './way-out.ts';

const never = new AbortController().signal;
const closers: (() => Promise<void> | void)[] = [];
let authority: Authority;
let stranger: Authority;

beforeAll(async () => {
  authority = await makeAuthority('Company');
  stranger = await makeAuthority('Somebody else');
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Settings and secrets in memory; what was written is told. */
function parts(config: Partial<WayOutOptions['config']> = {}, environment: WayOutOptions['environment'] = {}) {
  let settings: string | null = null;
  const secrets = new Map<string, string>();
  const way = createWayOut({
    config: { proxy: null, no_proxy: [], ca_file: null, ...config },
    environment,
    state: {
      read: (schema: { parse(row: unknown): unknown }) =>
        settings === null ? [] : [schema.parse({ value: settings })],
      write: async ([statement]: readonly { readonly parameters?: Readonly<Record<string, unknown>> }[]) => {
        settings = String(statement?.parameters?.['value']);
      },
    } as never,
    vault: {
      get: async (entry: string) => secrets.get(entry) ?? null,
      set: async (entry: string, secret: string) => void secrets.set(entry, secret),
      delete: async (entry: string) => void secrets.delete(entry),
    } as never,
    clock: systemClock,
  });
  closers.push(() => way.close());
  return { way, settings: () => settings, secrets };
}

async function listening<Kind extends Server>(server: Kind): Promise<{ readonly server: Kind; readonly port: number }> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {}).once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { server, port: (server.address() as AddressInfo).port };
}

const envelope = JSON.stringify({
  error: {
    type: 'authentication_error',
    code: 'key_invalid',
    message: 'This needs a key.',
    doc_url: '',
    request_id: 'req_1',
  },
});
/** What a hub says to somebody without a key. */
const hub = (certificate: ServerCertificate) =>
  listening<HttpServer>(
    createTlsServer(certificate, (_request, response) => {
      response.writeHead(401, { 'Content-Type': 'application/json' }).end(envelope);
    }),
  );

/** A CONNECT proxy that knows `hub.test` as this machine. */
async function startProxy(users: Readonly<Record<string, string>> = {}, certificate: ServerCertificate | null = null) {
  const tries: { username: string; password: string }[] = [];
  const server = new ProxyServer({
    port: 0,
    host: '127.0.0.1',
    ...(certificate === null
      ? ({ serverType: 'http' } as const)
      : ({ serverType: 'https', httpsOptions: certificate } as const)),
    prepareRequestFunction: ({ username, password }) => {
      tries.push({ username, password });
      return {
        requestAuthentication: Object.keys(users).length > 0 && users[username] !== password,
        dnsLookup: ((_host: string, options: { all?: boolean }, done: (...found: unknown[]) => void) =>
          options.all === true
            ? done(null, [{ address: '127.0.0.1', family: 4 }])
            : done(null, '127.0.0.1', 4)) as never,
      };
    },
  });
  await server.listen();
  closers.push(() => server.close(true));
  const place = certificate === null ? 'http://127.0.0.1' : 'https://localhost';
  return { url: `${place}:${server.port}`, tries, server };
}

/** A "proxy" that says one thing. */
async function startLiar(answer: string | null) {
  const { port } = await listening(
    createTcpServer((socket) => {
      socket.once('data', () => (answer === null ? socket.destroy() : socket.end(answer)));
    }),
  );
  return `http://127.0.0.1:${port}`;
}

const reasonOf = async (way: WayOut, origin: string): Promise<AgentError> => {
  const outcome = await way.connect(origin, never).catch((error: unknown) => error);
  if (!(outcome instanceof AgentError)) throw new Error(`no AgentError: ${String(outcome)}`);
  expect(outcome.code).toBe('agent_unreachable');
  return outcome;
};

describe('the way out', () => {
  it('goes through a proxy with user and password, and trusts an added authority beside the system', async () => {
    const { port } = await hub(await authority.issue(['hub.test']));
    const proxy = await startProxy({ edge: 'gehe1m:ü' });
    const { way, settings, secrets } = parts();
    await way.setAuthorities(authority.root);
    const status = await way.setProxy({ url: proxy.url, username: 'edge', password: 'gehe1m:ü' });
    expect(status.proxy).toMatchObject({ url: proxy.url, from: 'settings', username: 'edge', has_password: true });
    const check = await walkTo(way, `https://hub.test:${port}`, never);
    expect(check.steps.map(({ step, result }) => `${step} ${result}`)).toEqual([
      'name ok',
      'connection ok',
      'proxy ok',
      'tls ok',
      'hub ok',
    ]);
    expect(`${settings()}${JSON.stringify([status, check])}`).not.toContain('gehe1m');
    expect([...secrets.values()].join()).toContain('gehe1m');
  });

  it('shows a password to no other proxy than the one it was given for', async () => {
    const first = await startProxy({ edge: 'secret' });
    const second = await startProxy({ edge: 'secret' });
    const { way } = parts();
    await way.setProxy({ url: first.url, username: 'edge', password: 'secret' });
    await way.setProxy({ url: second.url });
    expect((await reasonOf(way, 'https://hub.test:1')).details).toMatchObject({ reason: 'proxy_auth_required' });
    expect(second.tries.every(({ password }) => password === '')).toBe(true);
  });

  it('does not try a refused password again and again, but does when it is set anew or somebody asks', async () => {
    const proxy = await startProxy({ edge: 'right' });
    const { port } = await hub(await authority.issue(['hub.test']));
    const { way } = parts();
    await way.setAuthorities(authority.root);
    await way.setProxy({ url: proxy.url, username: 'edge', password: 'wrong' });
    for (let turn = 0; turn < 5; turn += 1)
      expect((await reasonOf(way, 'https://hub.test:1')).details).toMatchObject({ reason: 'proxy_auth_wrong' });
    expect(proxy.tries).toHaveLength(1);
    await walkTo(way, 'https://hub.test:1', never);
    expect(proxy.tries).toHaveLength(2);
    await way.setProxy({ username: 'edge', password: 'right' });
    (await way.connect(`https://hub.test:${port}`, never)).destroy();
  });

  it.each([
    [
      'HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n',
      'proxy_auth_unsupported',
      /takes only Negotiate, NTLM/,
    ],
    [
      'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm="a, Basic b", nonce="x", qop="auth"\r\n\r\n',
      'proxy_auth_unsupported',
      /takes only Digest/,
    ],
    ['HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM, Basic realm="x"\r\n\r\n', 'proxy_auth_required', /asks for a user/],
    ['HTTP/1.1 407 No\r\n\r\n', 'proxy_auth_required', /asks for a user/],
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'proxy_refused', /403 Forbidden/],
    ['HTTP/1.1 503 Service Unavailable\r\n\r\n', 'proxy_cannot_reach', /503/],
    ['SSH-2.0-OpenSSH\r\n', 'proxy_not_http', /no HTTP proxy/],
    [null, 'proxy_broke_off', /without an answer/],
    ['HTTP/1.1 200 Connection established\r\n\r\n', 'tls_broke_off', /closed while TLS.*behind the proxy/],
    ['HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n', 'tls_failed', /does not speak TLS/],
  ])('says what a proxy did that answers %j', async (answer, reason, message) => {
    const { way } = parts({ proxy: await startLiar(answer) });
    const error = await reasonOf(way, 'https://hub.test');
    expect(error.details).toMatchObject({ reason });
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });

  it('says that the proxy is not there', async () => {
    const { server, port } = await listening(createTcpServer());
    server.close();
    const { way } = parts({ proxy: `http://127.0.0.1:${port}` });
    const error = await reasonOf(way, 'https://hub.test');
    expect(error.details).toMatchObject({ step: 'connection', reason: 'proxy_unreachable', seen: 'ECONNREFUSED' });
  });

  it('says who issued a certificate that is not trusted, and where to name the authority', async () => {
    const { port } = await hub(await stranger.issue(['localhost']));
    const { way } = parts({ ca_file: '/nowhere/root.pem' });
    await way.setAuthorities(authority.root);
    const error = await reasonOf(way, `https://localhost:${port}`);
    expect(error.details).toMatchObject({ step: 'tls', reason: 'certificate_untrusted' });
    expect(error.message).toContain('CN=Somebody else (issuing)');
    expect(error.hint).toMatch(/\/nowhere\/root\.pem can't be used.*cloud\.ca_file/);
  });

  it.each([
    [
      { from: -60, until: -2 },
      'certificate_expired',
      /was good until .* and has expired\. This machine's clock says \d{4}-/,
    ],
    [{ from: 2, until: 60 }, 'certificate_not_yet_valid', /is good from .* only\. This machine's clock says \d{4}-/],
  ])('names dates and clock for a certificate of days %j', async (days, reason, message) => {
    const { port } = await hub(await authority.issue(['localhost'], days));
    const { way } = parts();
    await way.setAuthorities(authority.root);
    const error = await reasonOf(way, `https://localhost:${port}`);
    expect(error.details).toMatchObject({ reason });
    expect(error.message).toMatch(message);
  });

  it('names whom a certificate is for that is for somebody else', async () => {
    const { port } = await hub(await authority.issue(['other.test']));
    const { way } = parts();
    await way.setAuthorities(authority.root);
    const error = await reasonOf(way, `https://localhost:${port}`);
    expect(error.details).toMatchObject({ reason: 'certificate_name_mismatch' });
    expect(error.message).toContain('DNS:other.test');
  });

  it('says of something else at the address that it is no hub', async () => {
    const { port } = await listening<HttpServer>(
      createServer((_request, response) => response.end('<h1>Sign in</h1>')),
    );
    const { way } = parts();
    const check = await walkTo(way, `http://localhost:${port}`, never);
    expect(check.steps.at(-1)).toMatchObject({ step: 'hub', result: 'failed', reason: 'not_a_hub' });
  });

  it('leaves the proxy of the configuration to the configuration, but keeps its password', async () => {
    const { way } = parts({ proxy: 'http://proxy.test:3128', no_proxy: ['inside.test'] });
    await expect(way.setProxy({ url: 'http://other.test:1' })).rejects.toThrow(/configuration of this machine names/);
    const status = await way.setProxy({ username: 'edge', password: 'secret' });
    expect(status).toMatchObject({ proxy: { from: 'configuration', username: 'edge' }, exceptions: ['inside.test'] });
    expect(way.proxyTo('https://hub.inside.test')).toBeNull();
    expect(way.proxyTo('https://hub.test')).toBe('http://proxy.test:3128');
    expect((await way.removeProxy()).proxy).toMatchObject({ username: null, has_password: false });
  });

  it('takes user and password of the environment, and shows the user alone', async () => {
    const proxy = await startProxy({ env: 'secret' });
    const { way } = parts({}, { https_proxy: proxy.url.replace('//', '//env:secret@'), no_proxy: 'inside.test' });
    const status = await way.status();
    expect(status).toMatchObject({ proxy: { url: proxy.url, from: 'environment', username: 'env' } });
    expect(JSON.stringify(status)).not.toContain('secret');
    await way.setAuthorities(authority.root);
    const { port } = await hub(await authority.issue(['hub.test']));
    (await way.connect(`https://hub.test:${port}`, never)).destroy();
  });

  it('goes through a proxy that itself speaks TLS, and tells its certificate from that of the hub', async () => {
    const { port } = await hub(await authority.issue(['hub.test']));
    const proxy = await startProxy({ edge: 'secret' }, await authority.issue(['localhost']));
    const { way } = parts();
    await way.setProxy({ url: proxy.url, username: 'edge', password: 'secret' });
    const untrusted = await reasonOf(way, `https://hub.test:${port}`);
    expect(untrusted.details).toMatchObject({ step: 'proxy', reason: 'certificate_untrusted' });
    expect(untrusted.message).toContain(proxy.url);
    expect(proxy.tries).toEqual([]);
    await way.setAuthorities(authority.root);
    expect((await walkTo(way, `https://hub.test:${port}`, never)).result).toBe('ok');
  });

  it('reads the file of the authority again when it has changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edge-ca-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'root.pem');
    const { port } = await hub(await authority.issue(['localhost']));
    writeFileSync(file, stranger.root);
    const { way } = parts({ ca_file: file });
    expect((await way.status()).authorities.map(({ subject }) => subject)).toEqual(['CN=Somebody else']);
    expect((await reasonOf(way, `https://localhost:${port}`)).details).toMatchObject({
      reason: 'certificate_untrusted',
    });
    writeFileSync(`${file}.new`, `${stranger.root}\n# ours\n${authority.root}`);
    renameSync(`${file}.new`, file);
    (await way.connect(`https://localhost:${port}`, never)).destroy();
  });

  it('takes no text without a certificate, and no key, for an authority', async () => {
    const { way } = parts();
    await expect(way.setAuthorities('company')).rejects.toThrow(/no certificate/);
    await expect(way.setAuthorities((await authority.issue(['a.test'])).key)).rejects.toThrow(/private key/);
    const damaged = authority.root.replace(/\n(.{10})/, '\nAAAA$1');
    await expect(way.setAuthorities(damaged)).rejects.toThrow(/damaged/);
  });

  it('ends a connection that nobody waits for any more', async () => {
    const silent = await listening(createTcpServer(() => {}));
    const { way } = parts({ proxy: `http://127.0.0.1:${silent.port}` });
    const abort = new AbortController();
    const connecting = way.connect('https://hub.test', abort.signal);
    await once(silent.server, 'connection');
    abort.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
  });
});
