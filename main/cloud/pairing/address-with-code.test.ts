import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressWithCode } from './address-with-code.ts';

const page = 'https://hub.example.com/pair';

describe('the address that brings a code along', () => {
  it('is shown as the hub names it', () => {
    const complete = `${page}?code=WDJB-MJHT`;
    expect(addressWithCode({ verification_uri: page, verification_uri_complete: complete })).toBe(complete);
  });

  it.each([
    ['none, from a hub that names none', undefined],
    ['another place', 'https://evil.example/pair?code=WDJB-MJHT'],
    ['another page of the same place', 'https://hub.example.com/?code=WDJB-MJHT'],
    ['what is no page', 'javascript:alert(1)'],
    ['a user name', 'https://hub.example.com@hub.example.com/pair?code=WDJB-MJHT'],
    ['too long to be read from a screen', `${page}?code=${'B'.repeat(250)}`],
  ])('is not shown: %s', (_what, complete) =>
    expect(addressWithCode({ verification_uri: page, verification_uri_complete: complete })).toBeNull(),
  );

  it('leads to the page of the code or nowhere, and has nothing that moves a cursor, whatever a hub says', () => {
    const parts = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true }),
      fc.constantFrom(page, 'http://a/pair'),
    );
    fc.assert(
      fc.property(
        parts,
        fc.oneof(
          parts,
          fc.string().map((tail) => page + tail),
        ),
        (plain, complete) => {
          const shown = addressWithCode({ verification_uri: plain, verification_uri_complete: complete });
          if (shown === null) return;
          expect(shown).toMatch(/^https?:\/\/[\x21-\x7e]+$/);
          expect([new URL(shown).origin, new URL(shown).pathname]).toEqual([
            new URL(plain).origin,
            new URL(plain).pathname,
          ]);
        },
      ),
    );
  });
});
