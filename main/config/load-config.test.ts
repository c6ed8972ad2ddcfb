import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { loadConfig, parseConfig } from './load-config.ts';
import { threadPoolSize } from './thread-pool.ts';

const problem = (text: string): AgentError => {
  try {
    parseConfig(text, 'edge.yaml');
  } catch (error) {
    if (error instanceof AgentError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('loadConfig', () => {
  it('gives every default for an empty file and lets flags win over the file', () => {
    expect(parseConfig('', 'edge.yaml')).toMatchObject({
      port: 7431,
      max_ports: 32,
      vault: { provider: 'keychain' },
      paths: [],
    });
    expect(parseConfig('port: 9000', 'edge.yaml', { port: 1234 }).port).toBe(1234);
  });

  it('reads an address on the network in the one way that it is written, so that rules and paths mean the same', () => {
    const config = parseConfig(
      'paths: [{ path: TCP://Kitchen }]\ninstall_rules: [{ match: { path: tcp://kitchen:9100/ }, listing: cn-printer-escpos }]',
      'edge.yaml',
    );
    expect(config.paths[0]?.path).toBe('tcp://kitchen:9100');
    expect(config.install_rules[0]?.match.path).toBe('tcp://kitchen:9100');
    expect(parseConfig('paths: [{ path: RFC2217://Server:4001/ }]', 'edge.yaml').paths[0]?.path).toBe(
      'rfc2217://server:4001',
    );
    expect(problem('paths: [{ path: rfc2217://server }]').message).toMatch(/rfc2217:\/\/host:port/);
    expect(problem('paths: [{ path: tcp://user@kitchen }]').message).toMatch(
      /line 1: paths\.0\.path: .*tcp:\/\/host:port/,
    );
    expect(problem('paths:\n  - path: tcp://a\n  - path: tcp://A:9100\n').message).toMatch(/two entries have one path/);
  });

  it('names the line and the key of a wrong value', () => {
    const error = problem('port: 7431\n\nmax_ports: many\n');
    expect(error.code).toBe('invalid_configuration');
    expect(error.message).toMatch(/line 3: max_ports: .*number/);
  });

  it('names an unknown key inside a list, with its line', () => {
    expect(problem('paths:\n  - path: /dev/ttyS0\n    baud: 9600\n').message).toMatch(
      /line 3: paths\.0: unknown key baud/,
    );
  });

  it('names the line of broken YAML and of a key given twice', () => {
    expect(problem('port: 1\npaths: [\n').message).toContain('not YAML');
    expect(problem('port: 1\nport: 2\n').message).toMatch(/line 2/);
  });

  it('takes a proxy as an address alone, and says where user and password belong without repeating them', () => {
    expect(parseConfig('cloud: { proxy: http://proxy.example:3128 }', 'edge.yaml').cloud.proxy).toBe(
      'http://proxy.example:3128',
    );
    expect(parseConfig('cloud: { proxy: none }', 'edge.yaml').cloud.proxy).toBe('none');
    for (const written of ['http://edge:hunter22@proxy.example:3128', 'proxy.example:3128', 'socks5://proxy.example']) {
      const { message } = problem(`cloud:\n  proxy: ${written}\n`);
      expect(message).toMatch(/line 2: cloud\.proxy: .*cloud proxy set --user/);
      expect(message).not.toContain('hunter22');
    }
  });

  it('refuses an install rule that would fire for every device', () => {
    expect(problem('install_rules:\n  - match: {}\n    listing: cn-modbus\n').message).toContain('every device');
  });

  it('says which file can not be read', () => {
    expect(() => loadConfig('/nonexistent/edge.yaml')).toThrow('/nonexistent/edge.yaml');
  });
});

describe('threadPoolSize', () => {
  it('follows max_ports of the configuration file, and falls back to the default', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'edge-config-')), 'edge.yaml');
    writeFileSync(file, 'max_ports: 50 # benches\n');
    expect(threadPoolSize(['run', '--config', file], {})).toBe(116);
    expect(threadPoolSize(['run'], { FIBRIC_EDGE_CONFIG: file })).toBe(116);
    expect(threadPoolSize(['run'], {})).toBe(80);
  });
});
