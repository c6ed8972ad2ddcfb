import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { chooseProxy, isProxied, type ProxySources } from './chosen-proxy.ts';
import { readBareProxyAddress, readProxyAddress } from './proxy-address.ts';
import { targetOf } from './reasons.ts';

const nobody: ProxySources = { configuration: { proxy: null, exceptions: [] }, settings: null, environment: {} };
const environment = { HTTPS_PROXY: 'http://env:s%40fe@proxy.env.test:8080', no_proxy: 'inside.test' };
const settings = { url: 'http://proxy.set.test:3128', exceptions: ['set.test'] };

describe('the proxy', () => {
  it('is the one of the configuration, else the one set here, else that of the environment', () => {
    const configuration = { proxy: 'http://proxy.config.test:3128', exceptions: ['config.test'] };
    expect(chooseProxy({ configuration, settings, environment }, true)).toMatchObject({
      from: 'configuration',
      address: { host: 'proxy.config.test', port: 3128 },
      exceptions: ['config.test'],
    });
    expect(chooseProxy({ ...nobody, settings, environment }, true)).toMatchObject({
      from: 'settings',
      exceptions: ['set.test'],
    });
    expect(chooseProxy({ ...nobody, environment }, true)).toMatchObject({
      from: 'environment',
      address: { url: 'http://proxy.env.test:8080' },
      userInfo: { username: 'env', password: 's@fe' },
      exceptions: ['inside.test'],
    });
    expect(chooseProxy(nobody, true)).toBeNull();
  });

  it('is none where the configuration says so, whatever the others say', () => {
    expect(chooseProxy({ configuration: { proxy: 'none', exceptions: [] }, settings, environment }, true)).toBeNull();
  });

  it('of the environment is the one for that scheme, lower case before upper', () => {
    const both = { https_proxy: 'low.test:1', HTTPS_PROXY: 'high.test:2', HTTP_PROXY: 'plain.test:3' };
    expect(chooseProxy({ ...nobody, environment: both }, true)?.address.url).toBe('http://low.test:1');
    expect(chooseProxy({ ...nobody, environment: both }, false)?.address.url).toBe('http://plain.test:3');
    expect(chooseProxy({ ...nobody, environment: { HTTPS_PROXY: 'socks5://a.test:1' } }, true)).toBeNull();
  });

  it('is never between this machine and itself', () => {
    for (const origin of ['http://127.0.0.1:7440', 'https://localhost', 'http://[::1]:80'])
      expect(isProxied(targetOf(origin), { exceptions: [] })).toBe(false);
    expect(isProxied(targetOf('https://hub.test'), { exceptions: [] })).toBe(true);
    expect(isProxied(targetOf('https://hub.test:8443'), { exceptions: ['hub.test:8443'] })).toBe(false);
  });
});

describe('the address of a proxy', () => {
  it.each([
    ['proxy.test:3128', 'http://proxy.test:3128', 3128, false],
    ['http://proxy.test', 'http://proxy.test', 80, false],
    ['https://proxy.test/', 'https://proxy.test', 443, true],
    ['http://[fd00::1]:8080', 'http://[fd00::1]:8080', 8080, false],
  ])('%s is read', (text, url, port, secure) => {
    expect(readProxyAddress(text).address).toMatchObject({ url, port, secure });
  });

  it.each(['', 'socks5://proxy.test:1080', 'http://proxy.test/path', 'http://', 'ftp://proxy.test'])(
    '%s is refused',
    (text) => {
      expect(() => readProxyAddress(text)).toThrow(AgentError);
    },
  );

  it('has no user and no password in it where others can read it, and no refusal repeats them', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{6,20}$/);
    fc.assert(
      fc.property(secret, secret, (user, password) => {
        const written = `http://zq${user}:zq${password}@proxy.test:3128`;
        try {
          readBareProxyAddress(written);
        } catch (error) {
          expect(AgentError.is(error, 'invalid_parameter')).toBe(true);
          expect(JSON.stringify(AgentError.from(error).serialize())).not.toContain(`zq${password}`);
          return;
        }
        throw new Error('it was taken');
      }),
    );
  });
});
