import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import type { JournalEntry } from './journal-entry.ts';

let bench: Bench;
let id: string;
beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
});
afterEach(() => bench.close());

const keys = (span: Parameters<Bench['service']['journalPages']>[0] = {}) =>
  [...bench.service.journalPages(span)].map((page) => page.map((entry) => entry.idempotency_key));

test('are oldest first, none is read before it is asked for, and rows that come meanwhile are in them', async () => {
  for (let count = 0; count < 450; count += 1)
    await bench.store.journal.write([
      {
        sql: `INSERT INTO effects (journal_id, epoch, connector_id, connector_name, device_id, caller, caller_name, tool,
                summary, arguments, plan, fingerprint, idempotency_key, key_given, state, sent, attempts, created_at, last_attempt_at)
              VALUES (:id, 'ep', 'cn', 'n', 'dev', 'c', 'c', 't', 's', '{}', '{"summary":"s","frames":[],"data":{}}', 'f', :id, 1,
                'applied', 1, 1, '2026-07-02T15:00:00.000Z', '2026-07-02T15:00:00.000Z')`,
        parameters: { id: `k${count}` },
      },
    ]);
  const pages = bench.service.journalPages({})[Symbol.iterator]();
  expect(pages.next().value).toHaveLength(200);
  await bench.set(id, { idempotency_key: 'late' });
  expect(pages.next().value).toHaveLength(200);
  const last: readonly JournalEntry[] = pages.next().value ?? [];
  expect(last.map((entry) => entry.idempotency_key).slice(-2)).toEqual(['k449', 'late']);
  expect(pages.next().done).toBe(true);
});

test('are of one connector and of a span of time, its end left out', async () => {
  const other = await bench.installRelay('dev_b');
  await bench.set(id, { idempotency_key: 'first' });
  bench.clock.advance(1_000);
  const secondMs = bench.clock.now();
  await bench.set(id, { idempotency_key: 'second' });
  await bench.set(other.id, { idempotency_key: 'other' });
  bench.clock.advance(1_000);
  await bench.set(id, { idempotency_key: 'third' });
  expect(keys({ sinceMs: secondMs, untilMs: secondMs + 1_000 })).toEqual([['second', 'other']]);
  expect(keys({ connector_id: id, sinceMs: secondMs })).toEqual([['second', 'third']]);
  expect(keys({ connector_id: 'cn_none' })).toEqual([]);
});
