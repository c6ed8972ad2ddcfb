import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorizationOf, hintOf, readCredentials } from './credentials.ts';

test.each([
  ['mg_live_9f4c2e8b1a41', 'mg_****41'],
  ['secret_abcdefgh', 'secr****gh'],
  ['abcdefghijklmnopqrstuvwxyz012345', '****45'],
  ['_bcdefghijkl', '_****kl'],
  ['mg_short_key', 'mg_****ey'],
  ['mg_short_ke', '****'],
  ['x', '****'],
])('%s is shown as %s', (key, hint) => {
  expect(hintOf({ type: 'api_key', key })).toBe(hint);
});

test('of a user name and password only the masked name is shown', () => {
  expect(hintOf({ type: 'basic', username: 'shop_integration', password: 'p' })).toBe('shop****on');
});

test('a hint never shows more than six characters', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (key) => {
      expect([...hintOf({ type: 'api_key', key }).replace('****', '')].length).toBeLessThanOrEqual(6);
    }),
  );
});

test('the type must be that of the listing, and everything it needs be there', () => {
  const read = (auth: { type: string }) => () => readCredentials('cn-x', 'api_key', auth);
  expect(read({ type: 'basic' })).toThrow(
    expect.objectContaining({ code: 'invalid_parameter', details: { parameter: 'auth.type' } }),
  );
  expect(read({ type: 'none' })).toThrow(expect.objectContaining({ code: 'invalid_parameter' }));
  expect(read({ type: 'api_key' })).toThrow(
    expect.objectContaining({ code: 'missing_parameter', details: { parameter: 'auth.key' } }),
  );
  expect(() => readCredentials('cn-x', 'basic', { type: 'basic' })).toThrow(
    expect.objectContaining({ code: 'missing_parameter' }),
  );
});

test.each(['with space', 'line\nend', 'umläut', 'quote"', 'key\u0000'])('%j is no key, and not quoted back', (key) => {
  expect(() => readCredentials('cn-x', 'api_key', Object.assign({ type: 'api_key' }, { key }))).toThrow(
    expect.objectContaining({ code: 'invalid_parameter', message: expect.not.stringContaining(key) }),
  );
});

test('the header is that of the scheme', () => {
  expect(authorizationOf({ type: 'api_key', key: 'abc' }, { type: 'api_key', scheme: 'bearer' }).header).toBe(
    'Bearer abc',
  );
  const basic = { type: 'basic', username: 'Aladdin', password: 'open sesame' } as const;
  expect(authorizationOf(basic, { type: 'basic' })).toEqual({
    header: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    secrets: ['QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'open sesame'],
  });
});
