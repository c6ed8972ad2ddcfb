import { describe, expect, test } from 'vitest';
import { judgeAddress } from './address-rules.ts';
import { readTarget, refuseAddress } from './target.ts';

describe('an address', () => {
  test.each([
    ['93.184.216.34', 'unicast'],
    ['2606:2800:220:1:248:1893:25c8:1946', 'unicast'],
    ['::ffff:93.184.216.34', 'unicast'],
  ])('%s is public', (address, range) => {
    expect(judgeAddress(address)).toEqual({ range, isPublic: true, isLoopback: false });
  });

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:168.63.129.16',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    'not an address',
    '',
  ])('%s is not', (address) => {
    expect(judgeAddress(address).isPublic).toBe(false);
  });
});

describe('base_url', () => {
  test.each([
    ['https://store.acme.com', { host: 'store.acme.com', port: 443, pathPrefix: '' }],
    ['https://store.acme.com/', { host: 'store.acme.com', port: 443, pathPrefix: '' }],
    ['https://STORE.acme.com:8443/shop//', { host: 'store.acme.com', port: 8443, pathPrefix: '/shop' }],
    ['https://store.acme.com.', { host: 'store.acme.com' }],
    ['https://93.184.216.34', { host: '93.184.216.34' }],
    ['https://[2606:2800:220:1:248:1893:25c8:1946]:444', { host: '2606:2800:220:1:248:1893:25c8:1946', port: 444 }],
  ])('%s is a target', (url, expected) => {
    expect(readTarget(url, [])).toMatchObject({ ...expected, secure: true, named: false });
  });

  test.each([
    ['http://store.acme.com', 'not encrypted'],
    ['http://127.0.0.1:8080', 'not encrypted'],
    ['https://user:pass@store.acme.com', 'user name or password'],
    ['https://user@store.acme.com', 'user name or password'],
    ['https://@store.acme.com', 'user name or password'],
    ['https:\\\\user@store.acme.com', 'user name or password'],
    ['https://store.acme.com?x=1', 'query'],
    ['https://store.acme.com/#x', 'query or fragment'],
    ['ftp://store.acme.com', 'not https'],
    ['file:///etc/passwd', 'not https'],
    ['store.acme.com', 'not an address'],
    ['https://', 'not an address'],
    ['https://store .acme.com', 'not an address'],
    ['https://store.acme.com\n', 'not an address'],
    ['https://127.0.0.1', 'not a public address (loopback)'],
    ['https://2130706433', 'loopback'],
    ['https://0x7f.1', 'loopback'],
    ['https://017700000001', 'loopback'],
    ['https://0', 'unspecified'],
    ['https://10.1.2.3', 'private'],
    ['https://169.254.169.254', 'linkLocal'],
    ['https://[::1]', 'loopback'],
    ['https://[::ffff:127.0.0.1]', 'loopback'],
    ['https://[::ffff:a9fe:a9fe]', 'linkLocal'],
    ['https://[fe80::1]', 'linkLocal'],
    ['https://[fd00:ec2::254]', 'uniqueLocal'],
    ['https://[64:ff9b::a00:1]', 'rfc6052'],
    ['https://224.0.0.1', 'multicast'],
  ])('%s is none', (url, why) => {
    expect(() => readTarget(url, [])).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', message: expect.stringContaining(why) }),
    );
  });

  test('with a password in it is refused without quoting it', () => {
    expect(() => readTarget('https://admin:hunter2@store.acme.com', [])).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('hunter2'),
        hint: expect.not.stringContaining('hunter2'),
      }),
    );
  });

  test.each([
    ['http://127.0.0.1:8080', ['127.0.0.1']],
    ['http://127.0.0.1:8080', ['127.0.0.1:8080']],
    ['http://localhost:8080', ['localhost']],
    ['http://[::1]:8080', ['[::1]']],
    ['https://store.lan', ['Store.LAN']],
    ['https://10.1.2.3', ['10.1.2.3']],
  ])('%s is one where the configuration names its host', (url, allowed) => {
    expect(readTarget(url, allowed)).toMatchObject({ named: true });
  });

  test.each([
    ['http://127.0.0.1:8080', ['127.0.0.1:9090']],
    ['http://127.0.0.2:8080', ['127.0.0.1']],
    ['http://10.1.2.3', ['10.1.2.3']],
    ['https://224.0.0.1', ['224.0.0.1']],
    ['https://0.0.0.0', ['0.0.0.0']],
  ])('%s is none even where it names %j', (url, allowed) => {
    expect(() => readTarget(url, allowed)).toThrow(expect.objectContaining({ code: 'invalid_parameter' }));
  });
});

describe('an address that a name leads to', () => {
  const named = readTarget('https://store.lan', ['store.lan']);
  const unnamed = readTarget('https://store.acme.com', []);
  const plain = readTarget('http://localhost', ['localhost']);

  test('must be public, unless the configuration names the host', () => {
    expect(refuseAddress(unnamed, '93.184.216.34')).toBeNull();
    expect(refuseAddress(unnamed, '10.0.0.1')).toContain('private');
    expect(refuseAddress(named, '10.0.0.1')).toBeNull();
    expect(refuseAddress(named, '::ffff:10.0.0.1')).toBeNull();
  });

  test('is never multicast, broadcast or nothing', () => {
    for (const address of ['224.0.0.1', 'ff02::1', '255.255.255.255', '0.0.0.0', '::']) {
      expect(refuseAddress(named, address)).not.toBeNull();
    }
  });

  test('over http must be this machine', () => {
    expect(refuseAddress(plain, '127.0.0.1')).toBeNull();
    expect(refuseAddress(plain, '::1')).toBeNull();
    expect(refuseAddress(plain, '10.0.0.1')).toContain('http');
    expect(refuseAddress(plain, '93.184.216.34')).toContain('http');
  });
});
