import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type MagentoSimulator, type StoreFault, startMagentoSimulator } from '../../drivers/saas-magento/simulator.ts';
import { type ConnectOptions, type ResolvedAddress, systemResolve } from './connect.ts';
import { createHttpTransport } from './http-transport.ts';
import { readTarget } from './target.ts';

const KEY = 'mg_live_9f4c2e8b1a41';
const get = { method: 'GET', target: '/rest/V1/orders/7', body: null } as const;
let store: MagentoSimulator;

beforeEach(async () => {
  store = await startMagentoSimulator({ tokens: [KEY] });
});
afterEach(() => store.close());

interface Options {
  readonly url?: string;
  readonly allowed?: readonly string[];
  readonly resolve?: ConnectOptions['resolve'];
  readonly ca?: string;
}

function transport({ url = store.url, allowed = ['127.0.0.1'], resolve = systemResolve, ca }: Options = {}) {
  const authorization = { header: `Bearer ${KEY}`, secrets: [KEY] };
  return createHttpTransport(readTarget(url, allowed), authorization, { resolve, ...(ca === undefined ? {} : { ca }) });
}

const send = (options: Options = {}, signal: AbortSignal | null = null, timeoutMs = 5_000) =>
  transport(options).send(get, { signal, timeoutMs, beforeSend() {} });
const body = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('a request', () => {
  test('carries credential, host and what it asks, and nothing more', async () => {
    expect(await send()).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(store.seen[0]?.headers).toEqual({
      host: `127.0.0.1:${store.port}`,
      authorization: `Bearer ${KEY}`,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'fibric-edge',
      connection: 'close',
    });
    const post = { method: 'POST', target: '/rest/V1/orders/7/hold', body: '{"a":"é"}' } as const;
    await transport().send(post, { signal: null, timeoutMs: 5_000, beforeSend() {} });
    expect(store.seen[1]).toMatchObject({
      headers: { 'content-length': '10', 'content-type': 'application/json' },
      body: '{"a":"é"}',
    });
  });

  test('goes below the path of the address', async () => {
    await send({ url: `${store.url}/shop/` });
    expect(store.seen[0]?.target).toBe('/shop/rest/V1/orders/7');
  });

  test('is not sent when the gate says no', async () => {
    const refused = transport().send(get, {
      signal: null,
      timeoutMs: 5_000,
      beforeSend() {
        throw new Error('no');
      },
    });
    await expect(refused).rejects.toThrow('no');
    expect(store.seen).toEqual([]);
  });

  test('is not let through the gate before there is a connection', async () => {
    let admitted = false;
    await store.close();
    const refused = transport().send(get, {
      signal: null,
      timeoutMs: 5_000,
      beforeSend() {
        admitted = true;
      },
    });
    await expect(refused).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringContaining('refuses connections'),
    });
    expect(admitted).toBe(false);
  });

  test('ends when it is called off, and when time is up', async () => {
    store.fail({ kind: 'silent', work: false });
    const controller = new AbortController();
    const called = send({}, controller.signal);
    await store.nextRequest();
    const reason = new Error('called off');
    controller.abort(reason);
    await expect(called).rejects.toBe(reason);
    await expect(send({}, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(send({}, null, 30)).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringContaining('30 ms'),
    });
  });
});

describe('an answer', () => {
  test.each<[StoreFault, string, string]>([
    [{ kind: 'reset', work: false }, 'source_unreachable', 'broke the connection off'],
    [{ kind: 'half', work: false }, 'source_unreachable', 'broke the connection off'],
    [{ kind: 'no_http' }, 'bad_reply', 'not answer in HTTP'],
    [{ kind: 'endless' }, 'bad_reply', 'more than 4194304 bytes'],
    [
      { kind: 'redirect', to: 'https://evil.example/steal?x=1' },
      'bad_reply',
      'redirects to https://evil.example (HTTP 302)',
    ],
    [{ kind: 'redirect', to: '/elsewhere' }, 'bad_reply', 'not followed'],
  ])('%j is %s', async (fault, code, message) => {
    store.fail(fault);
    await expect(send()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(store.seen).toHaveLength(1);
  });

  test('with another status is an answer', async () => {
    store.fail({ kind: 'rate_limited', retryAfterS: 3 });
    expect(await send()).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
  });

  test('that repeats the secret comes without it', async () => {
    store.fail({ kind: 'echo' });
    const answer = await send();
    expect(body(answer.body)).toBe('{"message":"Bad header: Bearer ****"}');
  });
});

describe('a name', () => {
  const public4 = '93.184.216.34';

  test.each([
    [['127.0.0.1'], 'loopback'],
    [['::1'], 'loopback'],
    [['::ffff:127.0.0.1'], 'loopback'],
    [['10.0.0.5'], 'private'],
    [['169.254.169.254'], 'linkLocal'],
    [['fd00:ec2::254'], 'uniqueLocal'],
    [['ff02::1'], 'multicast'],
    [[public4, '127.0.0.1'], 'loopback'],
  ])('that leads to %j is refused before anything is connected', async (addresses, range) => {
    const resolve = async (): Promise<ResolvedAddress[]> =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    await expect(send({ url: 'https://store.example', allowed: [], resolve })).rejects.toMatchObject({
      code: 'target_refused',
      message: expect.stringContaining(range),
      hint: expect.stringContaining('allowed_targets'),
    });
    expect(store.seen).toEqual([]);
  });

  test('is asked for once: a second answer of the name server changes nothing', async () => {
    let asked = 0;
    const resolve = async (): Promise<ResolvedAddress[]> => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    const url = `http://store.test:${store.port}`;
    expect(await send({ url, allowed: ['store.test'], resolve })).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    expect(store.seen[0]?.headers.host).toBe(`store.test:${store.port}`);
  });

  test('that turns to another network after it was public is refused at the next request', async () => {
    const answers = ['127.0.0.1', '10.0.0.5'];
    const resolve = async (): Promise<ResolvedAddress[]> => [{ address: answers.shift() ?? '', family: 4 }];
    const options = { url: `http://store.test:${store.port}`, allowed: ['store.test'], resolve };
    const same = transport(options);
    const ask = () => same.send(get, { signal: null, timeoutMs: 5_000, beforeSend() {} });
    expect(await ask()).toMatchObject({ status: 200 });
    await expect(ask()).rejects.toMatchObject({ code: 'target_refused' });
  });

  test('that leads nowhere is unreachable', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    await expect(send({ url: 'https://store.example', allowed: [], resolve })).rejects.toMatchObject({
      code: 'source_unreachable',
      message: "https://store.example can't be found: its name leads nowhere.",
    });
    await expect(send({ url: 'https://store.example', allowed: [], resolve: async () => [] })).rejects.toMatchObject({
      code: 'source_unreachable',
    });
  });
});

describe('https', () => {
  const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
  const ca = fixture('store-cert.pem');
  const toLoopback = async (): Promise<ResolvedAddress[]> => [{ address: '127.0.0.1', family: 4 }];

  async function startTlsStore(): Promise<number> {
    const server = createServer({ key: fixture('store-key.pem'), cert: ca }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('true');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  test('is spoken with the name that was given', async () => {
    const url = `https://store.test:${await startTlsStore()}`;
    const answer = await send({ url, allowed: ['store.test'], resolve: toLoopback, ca });
    expect(body(answer.body)).toBe('true');
  });

  test.each([
    ['store.test', undefined, 'no certificate that this machine trusts'],
    ['other.test', ca, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('to %s needs a certificate for it that is trusted', async (host, authority, message) => {
    const url = `https://${host}:${await startTlsStore()}`;
    const options = { url, allowed: [host], resolve: toLoopback };
    await expect(send(authority === undefined ? options : { ...options, ca: authority })).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringContaining(message),
    });
  });

  test('from a server that never greets ends', async () => {
    const mute = createTcpServer((socket) => socket.end());
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    onTestFinished(() => void mute.close());
    const address = mute.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(
      send({ url: `https://store.test:${port}`, allowed: ['store.test'], resolve: toLoopback }),
    ).rejects.toMatchObject({ code: 'source_unreachable' });
  });
});
