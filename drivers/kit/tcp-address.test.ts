import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTcpAddress, isTcpPath, parseTcpAddress } from './tcp-address.ts';

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
  ])('does not take %s for one', (path) => {
    expect(parseTcpAddress(path)).toBeNull();
  });

  it('tells a network path, usable or not, from a port of this machine', () => {
    expect(isTcpPath('TCP://whatever:x')).toBe(true);
    expect(isTcpPath('/dev/tcp')).toBe(false);
  });

  it('writes each address in the one way that it reads back', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        const path = formatTcpAddress({ host: name.toLowerCase(), port });
        const address = parseTcpAddress(path);
        expect(address).toEqual({ host: name.toLowerCase(), port });
      }),
    );
  });
});
