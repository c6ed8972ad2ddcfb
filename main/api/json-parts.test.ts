import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLong, jsonParts, sendInParts } from './json-parts.ts';

describe('a long JSON answer', () => {
  it('is the same text in parts as at once', () => {
    const lists = fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined)), { maxLength: 12 });
    const value = fc.oneof(
      fc.jsonValue(),
      lists,
      fc.record({ object: fc.string(), data: lists, none: fc.constant(undefined), more: fc.array(lists) }),
    );
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 4 }), (given, atOnce) => {
        expect([...jsonParts(given, atOnce)].join('')).toBe(JSON.stringify(given) ?? 'null');
      }),
    );
  });

  it('is told by its arrays, also where items list things', () => {
    const item = (count: number) => ({
      capability: 'a.b',
      connectors: Array.from({ length: count }, () => ({ id: 'x' })),
    });
    expect(isLong({ object: 'list', data: [item(3), item(200)] })).toBe(false);
    expect(isLong({ object: 'list', data: [item(3), item(201)] })).toBe(true);
    for (const part of jsonParts({ data: [item(1_000)] })) expect(JSON.stringify(part).length).toBeLessThan(8_000);
  });

  it('arrives whole while others are answered, and is given up when its reader goes', async () => {
    const data = Array.from({ length: 20_000 }, (_, index) => ({ id: `dev_${index}`, text: 'x'.repeat(500) }));
    let ended = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      if (request.url === '/short') response.end('{}');
      else void sendInParts(response, 200, { object: 'list', data }).then(ended.resolve);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = async (path: string): Promise<IncomingMessage> => {
      const [response] = await once(get(url + path, { agent: false }), 'response');
      return response;
    };
    try {
      const long = await ask('/long');
      // It waits for its reader meanwhile.
      (await ask('/short')).resume();
      let text = '';
      for await (const chunk of long) text += String(chunk);
      expect(JSON.parse(text)).toEqual({ object: 'list', data });
      await ended.promise;
      ended = Promise.withResolvers<void>();
      (await ask('/long')).destroy();
      await ended.promise;
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
