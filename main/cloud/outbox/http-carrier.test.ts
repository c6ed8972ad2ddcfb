import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectSend } from '../way-out/testing/direct-send.ts';
import type { EventCarrier } from './carrier.ts';
import { createBatchCarrier, createSingleCarrier } from './http-carrier.ts';
import type { OutboxItem } from './terms.ts';

const send = createDirectSend();

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let seen: Seen[];
let answer: { readonly status: number; readonly body: string; readonly headers?: Record<string, string> };
let to: Parameters<typeof createBatchCarrier>[0];

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url, headers: request.headers, body });
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  to = { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'sk_test_1', mode: 'test' };
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const item = (key: string): OutboxItem => ({ key, body: `{"source":"s","n":"${key}"}`, simulated: false });
const carry = (carrier: EventCarrier, ...items: readonly OutboxItem[]) =>
  carrier.carry(items, new AbortController().signal);
const envelope = (code: string) =>
  JSON.stringify({ error: { type: 't', code, message: 'no', doc_url: '', request_id: 'r' } });
const results = (...statuses: readonly (readonly [string, string])[]) =>
  JSON.stringify({
    object: 'event_batch',
    results: statuses.map(([key, status]) => ({
      idempotency_key: key,
      status,
      id: null,
      error: status === 'refused' ? { code: 'idempotency_conflict', message: 'other content' } : null,
    })),
  });

describe('one event a request', () => {
  it('is sent as its stored bytes, with key and credential, and is taken by any success', async () => {
    for (const status of [200, 201, 202, 204]) {
      answer = { status, body: '' };
      expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({
        kind: 'taken',
        outcomes: [{ kind: 'delivered' }],
      });
    }
    expect(seen[0]).toMatchObject({
      url: '/v1/events',
      body: item('k1').body,
      headers: { 'idempotency-key': 'k1', authorization: 'Bearer sk_test_1', 'content-type': 'application/json' },
    });
  });

  it.each([400, 409, 413, 422])('answered with %i is refused for good', async (status) => {
    answer = { status, body: envelope('invalid_parameter') };
    expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({
      kind: 'taken',
      outcomes: [{ kind: 'refused', code: 'invalid_parameter' }],
    });
  });

  it.each([401, 403, 404])('answered with %i waits for a person', async (status) => {
    answer = { status, body: envelope('key_revoked') };
    expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({ kind: 'blocked' });
  });

  it.each([429, 500, 502, 503])('answered with %i is sent again later, as the headers say', async (status) => {
    answer = { status, body: 'no JSON at all', headers: { 'Retry-After': '7' } };
    expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({
      kind: 'later',
      pace: { retryAfterMs: 7_000 },
    });
  });

  it('that is locked, the one conflict that passes, is sent again later', async () => {
    answer = { status: 409, body: envelope('entity_locked') };
    expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({ kind: 'later' });
  });

  it('is sent again later when nobody answers, or with what never ends', async () => {
    const nobody = { ...to, origin: 'http://127.0.0.1:1' };
    expect(await carry(createSingleCarrier(nobody, send), item('k1'))).toMatchObject({ kind: 'later' });
    answer = { status: 200, body: 'x'.repeat(2_000_000) };
    expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({ kind: 'later' });
  });

  it('follows no redirect: the credential is for one place', async () => {
    answer = { status: 307, body: '', headers: { Location: 'http://127.0.0.1:1/' } };
    expect(await carry(createSingleCarrier(to, send), item('k1'))).toMatchObject({ kind: 'later' });
  });

  it('that is called off rejects', async () => {
    await expect(createSingleCarrier(to, send).carry([item('k1')], AbortSignal.abort())).rejects.toThrow();
  });
});

describe('many events a request', () => {
  it('go under their own keys, and each has its outcome', async () => {
    answer = { status: 200, body: results(['k1', 'accepted'], ['k2', 'duplicate'], ['k3', 'refused']) };
    expect(await carry(createBatchCarrier(to, send), item('k1'), item('k2'), item('k3'))).toMatchObject({
      kind: 'taken',
      outcomes: [{ kind: 'delivered' }, { kind: 'delivered' }, { kind: 'refused', code: 'idempotency_conflict' }],
    });
    expect(JSON.parse(seen[0]?.body ?? '').events[1]).toEqual({
      idempotency_key: 'k2',
      event: JSON.parse(item('k2').body),
    });
  });

  it('are sent again when the answer is about others', async () => {
    for (const body of [results(['k1', 'accepted']), results(['k2', 'accepted'], ['k1', 'accepted']), '{}']) {
      answer = { status: 200, body };
      expect(await carry(createBatchCarrier(to, send), item('k1'), item('k2'))).toMatchObject({ kind: 'later' });
    }
  });

  it('that are refused as a whole are tried in smaller parts, until it is known which one it is', async () => {
    answer = { status: 413, body: envelope('payload_too_large') };
    expect(await carry(createBatchCarrier(to, send), item('k1'), item('k2'))).toEqual({ kind: 'fewer' });
    expect(await carry(createBatchCarrier(to, send), item('k1'))).toMatchObject({ outcomes: [{ kind: 'refused' }] });
  });
});
