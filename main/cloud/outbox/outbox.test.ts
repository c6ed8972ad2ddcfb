import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { createManualClock, type ManualClock } from '../../connectors/testing/manual-clock.ts';
import { type Database, openStore, type Store } from '../../store/index.ts';
import { type Outbox, openOutbox } from './outbox.ts';
import { startSender } from './sender.ts';
import type { EventClass, EventDraft, OutboxBounds, OutboxItem } from './terms.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const HOUR_MS = 3_600_000;
const wide: OutboxBounds = {
  effects: { maxBytes: 1e9, maxAgeMs: 1e12 },
  state: { maxBytes: 1e9, maxAgeMs: 1e12 },
  streams: { maxBytes: 1e9, maxAgeMs: 1e12 },
  readings: { maxBytes: 1e9, maxAgeMs: 1e12 },
};

const payloadSchema = z.object({
  source: z.string(),
  event_type: z.string(),
  payload: z.object({
    device: z.string(),
    stream: z.string(),
    seq: z.int().optional(),
    data: z.record(z.string(), z.json()),
  }),
});
const read = ({ body }: OutboxItem) => payloadSchema.parse(JSON.parse(body));

let store: Store;
let folder: string;
let clock: ManualClock;
let outbox: Outbox;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fibric-outbox-'));
  store = await openStore({ dataDir: folder });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
const empty = () =>
  store.state.write(
    ['outbox', 'outbox_heads', 'outbox_gaps', 'outbox_counts']
      .map((table) => ({ sql: `DELETE FROM ${table}` }))
      .concat({ sql: "DELETE FROM settings WHERE key = 'outbox_cloud'" }),
  );
const open = (bounds: OutboxBounds = wide, database: Database = store.state) =>
  openOutbox({ database, epoch: 'ep_1', bounds, clock, log: quiet });
beforeEach(async () => {
  await empty();
  clock = createManualClock();
  outbox = await open();
});
afterEach(() => outbox.close());

const draft = (text: string, more: Partial<EventDraft> = {}): EventDraft => ({
  class: 'streams',
  device: 'dev_1',
  stream: 'scan.read',
  source: 'scanner',
  eventType: 'scan.received',
  correlationId: null,
  at: new Date(clock.now()).toISOString(),
  connectorId: 'cn_1',
  simulated: false,
  data: { text },
  ...more,
});
const add = async (...texts: readonly string[]) => {
  for (const text of texts) outbox.append(draft(text));
  await outbox.flush();
};
const takeAll = (maxItems = 100) => outbox.take({ maxItems, maxBytes: 1e9 });
const delivered = { kind: 'delivered' } as const;
const texts = (items: readonly OutboxItem[]) => items.map((item) => read(item).payload.data['text']);

describe('an event in the outbox', () => {
  it('has a key of epoch, device, stream and number, and the time of the device in its payload', async () => {
    await add('a', 'b');
    const items = await takeAll();
    expect(items.map(({ key }) => key)).toEqual(['ep_1:dev_1:scan.read:1', 'ep_1:dev_1:scan.read:2']);
    expect(JSON.parse(items[0]?.body ?? '')).toEqual({
      source: 'scanner',
      event_type: 'scan.received',
      payload: {
        at: new Date(clock.now()).toISOString(),
        device: 'dev_1',
        connector_id: 'cn_1',
        stream: 'scan.read',
        seq: 1,
        data: { text: 'a' },
      },
    });
  });

  it('comes again as the same bytes under the same key until it is settled, also in the next process', async () => {
    await add('a', 'b', 'c');
    const first = await takeAll(2);
    outbox.release();
    await outbox.close();
    outbox = await open();
    expect(await takeAll(2)).toEqual(first);
    await outbox.settle([delivered]);
    expect(texts(await takeAll())).toEqual(['b', 'c']);
    await outbox.settle([delivered, delivered]);
    expect(await takeAll()).toEqual([]);
    expect(outbox.status()).toMatchObject({ sent: 3, classes: { streams: { waiting: 0, bytes: 0, oldestAt: null } } });
  });

  it('never gets the number of another, also when all before it are gone', async () => {
    await add('a');
    await takeAll();
    await outbox.settle([delivered]);
    await outbox.close();
    outbox = await open();
    await add('b');
    expect((await takeAll()).map(({ key }) => key)).toEqual(['ep_1:dev_1:scan.read:2']);
  });

  it('keeps where its source stood in the same commit', async () => {
    outbox.append(draft('a', { origin: 'place 7' }));
    outbox.append(draft('b'));
    await outbox.close();
    outbox = await open();
    expect(outbox.origin('dev_1', 'scan.read')).toBe('place 7');
    expect(outbox.devicesOf('scan.read')).toEqual(['dev_1']);
  });

  it('of far too much data says so instead of carrying it', async () => {
    await add('x'.repeat(70_000));
    const [item] = await takeAll();
    expect(item && read(item).payload.data).toEqual({ left_out_bytes: 70_011 });
  });
});

describe('what waits for a cloud', () => {
  it('stays over restarts while it is the same one, and is never sent to another', async () => {
    await outbox.belongTo('a');
    outbox.append(draft('x', { origin: 'place 1' }));
    await outbox.close();
    outbox = await open();
    expect(await outbox.belongTo('a')).toBe(false);
    expect(texts(await takeAll())).toEqual(['x']);
    outbox.release();
    expect(await outbox.belongTo('b')).toBe(true);
    expect([await takeAll(), outbox.origin('dev_1', 'scan.read'), outbox.status().classes.streams.bytes]).toEqual([
      [],
      null,
      0,
    ]);
    await add('y');
    expect((await takeAll()).map(({ key }) => key)).toEqual(['ep_1:dev_1:scan.read:2']);
  });
});

describe('what is beyond the bounds', () => {
  it('is given up oldest first, and a gap that says how many, from when to when, goes before the rest', async () => {
    await outbox.close();
    outbox = await open({ ...wide, streams: { maxBytes: 1_000, maxAgeMs: 1e12 } });
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await add(text);
      clock.advance(1_000);
    }
    const { waiting, bytes, dropped } = outbox.status().classes.streams;
    expect(bytes).toBeLessThanOrEqual(1_000);
    expect(waiting + dropped).toBe(8);
    const [gap] = await takeAll();
    expect(gap && read(gap)).toMatchObject({
      source: 'scanner',
      event_type: 'events.lost',
      payload: { stream: 'scan.read', data: { lost: dropped, first_seq: 1, last_seq: dropped, reason: 'bytes' } },
    });
    const { from, to } = (gap && read(gap).payload.data) ?? {};
    expect(Date.parse(String(to)) - Date.parse(String(from))).toBe((dropped - 1) * 1_000);
    await outbox.settle([delivered]);
    expect(await takeAll()).toHaveLength(waiting);
  });

  it('by age is given up too, and of no other class', async () => {
    await outbox.close();
    outbox = await open({ ...wide, streams: { maxBytes: 1e9, maxAgeMs: HOUR_MS } });
    outbox.append(draft('door', { class: 'effects', stream: 'effects', device: 'dev_2' }));
    await add('a', 'b');
    clock.advance(HOUR_MS);
    await add('c');
    clock.advance(1);
    await outbox.tidy();
    const [gap] = await takeAll();
    expect(gap && read(gap).payload.data).toMatchObject({ lost: 2, reason: 'age', class: 'streams' });
    await outbox.settle([delivered]);
    expect(texts(await takeAll())).toEqual(['door', 'c']);
  });

  it('leaves what is on its way alone', async () => {
    await outbox.close();
    outbox = await open({ ...wide, streams: { maxBytes: 600, maxAgeMs: 1e12 } });
    await add('a', 'b');
    const sending = await takeAll();
    await add('c', 'd', 'e', 'f');
    await outbox.settle(sending.map(() => delivered));
    const [gap] = await takeAll();
    expect(gap && read(gap).payload.data).toMatchObject({ first_seq: 3 });
  });

  it('counts a gap that was sent as told: what is lost later is another gap', async () => {
    await outbox.close();
    outbox = await open({ ...wide, streams: { maxBytes: 300, maxAgeMs: 1e12 } });
    await add('a', 'b', 'c');
    const [first] = await takeAll();
    await add('d');
    outbox.release();
    const again = await takeAll();
    expect(again[0]).toEqual(first);
    expect(again).toHaveLength(2);
  });

  it('is a gap as well when the cloud refuses it for good', async () => {
    await add('a', 'b', 'c');
    await takeAll();
    await outbox.settle([delivered, { kind: 'refused', code: 'invalid_parameter', message: 'no' }, delivered]);
    const [gap] = await takeAll();
    expect(gap && read(gap).payload.data).toMatchObject({ first_seq: 2, last_seq: 2, lost: 1, reason: 'refused' });
    expect(outbox.status()).toMatchObject({ sent: 2, refused: 1 });
  });

  it('is what a disk that takes nothing costs, within bounded memory, and is told when it takes something again', async () => {
    await outbox.close();
    let full = true;
    const database: Database = {
      read: store.state.read,
      write: (statements, options) =>
        full ? Promise.reject(new AgentError('store_unavailable', 'full')) : store.state.write(statements, options),
    };
    full = false;
    outbox = await open(wide, database);
    full = true;
    const text = 'x'.repeat(10_000);
    for (let number = 0; number < 1_000; number += 1) outbox.append(draft(text));
    await outbox.flush();
    const held = outbox.status().classes.streams;
    expect(held.bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    full = false;
    await outbox.flush();
    const [gap] = await takeAll();
    expect(gap && read(gap).payload.data).toMatchObject({ first_seq: 1, lost: 1_000 - held.waiting, reason: 'disk' });
    await outbox.settle([delivered]);
    const [next] = await takeAll();
    expect(next && read(next).payload.seq).toBe(1_000 - held.waiting + 1);
  });

  it('or not: every number arrives once or is in one gap, and no bound is ever passed, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        of: fc.constantFrom<EventClass>('streams', 'readings'),
        device: fc.constantFrom('dev_1', 'dev_2'),
        size: fc.nat(300),
      }),
      fc.record({
        kind: fc.constant('send' as const),
        most: fc.integer({ min: 1, max: 5 }),
        taken: fc.nat(5),
        refuse: fc.boolean(),
      }),
      fc.constant({ kind: 'lost answer' as const }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(HOUR_MS) }),
      fc.constant({ kind: 'restart' as const }),
    );
    const bounds: OutboxBounds = {
      ...wide,
      streams: { maxBytes: 1_500, maxAgeMs: 1e12 },
      readings: { maxBytes: 1e9, maxAgeMs: 2 * HOUR_MS },
    };
    await outbox.close();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        await empty();
        outbox = await open(bounds);
        const added = new Map<string, number>();
        const arrived = new Map<string, string>();
        const deliver = (items: readonly OutboxItem[]) => {
          for (const { key, body } of items) {
            expect(arrived.get(key) ?? body).toBe(body);
            arrived.set(key, body);
          }
        };
        const send = async (most: number, taken: number, refuse: boolean) => {
          const items = await takeAll(most);
          const some = items.slice(0, taken);
          const accepted = refuse ? some.slice(0, -1) : some;
          deliver(accepted);
          await outbox.settle(
            some.map((_, index) =>
              index < accepted.length ? delivered : { kind: 'refused', code: 'invalid_parameter', message: 'no' },
            ),
          );
        };
        for (const action of steps) {
          if (action.kind === 'add') {
            const stream = action.of === 'streams' ? 'scan.read' : 'weight.read';
            outbox.append(draft('x'.repeat(action.size), { class: action.of, stream, device: action.device }));
            added.set(`${action.device} ${stream}`, (added.get(`${action.device} ${stream}`) ?? 0) + 1);
            await outbox.flush();
            expect(outbox.status().classes.streams.bytes).toBeLessThanOrEqual(1_500);
          } else if (action.kind === 'send') await send(action.most, action.taken, action.refuse);
          else if (action.kind === 'lost answer') {
            // It arrived, and nobody here knows.
            deliver(await takeAll(3));
            outbox.release();
          } else if (action.kind === 'wait') {
            clock.advance(action.ms);
            await outbox.tidy();
          } else {
            await outbox.close();
            outbox = await open(bounds);
          }
        }
        while (outbox.hasMore()) await send(50, 50, false);
        await outbox.close();
        const told = new Map<string, number[]>();
        for (const body of arrived.values()) {
          const { event_type: type, payload } = payloadSchema.parse(JSON.parse(body));
          const name = `${payload.device} ${payload.stream}`;
          const numbers = told.get(name) ?? [];
          told.set(name, numbers);
          if (type !== 'events.lost') numbers.push(payload.seq ?? 0);
        }
        const missing = new Map<string, Set<number>>();
        for (const body of arrived.values()) {
          const { event_type: type, payload } = payloadSchema.parse(JSON.parse(body));
          if (type !== 'events.lost') continue;
          const name = `${payload.device} ${payload.stream}`;
          const own = missing.get(name) ?? new Set<number>();
          missing.set(name, own);
          for (let seq = Number(payload.data['first_seq']); seq <= Number(payload.data['last_seq']); seq += 1) {
            expect(own.has(seq)).toBe(false);
            own.add(seq);
          }
        }
        for (const [name, count] of added) {
          const all = new Set([...(told.get(name) ?? []), ...(missing.get(name) ?? [])]);
          // A refused gap can't be told by another; its numbers are known from the log.
          if (outbox.status().refused === 0) expect(all.size).toBe(count);
          expect((told.get(name) ?? []).length).toBe(new Set(told.get(name)).size);
        }
      }),
      { numRuns: 60 },
    );
    outbox = await open();
  });
});

describe('the sender', () => {
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  };

  it('sends nothing of simulated devices to a live key, and says how many it kept', async () => {
    outbox.append(draft('real'));
    outbox.append(draft('made up', { simulated: true, device: 'dev_2' }));
    await outbox.flush();
    const seen: unknown[] = [];
    const sender = startSender({ outbox, clock, log: quiet });
    const done = Promise.withResolvers<void>();
    sender.use({
      name: 'cloud',
      live: true,
      maxItems: 10,
      async carry(items) {
        seen.push(...texts(items));
        done.resolve();
        return { kind: 'taken', outcomes: items.map(() => delivered), pace: null };
      },
    });
    await done.promise;
    await sender.close();
    expect(seen).toEqual(['real']);
    expect(outbox.status()).toMatchObject({ sent: 1, withheld: 1 });
  });

  it('sends the same again after a failure, and waits as long as it was told', async () => {
    await add('a');
    const tries: (readonly OutboxItem[])[] = [];
    const sender = startSender({ outbox, clock, log: quiet, random: () => 0 });
    let wake = Promise.withResolvers<void>();
    sender.use({
      name: 'cloud',
      live: false,
      maxItems: 10,
      async carry(items) {
        tries.push(items);
        wake.resolve();
        const pace = { limit: null, remaining: null, resetMs: null, retryAfterMs: 20_000 };
        return tries.length === 1
          ? { kind: 'later', reason: 'busy', hint: null, pace }
          : { kind: 'taken', outcomes: [delivered], pace: null };
      },
    });
    await wake.promise;
    await settled();
    expect(sender.status()).toMatchObject({ state: 'waiting', reason: 'busy' });
    clock.advance(19_999);
    await settled();
    expect(tries).toHaveLength(1);
    wake = Promise.withResolvers<void>();
    clock.advance(1);
    await wake.promise;
    expect(tries[1]).toEqual(tries[0]);
    await sender.close();
  });
});

it('keeps no file beside the databases', () => {
  expect(readdirSync(folder).filter((name) => !/^(journal|state)\.db/.test(name))).toEqual([]);
});
