import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Database, openStore, type Statement, type Store } from '../../store/index.ts';
import { scratchFolder } from '../../store/testing/scratch-folder.ts';
import { silentLog } from '../log.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { openStreamLog, type StreamLog } from './stream-log.ts';

const MIB = 1024 * 1024;
const countRow = z.object({ count: z.int() });

let store: Store;
let clock: ManualClock;
let log: StreamLog;
/** What was given to the disk, while `works`. */
let written: (readonly Statement[])[];
let works: boolean;

beforeEach(async () => {
  store = await openStore({ dataDir: scratchFolder() });
  clock = createManualClock();
  written = [];
  works = true;
  const database: Database = {
    read: store.state.read,
    write(statements) {
      if (!works) return Promise.reject(new AgentError('store_unavailable', 'The disk is full.'));
      written.push(statements);
      return store.state.write(statements);
    },
  };
  log = openStreamLog({
    ...{ database, clock, log: silentLog },
    retention: { keep: 100_000, keep_hours: 168, keep_personal_hours: 24 },
  });
});
afterEach(async () => {
  works = true;
  await log.close();
  await store.close();
});

const install = (id: string) =>
  store.state.write([
    {
      sql: `INSERT INTO connectors (id, listing, name, config, auth_type, policy, status, health, slug, created_at)
            VALUES (:id, 'x', :id, '{}', 'none', '{}', 'connected', '{}', :id, '')`,
      parameters: { id },
    },
  ]);
const come = (connectorId: string, text: string, personal = true) =>
  log.append(
    connectorId,
    {
      deviceId: 'dev_1',
      at: new Date(clock.now()).toISOString(),
      body: { kind: 'item', item: { text } },
    },
    { personal },
  );
const begin = (connectorId: string) => ({ seq: log.end(connectorId).seq, items: 0 });
const heldBehind = (connectorId: string, place: { readonly seq: number; readonly items: number }) =>
  log.after(connectorId, place, 100_000);
const stored = (connectorId: string) =>
  store.state.read(countRow, 'SELECT count(*) AS count FROM stream_entries WHERE connector_id = :id', {
    id: connectorId,
  })[0]?.count;

describe('a disk that takes nothing', () => {
  it('costs the connectors with the most, and bounded memory however many devices send', () => {
    works = false;
    const ids = Array.from({ length: 40 }, (_, index) => `cn_${index}`);
    const places = new Map(ids.map((id) => [id, begin(id)]));
    const quiet = begin('cn_quiet');
    come('cn_quiet', 'one');
    const text = 'x'.repeat(2_000);
    for (let round = 0; round < 300; round += 1) for (const id of ids) come(id, text);
    const held = ids.map((id) => heldBehind(id, places.get(id) ?? quiet).length);
    const texts = held.reduce((sum, count) => sum + count * text.length, 0);
    expect(texts).toBeLessThanOrEqual(16 * MIB);
    expect(texts).toBeGreaterThan(8 * MIB);
    expect(Math.min(...held)).toBeGreaterThan(100);
    expect(heldBehind('cn_quiet', quiet)).toHaveLength(1);
    // What is missing shows: the number of each item tells how many came before it.
    const [first] = heldBehind('cn_0', places.get('cn_0') ?? quiet);
    expect(first?.items).toBe(300 - (held[0] ?? 0) + 1);
  });

  it('is written to in portions once it takes them again, all that was held', async () => {
    works = false;
    await install('cn_a');
    await install('cn_b');
    for (let index = 0; index < 2_000; index += 1) come(index % 2 === 0 ? 'cn_a' : 'cn_b', 'x'.repeat(2_000));
    await expect.poll(() => clock.hasTimer(2_000)).toBe(true);
    works = true;
    clock.advance(2_000);
    await expect.poll(() => [stored('cn_a'), stored('cn_b')], { timeout: 60_000 }).toEqual([1_000, 1_000]);
    const sizes = written.map((statements) => String(statements[0]?.parameters?.['rows']).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1.2 * MIB);
    expect(sizes.length).toBeGreaterThan(2);
  });
});

describe('what is stored', () => {
  it('is held for readers that follow closely, a bounded part of it', async () => {
    await install('cn_a');
    const place = begin('cn_a');
    for (let index = 0; index < 300; index += 1) come('cn_a', 'x'.repeat(10_000));
    await expect.poll(() => stored('cn_a'), { timeout: 60_000 }).toBe(300);
    // From the disk, all of it; whoever follows needs no disk.
    expect(heldBehind('cn_a', place)).toHaveLength(300);
    await store.state.write([{ sql: 'DELETE FROM stream_entries' }]);
    const end = log.end('cn_a');
    expect(heldBehind('cn_a', { seq: end.seq - 10, items: end.items - 10 })).toHaveLength(10);
    expect(heldBehind('cn_a', { seq: end.seq - 20, items: end.items - 20 })).toHaveLength(0);
  });

  it('is deleted when it is too old in portions that let other writes through, and nothing else is', async () => {
    for (const id of ['cn_scan', 'cn_other']) await install(id);
    for (let index = 0; index < 2_500; index += 1) come('cn_scan', 'code');
    come('cn_other', 'kept longer', false);
    clock.advance(24 * 3_600_000 + 1);
    come('cn_scan', 'new');
    await expect.poll(() => stored('cn_scan'), { timeout: 60_000 }).toBe(2_501);
    written = [];
    await log.tidy();
    expect([stored('cn_scan'), stored('cn_other')]).toEqual([1, 1]);
    expect(written).toHaveLength(3);
  });
});
