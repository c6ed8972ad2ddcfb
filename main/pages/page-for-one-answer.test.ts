import { expect, it } from 'vitest';
import { pageForOneAnswer } from './page-for-one-answer.ts';

it('gives each answer a nonce of its own, for styles alone', () => {
  const [first, second] = [pageForOneAnswer('<meta nonce="__NONCE__">'), pageForOneAnswer('<meta nonce="__NONCE__">')];
  const nonce = /nonce="([A-Za-z0-9+/=]{22,})"/.exec(first.html)?.[1] ?? '';
  expect(first.html).not.toContain('__NONCE__');
  expect(first.policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect(first.policy).toContain("script-src 'self';");
  expect(first.policy).not.toContain('unsafe');
  expect(second.html).not.toBe(first.html);
});
