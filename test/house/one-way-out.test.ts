import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const cloud = join(import.meta.dirname, '..', '..', 'main', 'cloud');
/** What makes a connection by itself. */
const connects = /\bfetch\(|globalThis\.fetch|'(?:node:)?(?:net|tls|http|https|http2|dgram|undici)'/;
/** Types are no connections. */
const isType = /^import type [^;]*;$/gm;

describe('what goes to the cloud', () => {
  it('goes by the way out alone, which knows the proxy', () => {
    const found = readdirSync(cloud, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('way-out/'))
      .filter((file) => connects.test(readFileSync(join(cloud, file), 'utf8').replace(isType, '')));
    expect(found).toEqual([]);
  });

  it('is a WebSocket over a connection that is given to it', () => {
    const text = readFileSync(join(cloud, 'link', 'open-link.ts'), 'utf8');
    expect(text.match(/new WebSocket\(/g)).toHaveLength(1);
    expect(text).toContain('createConnection: () => connection');
  });
});
