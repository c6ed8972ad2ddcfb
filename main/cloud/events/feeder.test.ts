import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector, JournalEntry, ServiceEvent, StreamAnswer } from '../../connectors/index.ts';
import { createManualClock, type ManualClock } from '../../connectors/testing/manual-clock.ts';
import { openStore, type Store } from '../../store/index.ts';
import { type Outbox, openOutbox } from '../outbox/index.ts';
import { type FedService, feedOutbox } from './feeder.ts';
import { sampleConnector, sampleEntry } from './testing/samples.ts';

const quiet = { info() {}, warn() {}, error() {} };
const huge = { maxBytes: 1e9, maxAgeMs: 1e12 };

let folder: string;
let store: Store;
let clock: ManualClock;
let outbox: Outbox;
let stop: () => void;

/** What the connectors keep, and how they tell of it. */
let connectors: Connector[];
let journal: JournalEntry[];
let scans: string[];
let listener: (event: ServiceEvent) => void;
const service: FedService = {
  list: () => connectors,
  journal: () => journal,
  paused: () => false,
  subscribe(own) {
    listener = own;
    return () => {
      listener = () => {};
    };
  },
  heardAfter(_id, cursor, limit): StreamAnswer {
    const from = Number(cursor);
    const items = scans.slice(from, from + limit).map((text, index) => ({
      text,
      at: at(),
      device_id: 'dev_1',
      cursor: String(from + index + 1),
    }));
    return { items, gaps: [], cursor: String(from + items.length), more: from + items.length < scans.length };
  },
};

const at = () => new Date(clock.now()).toISOString();
const scan = (text: string) => {
  scans.push(text);
  listener({
    type: 'stream',
    news: {
      connector_id: 'cn_1',
      device_id: 'dev_1',
      tool: 'scan.read',
      at: at(),
      cursor: String(scans.length),
      entry: { kind: 'item', item: { text } },
    },
  });
};
const begin = async () => {
  outbox = await openOutbox({
    database: store.state,
    epoch: 'ep_1',
    bounds: { effects: huge, state: huge, streams: huge, readings: huge },
    clock,
    log: quiet,
  });
  start();
};
const start = () => {
  stop = feedOutbox({
    service,
    outbox,
    readings: { send: 'changes', minIntervalMs: 10_000, heartbeatMs: 900_000 },
    agentName: 'bench-1',
    clock,
    log: quiet,
  });
};
/** A kill: what was not on disk is gone, and a new process begins. */
const restart = async () => {
  stop();
  await outbox.close();
  await begin();
};
const all = async () => {
  await outbox.flush();
  const items = await outbox.take({ maxItems: 1_000, maxBytes: 1e9 });
  outbox.release();
  return items.map(({ body }) => JSON.parse(body));
};
const types = async () => (await all()).map(({ event_type: type }) => type);
const dataOf = async (type: string) =>
  (await all()).filter(({ event_type: own }) => own === type).map(({ payload }) => payload.data);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fibric-feeder-'));
  store = await openStore({ dataDir: folder });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await store.state.write(
    ['outbox', 'outbox_heads', 'outbox_gaps', 'outbox_counts'].map((table) => ({ sql: `DELETE FROM ${table}` })),
  );
  clock = createManualClock();
  connectors = [sampleConnector()];
  journal = [];
  scans = [];
  await begin();
});
afterEach(async () => {
  stop();
  await outbox.close();
});

describe('connectors', () => {
  it('are told once, with their health, and again only when something has changed', async () => {
    await restart();
    expect(await types()).toEqual(['connector.installed', 'connector.status_changed']);
    connectors = [sampleConnector({ name: 'new-name' })];
    await restart();
    expect(await types()).toEqual(['connector.installed', 'connector.status_changed', 'connector.renamed']);
  });

  it('that were uninstalled while nobody listened are told as gone, by the name they had', async () => {
    connectors = [];
    await restart();
    const last = (await all()).at(-1);
    expect(last).toMatchObject({
      event_type: 'connector.uninstalled',
      source: 'scanner',
      payload: { connector_id: 'cn_1' },
    });
  });

  it('with a fault tell its reason, tied to others of the same cause', async () => {
    const health = {
      ...sampleConnector().health,
      state: 'error',
      reason: 'device_unplugged',
      cause_id: 'cause_1',
    } as const;
    listener({ type: 'connector', connector: sampleConnector({ status: 'error', health }) });
    const last = (await all()).at(-1);
    expect(last).toMatchObject({ event_type: 'connector.status_changed', correlation_id: 'cause_1' });
    expect(last.payload.data).toMatchObject({ status: 'error', health: { reason: 'device_unplugged' } });
  });

  it('of a simulated device stay simulated while it is away', async () => {
    listener({ type: 'connector', connector: sampleConnector({ simulated: true, name: 'demo' }) });
    listener({ type: 'connector', connector: sampleConnector({ simulated: false, device: null, name: 'demo-2' }) });
    listener({ type: 'connector_removed', connector_id: 'cn_1' });
    const late = (await all()).slice(-2);
    expect(late.map(({ payload }) => payload.simulated)).toEqual([true, true]);
  });
});

describe('what devices send', () => {
  it('is an event each, in order, with the time of the device', async () => {
    scan('a');
    scan('b');
    expect(await dataOf('scan.received')).toEqual(['a', 'b'].map((text) => ({ text, device_id: 'dev_1' })));
    expect((await all()).at(-1).payload).toMatchObject({ at: at(), device: 'dev_1', stream: 'scan.read', seq: 2 });
  });

  it('is taken over from the log where it is missing here, and never twice', async () => {
    scan('a');
    scans.push('b', 'c');
    await restart();
    scan('d');
    listener({ type: 'gap', lost: 5 });
    expect(await dataOf('scan.received')).toEqual(['a', 'b', 'c', 'd'].map((text) => ({ text, device_id: 'dev_1' })));
  });
});

describe('side effects', () => {
  const entry = (changes: Partial<JournalEntry>) => sampleEntry({ ended_at: at(), ...changes });

  it('are told when they have ended, once, without their arguments', async () => {
    listener({ type: 'journal', entry: entry({ state: 'sent', ended_at: null }) });
    for (let times = 0; times < 2; times += 1) listener({ type: 'journal', entry: entry({ state: 'applied' }) });
    expect(await types()).toEqual(['connector.installed', 'connector.status_changed', 'effect.applied']);
    const last = (await all()).at(-1);
    expect(last.correlation_id).toBe('jr_1');
    expect(last.payload.data).toMatchObject({ journal_id: 'jr_1', outcome: 'applied' });
    expect(JSON.stringify(last)).not.toContain('secret text');
  });

  it('that ended while nobody listened are told at the next start, those from before the outbox never', async () => {
    journal = [
      entry({ journal_id: 'jr_3', state: 'unknown' }),
      entry({ journal_id: 'jr_2', state: 'applied', ended_at: new Date(clock.now() - 1).toISOString() }),
    ];
    await restart();
    await restart();
    expect((await dataOf('effect.unknown')).map(({ journal_id: id }) => id)).toEqual(['jr_3']);
    expect(await dataOf('effect.applied')).toEqual([]);
  });

  it('are told again when a person has settled them', async () => {
    listener({ type: 'journal', entry: entry({ state: 'unknown' }) });
    const settlement = { answer: 'happened', by: 'Ada', note: null, at: at() } as const;
    listener({ type: 'journal', entry: entry({ state: 'applied', settlement }) });
    expect((await types()).slice(-2)).toEqual(['effect.unknown', 'effect.settled']);
  });
});

describe('readings', () => {
  const weigh = (value: string) =>
    listener({
      type: 'reading',
      reading: {
        connector_id: 'cn_1',
        device_id: 'dev_1',
        tool: 'weight.read',
        value: { value, at: at() },
        at: at(),
        expected_interval_ms: null,
      },
    });
  const values = async () => (await dataOf('weight.reported')).map(({ value }) => value);

  it('are told when they have changed, at most so often, the last one always', async () => {
    for (const value of ['1', '1', '2', '3']) weigh(value);
    expect(await values()).toEqual(['1']);
    clock.advance(10_000);
    expect(await values()).toEqual(['1', '3']);
  });

  it('that went and came back are not told', async () => {
    for (const value of ['1', '2', '1']) weigh(value);
    clock.advance(10_000);
    expect(await values()).toEqual(['1']);
  });

  it('that stay are told again now and then', async () => {
    weigh('1');
    clock.advance(899_999);
    weigh('1');
    clock.advance(1);
    weigh('1');
    expect(await values()).toEqual(['1', '1']);
  });
});

it('tells when all side effects of the machine were stopped', async () => {
  listener({ type: 'pause', paused: true });
  expect((await all()).at(-1)).toMatchObject({ source: 'bench-1', event_type: 'agent.paused' });
});
