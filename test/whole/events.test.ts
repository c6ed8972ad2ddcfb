import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type LineProcess, startLines } from './support/line-process.ts';
import { deviceNames, offline } from './support/offline-day.ts';

const KILLS = 6;
const MEGABYTE = 1024 * 1024;

describe(`${offline.minutes / 60} hours without a cloud`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'fibric-events-'));
  const agentDir = join(folder, 'agent');
  const hubDir = join(folder, 'hub');
  for (const path of [agentDir, hubDir]) mkdirSync(path, { mode: 0o700 });
  const running = new Set<LineProcess>();
  const start = (file: string, ...args: readonly string[]) => {
    const started = startLines(file, args);
    running.add(started);
    return started;
  };

  afterAll(async () => {
    await Promise.all([...running].map((one) => one.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is told whole: every event once or inside a gap that says so, whoever is killed, within the bounds', async () => {
    const total = offline.minutes * offline.perDeviceAndMinute;
    const complaints: string[] = [];
    const rss: number[] = [];
    const step = Math.floor(offline.minutes / (KILLS + 1));
    for (let kill = 0; kill <= KILLS; kill += 1) {
      const filling = start('outbox-process.ts', 'fill', agentDir);
      if (kill < KILLS) {
        await filling.more(step);
        await filling.kill();
      } else expect([await filling.ended, filling.lines.at(-1)]).toEqual([0, 'done']);
      complaints.push(...filling.lines.filter((line) => /^(warn|error)/.test(line)));
      rss.push(...filling.lines.flatMap((line) => /rss (\d+)/.exec(line)?.[1] ?? []).map(Number));
    }
    expect(complaints).toEqual([]);
    expect(Math.max(...rss)).toBeLessThan(400 * MEGABYTE);

    let receiver = start('event-receiver.ts', hubDir, '0', '100000');
    const port = (await receiver.line(/^port/)).slice(5);
    const url = `http://127.0.0.1:${port}`;
    for (let kill = 0; ; kill += 1) {
      const draining = start('outbox-process.ts', 'drain', agentDir, url);
      if (kill >= KILLS) {
        await draining.line(/^done/);
        expect(await draining.ended).toBe(0);
        break;
      }
      await draining.more(8);
      if (kill % 2 === 0) {
        await receiver.kill();
        await draining.more(4);
        receiver = start('event-receiver.ts', hubDir, port, '100000');
        await receiver.line(/^port/);
        await draining.more(4);
      }
      await draining.kill();
    }
    await receiver.kill();

    const stored = readHub(join(hubDir, 'state.db'));
    expect(stored.duplicates).toBe(0);
    for (const device of deviceNames) {
      const { seqs, gaps } = stored.of(device);
      const lost = gaps.reduce((sum, gap) => sum + gap.lost, 0);
      expect(seqs.length).toBeGreaterThan(0);
      expect(lost).toBeGreaterThan(0);
      const all = new Set(seqs);
      for (const { first_seq: first, last_seq: last, lost: number, from, to } of gaps) {
        expect(number).toBe(last - first + 1);
        expect(Date.parse(from)).toBe(timeOf(first));
        expect(Date.parse(to)).toBe(timeOf(last));
        for (let seq = first; seq <= last; seq += 1) all.add(seq);
      }
      expect([device, seqs.length + lost, all.size]).toEqual([device, total, total]);
    }
  }, 3_600_000);
});

/** When the event of that number happened. */
function timeOf(number: number): number {
  return offline.startMs + Math.floor((number - 1) / offline.perDeviceAndSecond) * 1_000;
}

const rowSchema = z.object({ device: z.string(), event_type: z.string(), payload: z.string() });
const gapSchema = z.object({
  data: z.object({ lost: z.int(), first_seq: z.int(), last_seq: z.int(), from: z.string(), to: z.string() }),
});
const eventSchema = z.object({ seq: z.int(), data: z.object({ number: z.int() }) });

function readHub(path: string) {
  const database = new Sqlite(path, { readonly: true });
  const rows = database
    .prepare("SELECT event_type, payload, payload ->> 'device' AS device FROM events")
    .all()
    .map((row) => rowSchema.parse(row));
  database.close();
  const events = rows.flatMap(({ device, event_type: type, payload }) => {
    if (type !== 'scan.received') return [];
    const { seq, data } = eventSchema.parse(JSON.parse(payload));
    // The outbox counts as the device does: nothing was numbered twice or left out on its way in.
    expect(seq).toBe(data.number);
    return [{ device, seq }];
  });
  const distinct = new Set(events.map(({ device, seq }) => `${device} ${seq}`));
  return {
    duplicates: events.length - distinct.size,
    of: (device: string) => ({
      seqs: events.filter((event) => event.device === device).map(({ seq }) => seq),
      gaps: rows
        .filter((row) => row.device === device && row.event_type === 'events.lost')
        .map(({ payload }) => gapSchema.parse(JSON.parse(payload)).data),
    }),
  };
}
