import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { eventTables } from '../../hub/events/index.ts';
import { startLines } from '../whole/support/line-process.ts';
import { median, round, throughputInTurns } from './statistics.ts';

const ROUNDS = 5;
const SLICE_MS = 2_000;
const BATCH = 500;
const SINGLES = 64;

/**
 * Events that the receiving store takes durably in a second: in batches and one a request over HTTP, against the bare
 * database in the same run: the same rows and indexes, a synced transaction for each batch or event. Aim: 5,000 a second.
 */
export async function measureEvents(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'fibric-bench-events-'));
  const hubDir = join(folder, 'hub');
  mkdirSync(hubDir, { mode: 0o700 });
  const receiver = startLines('event-receiver.ts', [hubDir, '0', '100000000']);
  try {
    const url = `http://127.0.0.1:${(await receiver.line(/^port/)).slice(5)}/v1/events`;
    const raw = openRaw(join(folder, 'raw.db'));
    let number = 0;
    const event = () => {
      number += 1;
      const data = { number, text: `400638133${number}` };
      return {
        source: 'scanner',
        event_type: 'scan.received',
        payload: { at: new Date().toISOString(), device: 'dev_1', seq: number, data },
      };
    };
    const post = async (path: string, body: object, key?: string) => {
      const answer = await fetch(url + path, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: 'Bearer acme',
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    };
    const batch = async () => {
      const events = Array.from({ length: BATCH }, event).map((one) => ({
        idempotency_key: `k${one.payload.seq}`,
        event: one,
      }));
      await post('/batch', { events });
    };
    const single = async () => {
      const one = event();
      await post('', one, `k${one.payload.seq}`);
    };
    const [rawBatches = [], batches = [], rawSingles = [], singles = []] = await throughputInTurns(ROUNDS, SLICE_MS, [
      [async () => raw.take(Array.from({ length: BATCH }, event))],
      [batch, batch],
      [async () => raw.take([event()])],
      Array.from({ length: SINGLES }, () => single),
    ]);
    raw.close();
    const ratio = (ours: readonly number[], bare: readonly number[]) =>
      round(median(ours.map((rate, index) => rate / (bare[index] ?? Number.NaN))));
    return {
      'bare database, batches of 500': { perSecond: round(median(rawBatches) * BATCH) },
      'POST /v1/events/batch': {
        perSecond: round(median(batches) * BATCH),
        ratio: ratio(batches, rawBatches),
        aim: 5000,
      },
      'bare database, one a commit': { perSecond: round(median(rawSingles)) },
      [`POST /v1/events, ${SINGLES} at once`]: { perSecond: round(median(singles)), ratio: ratio(singles, rawSingles) },
    };
  } finally {
    await receiver.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same table, written as plainly as it can be. */
function openRaw(path: string) {
  const database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  for (const sql of eventTables) database.exec(sql);
  const insert = database.prepare(
    `INSERT INTO events (scope, id, idempotency_key, content_hash, tenant_id, source, event_type, correlation_id, payload, received_at)
     VALUES ('live:t_acme', ?, ?, 'hash', 't_acme', ?, ?, 'co_1', ?, ?)`,
  );
  const takeAll = database.transaction((events: readonly ReturnType<typeof JSON.parse>[]) => {
    for (const { source, event_type: type, payload } of events) {
      insert.run(`ev_${payload.seq}`, `k${payload.seq}`, source, type, JSON.stringify(payload), payload.at);
    }
  });
  return { take: (events: readonly object[]) => takeAll(events), close: () => database.close() };
}
