import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { requireOwnPage } from './same-origin.ts';

const hub = 'https://hub.example.com';

function come(headers: Readonly<Record<string, string | undefined>>): () => void {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return () => requireOwnPage(request, hub);
}

describe('what changes something', () => {
  it.each([
    { origin: hub, host: '127.0.0.1:7440' },
    { origin: hub, host: 'hub.example.com', 'sec-fetch-site': 'same-origin' },
    { origin: 'http://192.168.1.5:7440', host: '192.168.1.5:7440' },
    { origin: 'http://127.0.0.1:7440', host: '127.0.0.1:7440' },
  ])('is taken from the page itself: %j', (headers) => expect(come(headers)).not.toThrow());

  it.each([
    { host: 'hub.example.com' },
    { origin: 'null', host: 'hub.example.com' },
    { origin: 'https://evil.example', host: 'hub.example.com' },
    { origin: 'https://hub.example.com.evil.example', host: 'hub.example.com' },
    { origin: 'http://hub.example.com:8080', host: 'hub.example.com' },
    { origin: hub, host: 'hub.example.com', 'sec-fetch-site': 'same-site' },
    { origin: hub, host: 'hub.example.com', 'sec-fetch-site': 'cross-site' },
  ])('is refused to others: %j', (headers) =>
    expect(come(headers)).toThrow(expect.objectContaining({ code: 'forbidden_origin' })),
  );
});
