import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../store/index.ts';
import { silentLog } from '../log.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { type HistoryRetention, openReadingHistory, type ReadingHistory } from './reading-history.ts';

let dataDir: string;
let store: Store;
let clock: ManualClock;
let history: ReadingHistory;

const connector = (id: string) => ({
  sql: `INSERT INTO connectors (id, listing, name, config, auth_type, policy, status, health, slug, created_at)
        VALUES (:id, 'l', :id, '{}', 'none', '{}', 'connected', '{}', :id, '')`,
  parameters: { id },
});

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fibric-history-'));
  store = await openStore({ dataDir });
});
afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await store.state.write([{ sql: 'DELETE FROM connectors' }, connector('cn_1'), connector('cn_2')]);
  clock = createManualClock();
  open();
});
afterEach(() => history.close());

function open(retention: HistoryRetention = { keep: 5, keep_hours: 24 }): void {
  history = openReadingHistory({ database: store.state, clock, log: silentLog, retention });
}
function record(
  value: string,
  { connectorId = 'cn_1', expectedMs = 1_000 as number | null, deviceId = 'dev_1' } = {},
): void {
  const at = new Date(clock.now()).toISOString();
  const reading = { connector_id: connectorId, device_id: deviceId, tool: 'weight.read', value: { value, at }, at };
  history.record({ ...reading, expected_interval_ms: expectedMs });
}
const values = async (query: { limit?: number; before?: string } = {}, connectorId = 'cn_1', deviceId = 'dev_1') =>
  (await history.read({ id: connectorId, deviceId }, 'weight.read', { limit: 100, ...query })).map(
    ({ value }) => value['value'],
  );

describe('the history of readings', () => {
  it('is newest first, in pages, also of what is not stored yet and over a restart', async () => {
    for (const value of ['1', '2', '3']) {
      record(value);
      clock.advance(1_500);
    }
    expect(await values()).toEqual(['3', '2', '1']);
    await history.close();
    open();
    record('4');
    expect(await values({ limit: 2 })).toEqual(['4', '3']);
    const [, third] = await history.read({ id: 'cn_1', deviceId: 'dev_1' }, 'weight.read', { limit: 2 });
    expect(await values({ before: third?.at ?? '' })).toEqual(['2', '1']);
  });

  it('is a ring: the oldest give way', async () => {
    for (let count = 1; count <= 12; count += 1) {
      record(String(count));
      clock.advance(1_000);
    }
    expect(await values()).toEqual(['12', '11', '10', '9', '8']);
  });

  it('keeps a measured value once a second, and once a minute while it stays the same', async () => {
    record('1');
    record('2');
    clock.advance(999);
    record('3');
    clock.advance(1);
    record('4');
    clock.advance(59_999);
    record('4');
    clock.advance(1);
    record('4');
    expect(await values()).toEqual(['4', '4', '1']);
  });

  it('keeps everything of what is told once, as a scan is', async () => {
    for (let count = 0; count < 3; count += 1) record('same', { expectedMs: null });
    expect(await values()).toHaveLength(3);
  });

  it('gives up what is too old, and keeps nothing where none is wanted', async () => {
    record('old');
    clock.advance(24 * 3_600_000 + 1);
    expect(await values()).toEqual([]);
    await history.close();
    open({ keep: 0, keep_hours: 24 });
    record('never');
    expect(await values()).toEqual([]);
  });

  it('of another device is not told as that of this one, and comes back with it', async () => {
    record('1');
    clock.advance(1_500);
    // The same value of another unit is news.
    record('1', { deviceId: 'dev_2' });
    expect(await values({}, 'cn_1', 'dev_2')).toEqual(['1']);
    record('2', { deviceId: 'dev_2', expectedMs: null });
    expect(await values({}, 'cn_1', 'dev_2')).toEqual(['2', '1']);
    expect(await values()).toEqual(['1']);
  });

  it('goes with its connector and leaves the others alone', async () => {
    record('1');
    record('2', { connectorId: 'cn_2' });
    await values();
    record('waits', { expectedMs: null });
    history.forget('cn_1');
    await store.state.write([{ sql: "DELETE FROM connectors WHERE id = 'cn_1'" }]);
    expect(await values()).toEqual([]);
    expect(await values({}, 'cn_2')).toEqual(['2']);
  });
});
