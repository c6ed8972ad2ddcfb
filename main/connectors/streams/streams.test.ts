import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import { scannerSerial } from '../../../drivers/scanner-serial/index.ts';
import type { BindingState, StreamEntry as DeviceEntry } from '../../hardware/index.ts';
import { describeTool, toolsOf } from '../../hardware/sessions/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import type { Reading } from '../health/reading.ts';
import { silentLog } from '../log.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { createChanges } from './changes.ts';
import { encodeCursor } from './cursor.ts';
import type { StreamNews } from './stream-entry.ts';
import { openStreamLog, type StreamLog, type StreamRetention } from './stream-log.ts';
import { createStreams, type Streams } from './streams.ts';

const usual: StreamRetention = { keep: 100, keep_hours: 48, keep_personal_hours: 24 };
const context = { options: {}, unit: null, link: null, settings: null, reportDescriptor: null };
const [scanTool] = toolsOf(scannerSerial, context).map(describeTool);
if (scanTool === undefined) throw new Error('no tool');
const positionTool = {
  ...scanTool,
  capability: 'position.read',
  expected_interval_ms: 1_000,
  stream: { delivery: 'latest', personal: true, stale_after_ms: 3_000 },
} as const;

const record = (id: string, tool: typeof scanTool): ConnectorRecord => ({
  id,
  listing: 'cn-x',
  kind: 'hardware',
  name: id,
  slug: id,
  deviceId: 'dev_1',
  config: {},
  authType: 'none',
  authHint: null,
  secretEntry: null,
  policy: { default: 'deny', tools: {} },
  protocolSerial: null,
  createdAt: '2026-07-02T15:00:00.000Z',
  tools: [tool],
});
const scanner = record('cn_scan', scanTool);
const receiver = record('cn_gnss', positionTool);

const anyRow = z.looseObject({});

let folder: string;
let store: Store;
let clock: ManualClock;
let log: StreamLog;
let streams: Streams;
let binding: BindingState;
let news: StreamNews[];
let readings: Reading[];
let heard: string[];
let silent: string[];
let sequence: number;
/** The device that the scanner's connector stands on. */
let device: string;

const bound = (id: string): ConnectorRecord | null => {
  const record = [scanner, receiver].find((one) => one.id === id);
  return record === undefined ? null : { ...record, deviceId: device };
};

function begin(retention = usual): void {
  log = openStreamLog({ database: store.state, clock, log: silentLog, retention });
  streams = createStreams({
    deviceSide: { bindingState: async () => binding },
    directory: { find: bound },
    log,
    changes: createChanges(clock),
    clock,
    onHeard: (id) => void heard.push(id),
    onSilent: (_id, error) => void silent.push(error.message),
    onNews: (one) => void news.push(one),
    onReading: (reading) => void readings.push(reading),
  });
}

async function restart(retention?: StreamRetention): Promise<void> {
  streams.close();
  await log.close();
  clock.advance(60_000);
  begin(retention);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fe-streams-'));
  store = await openStore({ dataDir: folder });
  await store.state.write(
    [scanner, receiver].map(({ id }) => ({
      sql: `INSERT INTO connectors (id, listing, name, config, auth_type, policy, status, health, slug, created_at)
            VALUES (:id, 'x', :id, '{}', 'none', '{}', 'connected', '{}', :id, '')`,
      parameters: { id },
    })),
  );
  clock = createManualClock();
  binding = { state: 'ready', identification: null };
  [news, readings, heard, silent, sequence, device] = [[], [], [], [], 0, 'dev_1'];
  begin();
});

afterEach(async () => {
  streams.close();
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const now = () => new Date(clock.now()).toISOString();
const come = (entry: DeviceEntry, connectorId = scanner.id) => {
  sequence += 1;
  streams.onEvent({ type: 'stream', connectorId, deviceId: device, sequence, at: now(), entry });
};
const scan = (...texts: readonly string[]) => {
  for (const text of texts) come({ kind: 'item', item: { text } });
};
const opened = (since: string | null = null) => come({ kind: 'gap', reason: 'not_listening', since, bytes: null });
const read = (args: JsonObject = {}, signal = new AbortController().signal) =>
  streams.read({ ...scanner, deviceId: device }, scanTool, {
    arguments: args,
    signal,
    endsAtMs: clock.monotonicMs() + 30_000,
  });
/** Texts of items, and gaps by their reason and how many are lost, in order. */
const shown = (answer: JsonObject) => {
  const [items, gaps] = [answer['items'], answer['gaps']] as unknown as [{ text: string }[], Gap[]];
  const told: string[] = [];
  for (let index = 0; index <= items.length; index += 1) {
    for (const gap of gaps) if (gap.before === index) told.push(`${gap.reason} ${gap.lost}`);
    const item = items[index];
    if (item !== undefined) told.push(item.text);
  }
  return told;
};
type Gap = { readonly before: number; readonly reason: string; readonly lost: number | null };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'resolved',
    (error: unknown) => AgentError.from(error).code,
  );
const cursorOf = (answer: JsonObject) => String(answer['cursor']);

describe('scan.read', () => {
  it('gives the newest without a cursor, and with one what came after it, to any number of readers', async () => {
    opened();
    scan('A', 'B', 'C');
    expect(shown(await read({ limit: 2 }))).toEqual(['B', 'C']);
    const first = await read();
    expect(shown(first)).toEqual(['A', 'B', 'C']);
    scan('D');
    expect(shown(await read({ after: cursorOf(first) }))).toEqual(['D']);
    expect(shown(await read({ after: cursorOf(first) }))).toEqual(['D']);
    const [{ cursor }] = first['items'] as unknown as [{ cursor: string }];
    expect(shown(await read({ after: cursor }))).toEqual(['B', 'C', 'D']);
  });

  it('gives it in pages', async () => {
    scan('A', 'B', 'C');
    const start = encodeCursor(scanner.id, { seq: 0, items: 0 });
    const page = await read({ after: start, limit: 2 });
    expect([shown(page), page['more']]).toEqual([['A', 'B'], true]);
    const next = await read({ after: cursorOf(page), limit: 2 });
    expect([shown(next), next['more']]).toEqual([['C'], false]);
  });

  it('waits for what comes next, each reader by itself', async () => {
    scan('old');
    const waiting = Promise.all([read({ wait_ms: 20_000 }), read({ wait_ms: 20_000 })]);
    await Promise.resolve();
    scan('new');
    for (const answer of await waiting) expect(shown(answer)).toEqual(['new']);
  });

  it('ends its waiting in time, when it is called off, and when the agent stops', async () => {
    const late = read({ wait_ms: 1_000 });
    await expect.poll(() => clock.hasTimer(1_000)).toBe(true);
    clock.advance(1_000);
    expect(shown(await late)).toEqual([]);
    const controller = new AbortController();
    const off = codeOf(read({ wait_ms: 1_000 }, controller.signal));
    await expect.poll(() => clock.hasTimer(1_000)).toBe(true);
    controller.abort();
    expect(await off).toBe('cancelled');
    const stopped = codeOf(read({ wait_ms: 1_000 }));
    await expect.poll(() => clock.hasTimer(1_000)).toBe(true);
    streams.close();
    expect(await stopped).toBe('closed');
  });

  it('marks where something may be missing, also while it waits', async () => {
    opened();
    scan('A');
    come({ kind: 'gap', reason: 'unreadable', since: now(), bytes: 7 });
    scan('B');
    expect(shown(await read())).toEqual(['A', 'unreadable null', 'B']);
    const waiting = read({ wait_ms: 20_000 });
    await Promise.resolve();
    opened(now());
    scan('C');
    expect(shown(await waiting)).toEqual(['not_listening null', 'C']);
  });

  it('says what keeps the scanner from being heard, once there is nothing to give', async () => {
    scan('A');
    const at = cursorOf(await read());
    binding = { state: 'unavailable', error: new AgentError('device_unplugged', 'gone').serialize() };
    streams.onBinding(scanner.id, binding);
    expect(shown(await read())).toEqual(['A']);
    expect(await codeOf(read({ after: at }))).toBe('device_unplugged');
    expect(await codeOf(read({ after: at, wait_ms: 20_000 }))).toBe('device_unplugged');
  });

  it.each([
    ['malformed', 'nonsense'],
    ["another connector's", encodeCursor('cn_other', { seq: 1, items: 1 })],
    ['spoilt', `${encodeCursor('cn_scan', { seq: 1, items: 1 })}x`],
  ])('refuses a cursor that is %s', async (_name, after) => {
    scan('A');
    expect(await codeOf(read({ after }))).toBe('invalid_cursor');
  });

  it.each([{ wait_ms: 25_001 }, { limit: 0 }, { from: 1 }])('refuses %j', async (args) => {
    expect(await codeOf(read(args))).toBe('invalid_arguments');
  });
});

describe('what is kept', () => {
  it('is there after a restart, and cursors stay good; the time in between is a gap', async () => {
    opened();
    scan('A', 'B');
    const [{ cursor }] = (await read())['items'] as unknown as [{ cursor: string }];
    const before = now();
    await restart();
    expect(shown(await read())).toEqual(['A', 'B']);
    opened();
    scan('C');
    const answer = await read({ after: cursor });
    expect(shown(answer)).toEqual(['B', 'not_listening null', 'C']);
    expect(answer['gaps']).toMatchObject([{ since: before }]);
  });

  it('is counted as missing for a reader that a crash overtook', async () => {
    scan('A');
    await restart();
    // Given out by the agent that crashed, never stored.
    const lost = encodeCursor(scanner.id, { seq: log.end(scanner.id).seq - 1, items: 5 });
    opened();
    scan('B');
    expect(shown(await read({ after: lost }))).toEqual(['not_listening null', 'B']);
  });

  it('is bounded in number: an old cursor gets what is left, and how many are lost', async () => {
    await restart({ ...usual, keep: 10 });
    const start = encodeCursor(scanner.id, log.end(scanner.id));
    for (let index = 0; index < 400; index += 1) scan(`${index}`);
    await restart({ ...usual, keep: 10 });
    scan('last');
    const [first, ...rest] = shown(await read({ after: start, limit: 500 }));
    expect(first).toBe(`expired ${401 - rest.length}`);
    expect(rest.at(-1)).toBe('last');
    expect(rest.length).toBeLessThan(200);
  });

  it('is bounded in age, shorter where it may tell of persons, also when nothing more comes', async () => {
    const start = encodeCursor(scanner.id, log.end(scanner.id));
    scan('A', 'B');
    expect(streams.last(scanner.id)).toMatchObject({ value: { text: 'B' } });
    clock.advance(24 * 3_600_000 + 1);
    await restart();
    await log.tidy();
    expect(streams.last(scanner.id)).toBeNull();
    expect(shown(await read({ after: start }))).toEqual(['expired 2']);
    expect(store.state.read(anyRow, 'SELECT body FROM stream_entries')).toEqual([]);
  });

  it('is nothing on disk where the settings say so', async () => {
    await restart({ ...usual, keep: 0 });
    scan('A');
    expect(shown(await read())).toEqual(['A']);
    await log.close();
    expect(store.state.read(anyRow, 'SELECT body FROM stream_entries')).toEqual([]);
  });

  it('goes with its connector', async () => {
    scan('A');
    await log.close();
    await store.state.write([{ sql: 'DELETE FROM connectors WHERE id = :id', parameters: { id: scanner.id } }]);
    expect(store.state.read(anyRow, 'SELECT body FROM stream_entries')).toEqual([]);
    expect(store.state.read(anyRow, 'SELECT at FROM stream_heads')).toEqual([]);
  });

  it('is nothing of a burst less than all of it', async () => {
    await restart({ ...usual, keep: 10_000 });
    const codes = Array.from({ length: 3_000 }, (_, index) => `CODE-${index}`);
    const start = encodeCursor(scanner.id, log.end(scanner.id));
    scan(...codes);
    await restart({ ...usual, keep: 10_000 });
    const got: string[] = [];
    for (let after = start; ; ) {
      const page = await read({ after, limit: 500 });
      got.push(...shown(page));
      after = cursorOf(page);
      if (page['more'] !== true) break;
    }
    expect(got).toEqual(codes);
  });
});

describe('a connector that gets another device', () => {
  const devicesOf = (answer: JsonObject, part: 'items' | 'gaps') =>
    (answer[part] as unknown as { device_id: string | null }[]).map(({ device_id }) => device_id);

  it('says of each item and gap which device it came from, over a restart too', async () => {
    opened();
    scan('A');
    device = 'dev_2';
    opened();
    scan('B');
    await restart({ ...usual, keep: 10 });
    const answer = await read();
    expect(shown(answer)).toEqual(['A', 'not_listening null', 'B']);
    expect([devicesOf(answer, 'items'), devicesOf(answer, 'gaps')]).toEqual([['dev_1', 'dev_2'], ['dev_2']]);
    expect(news.map(({ device_id }) => device_id)).toEqual(['dev_1', 'dev_2', 'dev_2']);
    expect(streams.past(scanner.id, { limit: 10 })).toMatchObject([
      { device_id: 'dev_2', value: { text: 'B' } },
      { device_id: 'dev_1', value: { text: 'A' } },
    ]);
  });

  it('says that it is not known of what was stored before devices were', async () => {
    scan('A');
    await log.close();
    await store.state.write([{ sql: 'UPDATE stream_entries SET device_id = NULL', parameters: {} }]);
    await restart();
    expect(devicesOf(await read(), 'items')).toEqual([null]);
    expect(streams.last(scanner.id)).toMatchObject({ device_id: null, value: { text: 'A' } });
  });

  it('does not show what the other one sent as its own last reading', async () => {
    scan('A');
    expect(streams.last(scanner.id)).toMatchObject({ device_id: 'dev_1', value: { text: 'A' } });
    device = 'dev_2';
    expect(streams.last(scanner.id)).toBeNull();
    await restart();
    expect(streams.last(scanner.id)).toBeNull();
    device = 'dev_1';
    expect(streams.last(scanner.id)).toMatchObject({ value: { text: 'A' } });
  });
});

describe('what is told', () => {
  it('is each item as it comes, with a cursor, and the newest as a reading now and then', async () => {
    scan('A', 'B', 'C');
    expect(news.map(({ entry }) => entry.kind === 'item' && entry.item['text'])).toEqual(['A', 'B', 'C']);
    const [first] = news;
    expect(shown(await read({ after: first?.cursor ?? '' }))).toEqual(['B', 'C']);
    expect(readings.map(({ value }) => value['text'])).toEqual(['A']);
    clock.advance(200);
    expect(readings.map(({ value }) => value['text'])).toEqual(['A', 'C']);
    expect(heard).toEqual([scanner.id, scanner.id, scanner.id]);
  });

  it('is no gap before anything ever came', () => {
    opened();
    expect(news).toEqual([]);
  });
});

describe('position.read', () => {
  const position = (latitude: string) => come({ kind: 'item', item: { fix: '3d', latitude } }, receiver.id);
  const readPosition = (args: JsonObject = {}) =>
    streams.read({ ...receiver, deviceId: device }, positionTool, {
      arguments: args,
      signal: new AbortController().signal,
      endsAtMs: clock.monotonicMs() + 30_000,
    });
  const begun = () => streams.onBinding(receiver.id, { state: 'ready', identification: null });

  it('gives the last one while it is fresh, and waits for the next when it is not', async () => {
    begun();
    position('1');
    clock.advance(2_000);
    expect(await readPosition()).toMatchObject({ latitude: '1', device_id: 'dev_1' });
    clock.advance(1_001);
    const next = readPosition();
    await Promise.resolve();
    position('2');
    expect(await next).toMatchObject({ latitude: '2', at: now() });
  });

  it('fails instead of giving an old one, and says how long it has been silent', async () => {
    begun();
    position('1');
    clock.advance(4_000);
    await expect(readPosition({ wait_ms: 0 })).rejects.toMatchObject({
      code: 'no_reply',
      message: 'cn_gnss has sent nothing readable for 4 s; it should every 1 s.',
    });
  });

  it('is not that of the device that the connector had before, however fresh', async () => {
    begun();
    position('1');
    device = 'dev_2';
    await expect(readPosition({ wait_ms: 0 })).rejects.toMatchObject({ code: 'no_reply' });
    position('2');
    expect(await readPosition()).toMatchObject({ latitude: '2', device_id: 'dev_2' });
  });

  it('is noticed to have fallen silent, once each time', () => {
    begun();
    clock.advance(3_000);
    expect(silent).toEqual([
      'cn_gnss has sent nothing readable since its port was opened, for 3 s; it should every 1 s.',
    ]);
    clock.advance(60_000);
    position('1');
    clock.advance(2_000);
    position('2');
    clock.advance(2_999);
    expect(silent).toHaveLength(1);
    clock.advance(1);
    expect(silent).toHaveLength(2);
    expect(streams.silence(receiver.id)?.code).toBe('no_reply');
    streams.onBinding(receiver.id, { state: 'unavailable', error: new AgentError('port_busy', 'busy').serialize() });
    expect(streams.silence(receiver.id)).toBeNull();
  });
});
