import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../main/store/index.ts';
import type { EventScope } from './index.ts';
import { freshTables, startEventServer } from './testing/event-server.ts';
import { eventTypeMatches } from './testing/event-type-matches.ts';

let folder: string;
let store: Store;
let server: Awaited<ReturnType<typeof startEventServer>>;
let nowMs: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fibric-events-'));
  store = await openStore({ dataDir: folder });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await freshTables(store);
  nowMs = Date.parse('2026-07-02T15:20:00Z');
  server = await startEventServer(store, { now: () => nowMs });
  for (const token of ['acme', 'acme-test', 'other']) server.addToken(token);
});
afterEach(() => server.close());

const scan = {
  source: 'scanner',
  event_type: 'scan.received',
  payload: { at: '2026-07-02T15:20:00Z', data: { text: '4006381333931' } },
};
const post = (body: object, key?: string, token = 'acme') =>
  server.ask('POST', '/v1/events', {
    token,
    body,
    ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
  });
const get = (path: string, token = 'acme') => server.ask('GET', path, { token });
const batch = (...events: readonly (readonly [string, object])[]) =>
  server.ask('POST', '/v1/events/batch', {
    token: 'acme',
    body: { events: events.map(([key, event]) => ({ idempotency_key: key, event })) },
  });

describe('an event', () => {
  it('is stored with all ten fields of the envelope, each there, and read back the same', async () => {
    const stored = await post(scan, 'k1');
    expect(stored.status).toBe(201);
    expect(stored.body).toEqual({
      id: stored.body.event_id,
      object: 'event',
      event_id: expect.stringMatching(/^ev_[0-9a-f]{32}$/),
      reseller_id: null,
      tenant_id: 't_acme',
      workspace_id: 'ws_1',
      ...scan,
      correlation_id: expect.stringMatching(/^co_/),
      agent_id: null,
      session_id: null,
      received_at: '2026-07-02T15:20:00.000Z',
    });
    expect((await get(`/v1/events/${stored.body.id}`)).body).toEqual(stored.body);
  });

  it('that is sent again under its key is the same one, whatever the order of its members', async () => {
    const first = await post(scan, 'k1');
    const { payload, ...rest } = scan;
    const again = await post({ payload: { data: payload.data, at: payload.at }, ...rest }, 'k1');
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await get('/v1/events')).body.data).toHaveLength(1);
  });

  it('with another content under a used key is refused, and nothing is stored', async () => {
    await post(scan, 'k1');
    const other = await post({ ...scan, source: 'other' }, 'k1');
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_conflict']);
    expect((await get('/v1/events')).body.data).toHaveLength(1);
  });

  it('without a key is another one each time', async () => {
    await post(scan);
    await post(scan);
    expect((await get('/v1/events')).body.data).toHaveLength(2);
  });

  it('is out of sight of other tenants and of test keys, and so is its key', async () => {
    const { body } = await post(scan, 'k1');
    for (const token of ['other', 'acme-test']) {
      const answer = await get(`/v1/events/${body.id}`, token);
      expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
      expect((await get('/v1/events', token)).body.data).toEqual([]);
      expect((await post({ ...scan, source: token }, 'k1', token)).status).toBe(201);
    }
  });

  it('may name its own tenant and no other', async () => {
    expect((await post({ ...scan, tenant_id: 't_acme', workspace_id: 'ws_1' })).status).toBe(201);
    for (const foreign of [{ tenant_id: 't_other' }, { workspace_id: 'ws_2' }, { reseller_id: 'r_1' }]) {
      const answer = await post({ ...scan, ...foreign });
      expect([answer.status, answer.body.error.code]).toEqual([403, 'tenant_mismatch']);
    }
  });

  it('needs a source, a type and a payload', async () => {
    expect((await post({ ...scan, event_type: 'Scan' })).body.error.code).toBe('invalid_parameter');
    expect((await post({ source: 'x', event_type: 'a.b' })).body.error.code).toBe('missing_parameter');
    server.addToken('reader', { scopes: ['events:read'] });
    expect((await post(scan, 'k', 'reader')).body.error.code).toBe('insufficient_scope');
  });
});

describe('a batch', () => {
  it('is taken whole, each under its own key, and says of each what became of it', async () => {
    await post(scan, 'k1');
    const { status, body } = await batch(['k1', scan], ['k2', scan], ['k2', scan], ['k1', { ...scan, source: 'x' }]);
    expect(status).toBe(200);
    expect(body.results.map(({ status: what }: { status: string }) => what)).toEqual([
      'duplicate',
      'accepted',
      'duplicate',
      'refused',
    ]);
    expect(body.results[2].id).toBe(body.results[1].id);
    expect(body.results[3].error.code).toBe('idempotency_conflict');
    expect((await get('/v1/events')).body.data).toHaveLength(2);
  });
});

describe('the list', () => {
  it('is newest first, in pages that go on rightly while events come', async () => {
    for (let number = 0; number < 5; number += 1) await post({ ...scan, payload: { number } });
    const first = await get('/v1/events?limit=2');
    await post({ ...scan, payload: { number: 5 } });
    const second = await get(`/v1/events?limit=10&cursor=${first.body.next_cursor}`);
    const numbers = [...first.body.data, ...second.body.data].map(({ payload }) => payload.number);
    expect(numbers).toEqual([4, 3, 2, 1, 0]);
    expect((await get(`/v1/events?source=x&cursor=${first.body.next_cursor}`)).body.error.code).toBe('invalid_cursor');
  });

  it('filters by source and by type, in which a star is one word', async () => {
    for (const type of ['order.created', 'order.refund.issued', 'scan.received'])
      await post({ ...scan, event_type: type });
    const types = async (query: string) =>
      (await get(`/v1/events?${query}`)).body.data.map(({ event_type }: { event_type: string }) => event_type);
    expect(await types('event_type=order.*')).toEqual(['order.created']);
    expect(await types('event_type=*.*.issued')).toEqual(['order.refund.issued']);
    expect(await types('event_type=scan.received&source=scanner')).toEqual(['scan.received']);
    expect(await types('source=nobody')).toEqual([]);
  });

  it('takes a star for one word and never for a dot, whatever the pattern', async () => {
    const scope: EventScope = { tenantId: 't_acme', mode: 'live', workspaceId: null, resellerId: null };
    const word = fc.constantFrom('a', 'b', 'ab', 'ba');
    const types = fc.array(
      fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.')),
      { maxLength: 6 },
    );
    const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', 'a*', '*b')), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        types,
        pattern.map((words) => words.join('.')),
        async (stored, wanted) => {
          await store.state.write([{ sql: 'DELETE FROM events' }]);
          const events = stored.map((type) => ({ key: null, body: { ...scan, event_type: type } }));
          if (events.length > 0) await server.events.ingest(scope, events);
          const page = server.events.list(scope, { event_type: wanted }, { limit: 100, position: null });
          expect(page.items.map(({ event_type: type }) => type).reverse()).toEqual(
            stored.filter((type) => eventTypeMatches(wanted, type)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('holds none that are older than events are kept', async () => {
    await post(scan, 'k1');
    nowMs += 91 * 24 * 3_600_000;
    await post(scan, 'k2');
    expect(await server.events.tidy()).toBe(1);
    expect((await get('/v1/events')).body.data).toHaveLength(1);
  });
});

describe('the stream', () => {
  const follow = async (query = '', headers: Record<string, string> = {}) => {
    const stop = new AbortController();
    const response = await fetch(`${server.url}/v1/events/stream${query}`, {
      headers: { Authorization: 'Bearer acme', ...headers },
      signal: stop.signal,
    });
    if (response.body === null || response.status !== 200)
      return { status: response.status, body: await response.json() };
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const frames = async (count: number) => {
      const found = () => [...text.matchAll(/id: (\S+)\nevent: envelope\ndata: (.*)\n\n/g)];
      while (found().length < count) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The stream ended at: ${text}`);
        text += value;
      }
      return found().map(([, id, data = '']) => ({ id, data: JSON.parse(data) }));
    };
    return { status: 200, frames, close: () => stop.abort() };
  };
  const numbered = (number: number) => post({ ...scan, payload: { number } });

  it('tells what comes from now on, with a cursor', async () => {
    await numbered(1);
    const stream = await follow();
    const { body } = await numbered(2);
    const [frame] = (await stream.frames?.(1)) ?? [];
    expect(frame?.id).toBe(body.id);
    expect(frame?.data).toEqual({ ...body, cursor: expect.stringMatching(/^cur_/) });
    stream.close?.();
  });

  it('goes on behind the last event that was had, by header or by cursor, and misses none', async () => {
    const first = await numbered(1);
    for (let number = 2; number <= 250; number += 1) await numbered(number);
    const byHeader = await follow('', { 'Last-Event-ID': first.body.id });
    const frames = (await byHeader.frames?.(249)) ?? [];
    expect(frames.map(({ data }) => data.payload.number)).toEqual(Array.from({ length: 249 }, (_, index) => index + 2));
    const byCursor = await follow(`?cursor=${frames[100]?.data.cursor}`);
    expect((await byCursor.frames?.(1))?.[0]?.data.payload.number).toBe(103);
    byHeader.close?.();
    byCursor.close?.();
  });

  it('says so when the last event is not there any more', async () => {
    const answer = await follow('', { 'Last-Event-ID': 'ev_none' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_cursor' } } });
  });

  it('lets through only what the filter wants, and no event of another tenant', async () => {
    const stream = await follow('?event_type=weight.*');
    await post({ ...scan, event_type: 'weight.reported' }, undefined, 'other');
    await numbered(1);
    await post({ ...scan, event_type: 'weight.reported', payload: { number: 2 } });
    expect((await stream.frames?.(1))?.[0]?.data.payload.number).toBe(2);
    stream.close?.();
  });

  it('ends with its key', async () => {
    const ending = server.addToken('acme');
    const response = await fetch(`${server.url}/v1/events/stream`, { headers: { Authorization: 'Bearer acme' } });
    ending.abort();
    expect(await response.text()).toContain(': open');
  });
});
