import { describe, expect, it } from 'vitest';
import { isPlace } from './window-places.ts';

describe('the addresses of the window', () => {
  it.each([
    '/',
    '/devices/dev_1',
    '/devices/dev_1/install',
    '/catalogue',
    '/kiosk',
    '/catalogue/cn-modbus/install',
    '/connectors/cn_1',
    '/connectors/cn_1/wire',
    '/approvals/apr_1',
    '/activity',
    '/cloud',
    '/settings/display',
    '/support',
  ])('%s is a screen', (path) => expect(isPlace(path)).toBe(true));

  it.each([
    '/v1/connectors',
    '/mcp',
    '/assets/x.js',
    '/docs/api',
    '/.well-known/oauth',
    '/connectors/a/b/c',
    '/devicesx',
  ])('%s is none', (path) => expect(isPlace(path)).toBe(false));
});
