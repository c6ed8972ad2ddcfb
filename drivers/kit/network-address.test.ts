import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTcpAddress,
  isNetworkPath,
  isTcpPath,
  normaliseNetworkPath,
  parseRfc2217Address,
  parseTcpAddress,
} from './network-address.ts';

describe('a network address', () => {
  it.each([
    ['tcp://10.0.0.5:9100', { host: '10.0.0.5', port: 9100 }],
    ['tcp://Kitchen-Printer', { host: 'kitchen-printer', port: 9100 }],
    ['TCP://printer.shop.example:9101/', { host: 'printer.shop.example', port: 9101 }],
    ['tcp://[FE80::1]:9100', { host: 'fe80::1', port: 9100 }],
  ])('reads %s', (path, address) => {
    expect(parseTcpAddress(path)).toEqual(address);
  });

  it.each([
    '/dev/ttyUSB0',
    'COM3',
    'tcp://',
    'tcp://host:0',
    'tcp://host:65536',
    'tcp://user@host:9100',
    'tcp://host:9100/path',
    'tcp://host name:9100',
    'tcp://-host:9100',
    'tcp://[::1',
    'http://host:9100',
    'rfc2217://host:9100',
  ])('does not take %s for one', (path) => {
    expect(parseTcpAddress(path)).toBeNull();
  });

  it('tells a network path, usable or not, from a port of this machine', () => {
    expect(isTcpPath('TCP://whatever:x')).toBe(true);
    expect(isTcpPath('/dev/tcp')).toBe(false);
    expect([isNetworkPath('RFC2217://x'), isTcpPath('rfc2217://x:1')]).toEqual([true, false]);
    expect(isNetworkPath('/dev/ttyUSB0')).toBe(false);
  });

  it('of a port server has to name its port: servers have no custom', () => {
    expect(parseRfc2217Address('rfc2217://Server:4001')).toEqual({ host: 'server', port: 4001 });
    expect(parseRfc2217Address('rfc2217://[fe80::1]:4001')).toEqual({ host: 'fe80::1', port: 4001 });
    for (const path of [
      'rfc2217://server',
      'rfc2217://server:0',
      'rfc2217://user@server:1',
      'tcp://server:1',
      'COM1',
    ]) {
      expect(parseRfc2217Address(path)).toBeNull();
    }
    expect(normaliseNetworkPath('RFC2217://Server:4001/')).toBe('rfc2217://server:4001');
    expect(normaliseNetworkPath('TCP://Kitchen')).toBe('tcp://kitchen:9100');
    expect(normaliseNetworkPath('rfc2217://server')).toBeNull();
  });

  it('writes each address in the one way that it reads back', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        const path = formatTcpAddress({ host: name.toLowerCase(), port });
        const address = parseTcpAddress(path);
        expect(address).toEqual({ host: name.toLowerCase(), port });
        const served = path.replace(/^tcp/, 'rfc2217');
        expect(normaliseNetworkPath(served)).toBe(served);
        expect(parseRfc2217Address(served)).toEqual(address);
      }),
    );
  });
});
