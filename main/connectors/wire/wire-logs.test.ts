import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WireFrame } from '../../hardware/index.ts';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import type { WireEntry, WirePage } from './wire-entry.ts';

let bench: Bench;
let id: string;
beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
});
afterEach(() => bench.close());

const frame = (text: string): WireFrame => ({
  direction: 'in',
  at: '2026-07-02T15:00:00.000Z',
  bytes: Uint8Array.from(Buffer.from(text, 'latin1')),
  omitted: 0,
  masked: [],
  call: null,
});
const say = (...texts: string[]) => bench.devices.emit({ type: 'wire', connectorId: id, frames: texts.map(frame) });
const words = (entries: readonly WireEntry[]) =>
  entries.map((entry) => (entry.direction === 'note' ? entry.code : Buffer.from(entry.bytes).toString('latin1')));
const record = (on: boolean, forMs: number | null = null) => bench.service.recordWire(id, { on, forMs }, admin);

test('nothing is listened to until somebody asks; then it is, and ends by itself', async () => {
  expect(bench.devices.tapped.size).toBe(0);
  expect(bench.service.wire(id, { limit: 10 })).toMatchObject({
    recording: { on: false, mode: 'on_request' },
    entries: [],
  });
  const { until } = await record(true, 60_000);
  expect(bench.devices.tapped).toEqual(new Set([id]));
  expect(until).toBe(new Date(bench.clock.now() + 60_000).toISOString());
  say('a', 'b');
  bench.clock.advance(60_000);
  await expect.poll(() => bench.devices.tapped.size).toBe(0);
  await expect
    .poll(() => words(bench.service.wire(id, { limit: 10 }).entries))
    .toEqual(['recording_started', 'a', 'b', 'recording_stopped']);
});

test('asking again goes on for longer, in the same recording', async () => {
  await record(true, 60_000);
  bench.clock.advance(30_000);
  const { since, until } = await record(true, 60_000);
  bench.clock.advance(31_000);
  expect(bench.devices.tapped.size).toBe(1);
  expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(90_000);
});

test('a reader goes on from a cursor; one of an earlier run of the agent is told that the rest is gone', async () => {
  await record(true);
  say('a');
  const first = bench.service.wire(id, { limit: 10 });
  say('b', 'c', 'd');
  const next = bench.service.wire(id, { limit: 2, after: first.cursor });
  expect(words(next.entries)).toEqual(['b', 'c']);
  expect(next.more).toBe(true);
  await bench.restart();
  const later = bench.service.wire(id, { limit: 10, after: next.cursor });
  expect(later).toMatchObject({ recording: { on: false }, entries: [{ code: 'gap', lost: null }], more: false });
  expect(() => bench.service.wire(id, { limit: 10, after: `${next.cursor.slice(0, -2)}xx` })).toThrow(
    expect.objectContaining({ code: 'invalid_cursor' }),
  );
});

test('a follower gets what is kept, then what comes, and hears that recording ended', async () => {
  const left = new AbortController();
  const pages: WirePage[] = [];
  const following = bench.service.followWire(id, {}, left.signal, async (page) => void pages.push(page));
  await expect.poll(() => pages.length).toBe(1);
  await record(true);
  say('a');
  await record(false);
  await expect.poll(() => pages.at(-1)?.recording.on).toBe(false);
  expect(words(pages.flatMap(({ entries }) => entries))).toEqual(['recording_started', 'a', 'recording_stopped']);
  left.abort();
  await following;
});

test('deleting leaves nothing of it, and an uninstall neither', async () => {
  await record(true);
  say('a');
  expect(bench.service.clearWire(id, admin).entries).toEqual([]);
  say('b');
  expect(words(bench.service.wire(id, { limit: 10 }).entries)).toEqual(['b']);
  await bench.service.remove(id, admin);
  expect(bench.devices.tapped.size).toBe(0);
  expect(() => bench.service.wire(id, { limit: 10 })).toThrow(expect.objectContaining({ code: 'not_found' }));
});
