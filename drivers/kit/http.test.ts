import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeHttpRequest,
  decodeHttpResponse,
  encodeHttpRequest,
  encodeHttpResponse,
  fromHex,
  type HttpRequest,
  httpExchange,
} from './index.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);
const target = fc.stringMatching(/^\/[a-z0-9][!-"$-[\]-~]{0,40}$/).filter((path) => !/\.|%2e/i.test(path));
const request: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  target,
  body: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
});

describe('a request as a frame', () => {
  test('is method, target and body, and nothing else', () => {
    expect(text(encodeHttpRequest({ method: 'POST', target: '/rest/V1/orders/7/hold', body: null }))).toBe(
      'POST /rest/V1/orders/7/hold\r\n\r\n',
    );
    expect(encodeHttpRequest({ method: 'PUT', target: '/a', body: '{"é":1}' })).toEqual(
      fromHex('50 55 54 20 2F 61 0D 0A 0D 0A 7B 22 C3 A9 22 3A 31 7D'),
    );
  });

  test('comes back as it was', () => {
    fc.assert(
      fc.property(request, (one) => {
        expect(decodeHttpRequest(encodeHttpRequest(one))).toEqual(one);
      }),
    );
  });

  test('has the same bytes only as itself', () => {
    fc.assert(
      fc.property(request, request, (one, other) => {
        const same = text(encodeHttpRequest(one)) === text(encodeHttpRequest(other));
        expect(same).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  test.each([
    'rest/V1',
    '//evil.example/x',
    '/a b',
    '/a\r\nHost: evil',
    '/a#b',
    '/a/../b',
    '/a/%2E%2e/b',
    '/./a',
    '/a\\b',
    '/ä',
    '',
    'https://evil.example/',
  ])('can not go to %j', (wrong) => {
    expect(() => encodeHttpRequest({ method: 'GET', target: wrong, body: null })).toThrow(TypeError);
    expect(decodeHttpRequest(bytes(`GET ${wrong}\r\n\r\n`))).toBeNull();
  });

  test('is not read into other bytes, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        const decoded = decodeHttpRequest(noise);
        if (decoded !== null) expect(encodeHttpRequest(decoded)).toEqual(noise);
      }),
    );
    expect(decodeHttpRequest(bytes('GET /a HTTP/1.1\r\nHost: x\r\n\r\n'))).toBeNull();
    expect(decodeHttpRequest(bytes('TRACE /a\r\n\r\n'))).toBeNull();
  });
});

describe('an answer as bytes', () => {
  test('comes back as it was', () => {
    const headers = fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/), {
      maxKeys: 3,
      noNullPrototype: true,
    });
    const response = fc.record({ status: fc.integer({ min: 100, max: 999 }), headers, body: fc.uint8Array() });
    fc.assert(
      fc.property(response, (one) => {
        const back = decodeHttpResponse(encodeHttpResponse(one));
        expect({ ...back, body: [...(back?.body ?? [])] }).toEqual({ ...one, body: [...one.body] });
      }),
    );
  });

  test('is never read from noise with a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (noise) => {
        expect(() => decodeHttpResponse(noise)).not.toThrow();
      }),
    );
  });

  test('can not be forged by a header with a line end', () => {
    const forged = encodeHttpResponse({ status: 200, headers: { a: 'x\r\n\r\nHTTP 500' }, body: bytes('b') });
    expect(decodeHttpResponse(forged)).toMatchObject({ status: 200, headers: { a: 'x HTTP 500' } });
  });

  test('is whole for a matcher at once', () => {
    const question = httpExchange({
      request: { method: 'GET', target: '/a', body: null },
      label: 'ask',
      replyTimeoutMs: 1,
      read: ({ status }) =>
        status === 200 ? { kind: 'reply', value: status } : { kind: 'bad', expected: '200', seen: String(status) },
    });
    const answer = encodeHttpResponse({ status: 200, headers: {}, body: bytes('x') });
    expect(question.match(answer)).toEqual({ kind: 'reply', value: 200, consumed: answer.length });
    expect(question.match(answer.subarray(0, 5))).toEqual({ kind: 'incomplete' });
    expect(question.match(encodeHttpResponse({ status: 500, headers: {}, body: bytes('') }))).toMatchObject({
      kind: 'bad',
    });
  });
});
