import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayAsk, requestSchema, type ShellRequest } from './requests.ts';
import { mayNavigate, pageOwner, placeSchema, staysOnMachine } from './window-policy.ts';

const places = { agentOrigin: 'http://127.0.0.1:7431', pagesUrl: 'file:///opt/fibric-edge/pages/' };

describe('the policy of the window', () => {
  it('knows the pages of the agent and of the shell, and takes all others for strangers', () => {
    expect(pageOwner('http://127.0.0.1:7431/connectors/cn_1?range=5m', places)).toBe('agent');
    expect(pageOwner('file:///opt/fibric-edge/pages/help.html', places)).toBe('shell');
    for (const stranger of [
      'http://127.0.0.1:7432/',
      'https://127.0.0.1:7431/',
      'http://localhost:7431/',
      'http://user@127.0.0.1:7431/',
      'http://127.0.0.1:7431@evil.example/',
      'http://127.0.0.1:7431.evil.example/',
      'file:///opt/fibric-edge/pages/../../../etc/passwd',
      'file:///opt/fibric-edge/pages/%2e%2e/secrets.html',
      'file://server/opt/fibric-edge/pages/help.html',
      'data:text/html,hello',
      'about:blank',
      'javascript:alert(1)',
      'blob:http://127.0.0.1:7431/1',
      '',
      'no address',
    ]) {
      expect([stranger, pageOwner(stranger, places)]).toEqual([stranger, 'stranger']);
    }
    expect(pageOwner('http://127.0.0.1:7431/', { ...places, agentOrigin: null })).toBe('stranger');
  });

  it('lets the agent’s page move within the agent’s pages, and nobody anywhere else', () => {
    const agent = 'http://127.0.0.1:7431/';
    expect(mayNavigate(agent, `${agent}support`, places)).toBe(true);
    expect(mayNavigate(agent, 'file:///opt/fibric-edge/pages/help.html', places)).toBe(false);
    expect(mayNavigate('file:///opt/fibric-edge/pages/help.html', agent, places)).toBe(false);
    expect(mayNavigate(agent, 'https://example.com/', places)).toBe(false);
  });

  it('lets no request leave the machine', () => {
    for (const here of [
      'http://127.0.0.1:7431/v1/health',
      'http://127.8.9.1/',
      'ws://localhost:7431/',
      'http://[::1]:7431/',
      'file:///opt/x.html',
      'data:,x',
      'blob:http://127.0.0.1:7431/1',
    ])
      expect([here, staysOnMachine(here)]).toEqual([here, true]);
    for (const away of [
      'http://example.com/',
      'http://127.0.0.1.example.com/',
      'http://192.168.1.1/',
      'file://server/share',
      'ftp://127.0.0.1/',
      'http://localhost.example/',
      'chrome://settings',
      'nonsense',
    ])
      expect([away, staysOnMachine(away)]).toEqual([away, false]);
  });

  it('takes as places only paths on the agent, whatever is tried', () => {
    expect(placeSchema.safeParse('/connectors/cn_1?tab=wire&hex=1').success).toBe(true);
    for (const wrong of ['//evil.example/', '/\\evil.example', 'http://evil.example', '', '/a b', '/a\n', '/a\\b'])
      expect([wrong, placeSchema.safeParse(wrong).success]).toEqual([wrong, false]);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webPath(), fc.webUrl()), (text) => {
        if (!placeSchema.safeParse(text).success) return;
        expect(new URL(`${places.agentOrigin}${text}`).origin).toBe(places.agentOrigin);
      }),
    );
  });
});

describe('what pages may ask for', () => {
  const asks = requestSchema.options.map(({ shape }) => shape.ask.value);
  const request = (ask: string): ShellRequest =>
    requestSchema.parse({
      ask,
      ...(ask === 'unlock' ? { pin: '1' } : {}),
      ...(ask === 'set-autostart' ? { on: true } : {}),
    });

  it('is nothing for a stranger', () => {
    expect(asks.filter((ask) => mayAsk('stranger', request(ask)))).toEqual([]);
  });

  it('keeps the PIN to the shell’s own page', () => {
    expect(mayAsk('agent', request('unlock'))).toBe(false);
    expect(mayAsk('shell', request('unlock'))).toBe(true);
    expect(mayAsk('agent', request('retry'))).toBe(false);
    expect(mayAsk('shell', request('enter-kiosk'))).toBe(false);
  });

  it('is refused in any other form', () => {
    for (const wrong of [
      null,
      'state',
      {},
      { ask: 'quit', more: 1 },
      { ask: 'eval' },
      { ask: 'unlock', pin: 4711 },
      { ask: 'sign-in', place: 'https://x' },
    ])
      expect(requestSchema.safeParse(wrong).success).toBe(false);
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        const parsed = requestSchema.safeParse(anything);
        if (parsed.success) expect(asks).toContain(parsed.data.ask);
      }),
    );
  });
});
