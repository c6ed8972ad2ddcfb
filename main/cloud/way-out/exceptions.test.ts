import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isException, isLoopback, splitExceptions } from './exceptions.ts';

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const port = fc.integer({ min: 1, max: 65_535 });

describe('exceptions of a proxy', () => {
  it.each([
    ['hub.example.com', 443, 'example.com', true],
    ['hub.example.com', 443, '.example.com', true],
    ['hub.example.com', 443, '*.example.com', true],
    ['HUB.example.com.', 443, 'hub.Example.com', true],
    ['hub.example.com', 443, 'hub.example.com:443', true],
    ['hub.example.com', 8443, 'hub.example.com:443', false],
    ['hubexample.com', 443, 'example.com', false],
    ['example.com.evil.test', 443, 'example.com', false],
    ['10.1.2.3', 80, '10.0.0.0/8', true],
    ['11.1.2.3', 80, '10.0.0.0/8', false],
    ['10.1.2.3', 80, '10.1.2.3', true],
    ['10.1.2.3', 80, '10.1.2.3:81', false],
    ['10.1.2.3', 80, '.2.3', false],
    ['fd00::7', 443, 'fd00::/8', true],
    ['fd00::7', 443, 'fd00:0::7', true],
    ['fd00::7', 443, '[fd00::7]:443', true],
    ['fd00::7', 443, '[fd00::7]:80', false],
    ['::ffff:10.1.2.3', 443, '10.0.0.0/8', true],
    ['hub.example.com', 443, '*', true],
    ['hub.example.com', 443, '', false],
    ['hub.example.com', 443, ':443', false],
  ])('%s:%i by %s: %s', (host, onPort, entry, expected) => {
    expect(isException(host, onPort, [entry])).toBe(expected);
  });

  it('hold for a domain and everything below it, and for nothing that only ends alike', () => {
    fc.assert(
      fc.property(name, label, port, (domain, more, onPort) => {
        expect(isException(domain, onPort, [domain])).toBe(true);
        expect(isException(`${more}.${domain}`, onPort, [domain])).toBe(true);
        expect(isException(`${more}${domain}`, onPort, [domain])).toBe(false);
        expect(isException(`${domain}.${more}x`, onPort, [domain])).toBe(false);
      }),
    );
  });

  it('never throw, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(name, fc.ipV4(), fc.ipV6()), port, (entry, host, onPort) => {
        isException(host, onPort, splitExceptions(entry));
        isException(host, onPort, [entry]);
      }),
    );
  });

  it('are written with commas and spaces', () => {
    expect(splitExceptions(' a.test, b.test c.test,, ')).toEqual(['a.test', 'b.test', 'c.test']);
  });
});

describe('this machine itself', () => {
  it.each(['localhost', 'LOCALHOST.', 'x.localhost', '127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'is %s',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );
  it.each(['localhost.example.com', '128.0.0.1', '10.0.0.1', 'fd00::1', 'notlocalhost'])('is not %s', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
