import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { createAddressOf } from './client-address.ts';

type Headers = { readonly forwarded?: string; readonly 'x-forwarded-for'?: string };

const PROXY = '10.0.0.1';
const addressOf = createAddressOf(['10.0.0.0/8', '2001:db8:ffff::/48', '127.0.0.1']);
const from = (remoteAddress: string, headers: Headers = {}) =>
  // biome-ignore lint/suspicious/noExplicitAny: of the connection only its address is looked at
  addressOf({ headers, socket: { remoteAddress } as any });

describe('whose request it is', () => {
  it('is who is connected, whatever they write, where that is no proxy of ours', () => {
    const headers = { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '192.0.2.1' };
    expect(from('198.51.100.7', headers)).toBe('198.51.100.7');
    expect(from('::ffff:198.51.100.7', headers)).toBe('198.51.100.7');
    expect(from('2001:DB8::7', headers)).toBe('2001:db8::7');
  });

  it.each<[string, Headers, string]>([
    ['says nothing', {}, PROXY],
    ['says one', { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
    ['adds to what a stranger wrote', { 'x-forwarded-for': '6.6.6.6, 192.0.2.1' }, '192.0.2.1'],
    ['stands before another', { 'x-forwarded-for': '6.6.6.6, 192.0.2.1, 10.9.9.9' }, '192.0.2.1'],
    ['adds to what makes no sense', { 'x-forwarded-for': '"<script>, 192.0.2.1' }, '192.0.2.1'],
    ['names its port', { 'x-forwarded-for': '192.0.2.1:5123' }, '192.0.2.1'],
    ['names IPv6', { 'x-forwarded-for': '2001:DB8:0::1' }, '2001:db8::1'],
    ['names IPv6 and its port', { 'x-forwarded-for': '[2001:db8::1]:5123' }, '2001:db8::1'],
    ['names IPv4 that is mapped', { 'x-forwarded-for': '::ffff:c000:201' }, '192.0.2.1'],
    ['names a proxy that is mapped', { 'x-forwarded-for': '192.0.2.1, ::ffff:10.0.0.2' }, '192.0.2.1'],
    ['names proxies only', { 'x-forwarded-for': '10.1.1.1, 10.0.0.2' }, PROXY],
    ['names nobody', { 'x-forwarded-for': ' , ' }, PROXY],
    ['knows nobody', { 'x-forwarded-for': '192.0.2.1, unknown' }, PROXY],
    ['writes no address', { 'x-forwarded-for': '192.0.2.1, 192.0.2.300' }, PROXY],
    ['names a zone', { 'x-forwarded-for': 'fe80::1%anything' }, PROXY],
    ['writes leading zeros', { 'x-forwarded-for': '010.0.0.1' }, PROXY],
    ['follows RFC 7239', { forwarded: 'For=6.6.6.6, for=192.0.2.1;proto=https;by=10.0.0.1' }, '192.0.2.1'],
    ['leaves blanks', { forwarded: 'proto=https; FOR="192.0.2.1:80" ,for=10.0.0.3' }, '192.0.2.1'],
    ['quotes IPv6', { forwarded: 'for="[2001:db8::1]:4711"' }, '2001:db8::1'],
    ['hides its client', { forwarded: 'for=192.0.2.1, for="_hidden:_port"' }, PROXY],
    ['does not say for whom', { forwarded: 'for=192.0.2.1, proto=https' }, PROXY],
    ['says it twice', { forwarded: 'for=192.0.2.1;for=192.0.2.2' }, PROXY],
    ['writes IPv6 without quotes', { forwarded: 'for=[2001:db8::1]' }, PROXY],
    ['had its element swallowed', { forwarded: 'for=6.6.6.6;x=", for=192.0.2.1' }, PROXY],
    ['agrees with itself', { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '6.6.6.6, 192.0.2.1' }, '192.0.2.1'],
    ['passes on another header', { forwarded: 'for=6.6.6.6', 'x-forwarded-for': '192.0.2.1' }, PROXY],
    ['passes on what can not be read', { forwarded: 'for=', 'x-forwarded-for': '192.0.2.1' }, PROXY],
  ])('when a proxy %s', (_how, headers, client) => {
    expect(from(PROXY, headers)).toBe(client);
    expect(from(`::ffff:${PROXY}`, headers)).toBe(client);
  });

  it('is nobody over a local socket', () => {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    expect(addressOf({ headers: { 'x-forwarded-for': '192.0.2.1' }, socket: {} as any })).toBeNull();
  });

  // 192.0.2.0/24 and 2001:db8::/48 are clients, 6.6.6.0/24 is what strangers write, and neither is a proxy of ours.
  const client = fc.oneof(
    fc.nat(255).map((last) => `192.0.2.${last}`),
    fc.integer({ min: 1, max: 0xffff }).map((last) => `2001:db8::${last.toString(16)}`),
  );
  const proxies = fc.array(
    fc.constantFrom('10.0.0.9', '10.200.1.2', '2001:db8:ffff::5', '127.0.0.1', '::ffff:10.1.1.1'),
    { maxLength: 3 },
  );
  const stranger = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
    fc
      .array(
        fc.constantFrom(
          ...[
            'for=',
            'For="',
            '"',
            ',',
            ', ',
            ';',
            ';x="',
            '\\',
            '\\"',
            '6.6.6.6',
            '"[::6.6.6.6]"',
            'by=',
            '=',
            ' ',
            '[',
            ']',
          ],
          ...['for=6.6.6.6', 'for="6.6.6.6"', 'for="6.6.6.6', 'unknown', '10.0.0.1', 'x="\\'],
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );
  const element = (address: string, form: number) => {
    const node = address.includes(':') ? `"[${address}]"` : address;
    return (
      [`for=${node}`, `for=${node};proto=https`, `by="_edge";For=${node}`, `proto="https"; FOR=${node};host="a;b,c"`][
        form
      ] ?? ''
    );
  };

  it('is, by X-Forwarded-For, always who the outermost proxy of ours saw, whatever a stranger wrote before', () => {
    fc.assert(
      fc.property(stranger, client, proxies, (written, who, between) => {
        expect(from(PROXY, { 'x-forwarded-for': [written, who, ...between].join(', ') })).toBe(who);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is, by Forwarded, that one or the proxy, and never who a stranger wrote', () => {
    const forms = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(stranger, client, proxies, forms, (written, who, between, [form = 0, ...others]) => {
        const added = [element(who, form), ...between.map((address, at) => element(address, others[at] ?? 0))].join(
          ', ',
        );
        expect([who, PROXY]).toContain(from(PROXY, { forwarded: `${written}, ${added}` }));
        expect(from(PROXY, { forwarded: added })).toBe(who);
        expect(from(PROXY, { forwarded: `for=6.6.6.6;x="a, \\"b", ${added}` })).toBe(who);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is some address in its one form, or the proxy, whatever is in either header', () => {
    fc.assert(
      fc.property(stranger, stranger, (forwarded, plain) => {
        const seen = from(PROXY, { forwarded, 'x-forwarded-for': plain });
        expect(seen).toMatch(/^[\da-f.:]+$/);
      }),
    );
  });
});

describe('proxies', () => {
  it.each([
    '',
    'proxy.example',
    '10.0.0.0/0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '::/129',
    '1.2.3.4/8/8',
    '::ffff:0.0.0.0/96',
  ])('are no %j', (text) => {
    expect(() => createAddressOf([text])).toThrow(AgentError);
  });

  it('are networks of either kind, and IPv4 that is mapped', () => {
    for (const [network, proxy] of [
      ['192.168.1.77/16', '::ffff:192.168.200.1'],
      ['::ffff:192.168.0.0/112', '192.168.200.1'],
      ['::ffff:192.168.200.1', '192.168.200.1'],
      ['2001:DB8::/32', '2001:db8:1::1'],
    ] as const) {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const socket = { remoteAddress: proxy } as any;
      expect(createAddressOf([network])({ headers: { 'x-forwarded-for': '203.0.113.9' }, socket })).toBe('203.0.113.9');
    }
  });
});
