import { describe, expect, it } from 'vitest';
import { isPlace, pageForOneAnswer } from './window-page.ts';

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

it('gives each answer a nonce of its own, for styles alone', () => {
  const [first, second] = [pageForOneAnswer('<meta nonce="__NONCE__">'), pageForOneAnswer('<meta nonce="__NONCE__">')];
  const nonce = /nonce="([A-Za-z0-9+/=]{22,})"/.exec(first.html)?.[1] ?? '';
  expect(first.html).not.toContain('__NONCE__');
  expect(first.policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect(first.policy).toContain("script-src 'self';");
  expect(first.policy).not.toContain('unsafe');
  expect(second.html).not.toBe(first.html);
});
