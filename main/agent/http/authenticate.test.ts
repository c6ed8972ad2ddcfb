import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTokens, createWindowSessions, type Tokens, type WindowSessions } from '../../access/index.ts';
import { createFakeClock, type FakeClock } from '../../access/testing/fake-clock.ts';
import { authenticateRequest } from './authenticate.ts';

const MINUTE_MS = 60_000;
const invalid = expect.objectContaining({ code: 'key_invalid' });

let clock: FakeClock;
let windows: WindowSessions;
let tokens: Tokens;
let token: string;

beforeEach(async () => {
  clock = createFakeClock();
  windows = createWindowSessions({ clock });
  tokens = createTokens({ state: { read: () => [], write: async () => [1] }, clock });
  ({ token } = await tokens.create({ name: 'a', scopes: ['connectors:read'] }));
});

function come(url: string, headers: Readonly<Record<string, string>>) {
  const request = new IncomingMessage(new Socket());
  request.url = url;
  Object.assign(request.headers, headers);
  return authenticateRequest(request, { tokens, windows });
}

describe('a token', () => {
  it('is taken from the Authorization header, in any spelling of Bearer', () => {
    expect(come('/connectors', { authorization: `Bearer ${token}` }).kind).toBe('token');
    expect(come('/connectors', { authorization: `bearer ${token}` }).kind).toBe('token');
  });

  it.each(['/connectors?token=TOKEN', '/connectors?access_token=TOKEN', '/TOKEN/connectors', '/connectors#TOKEN'])(
    'is never taken from an address: %s',
    (url) => {
      expect(() => come(url.replace('TOKEN', token), {})).toThrow(invalid);
    },
  );

  it.each(['TOKEN', 'Basic TOKEN', 'Bearer', 'Bearer ', 'Bearer TOKEN TOKEN', 'Bearer TOKEN,Bearer TOKEN'])(
    'is not read out of %j',
    (authorization) => {
      expect(() => come('/', { authorization: authorization.replaceAll('TOKEN', token) })).toThrow(invalid);
    },
  );

  it('beats a window session: a wrong one is not made good by it', () => {
    const { cookie, headerSecret } = windows.exchange(windows.issueTicket().secret);
    const session = { cookie, 'x-fibric-window': headerSecret };
    expect(come('/', session).kind).toBe('window');
    expect(() => come('/', { ...session, authorization: 'Bearer fe_wrong' })).toThrow(invalid);
  });
});

describe('a window session', () => {
  it.each(['/stream', '/stream?x=1', '/v1/stream'])('is not kept alive by an open stream: %s', (url) => {
    const { cookie, headerSecret } = windows.exchange(windows.issueTicket().secret);
    const session = { cookie, 'x-fibric-window': headerSecret };
    clock.advance(29 * MINUTE_MS);
    expect(come(url, session).kind).toBe('window');
    clock.advance(MINUTE_MS);
    expect(() => come('/connectors', session)).toThrow(invalid);
  });

  it('is not kept alive by what the page asks by itself', () => {
    const { cookie, headerSecret } = windows.exchange(windows.issueTicket().secret);
    const session = { cookie, 'x-fibric-window': headerSecret };
    clock.advance(29 * MINUTE_MS);
    expect(come('/connectors', { ...session, 'x-fibric-unattended': '1' }).kind).toBe('window');
    clock.advance(MINUTE_MS);
    expect(() => come('/connectors', session)).toThrow(invalid);
  });

  it.each(['/connectors', '/connectors?capability=a/stream', '/streams'])('is kept alive by %s', (url) => {
    const { cookie, headerSecret } = windows.exchange(windows.issueTicket().secret);
    const session = { cookie, 'x-fibric-window': headerSecret };
    clock.advance(29 * MINUTE_MS);
    come(url, session);
    clock.advance(29 * MINUTE_MS);
    expect(come('/connectors', session).kind).toBe('window');
  });
});
