import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openStore } from './open-store.ts';
import type { Statement, Store } from './store.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const pair = z.object({ key: z.string(), value: z.string() });

async function openScratch(dataDir = scratchFolder()): Promise<Store> {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
}

const insert = (key: string, value = 'v'): Statement => ({
  sql: 'INSERT INTO settings (key, value) VALUES (:key, :value)',
  parameters: { key, value },
});

const values = (store: Store, prefix: string) =>
  store.state
    .read(pair, 'SELECT key, value FROM settings WHERE key LIKE :like ORDER BY key', { like: `${prefix}%` })
    .map(({ key }) => key);

describe('a write', () => {
  it('is seen by the next read and tells how many rows each statement changed', async () => {
    const store = await openScratch();
    const changes = await store.state.write([
      insert('t1'),
      insert('t2'),
      { sql: "UPDATE settings SET value = 'w' WHERE key LIKE 't%'" },
    ]);
    expect(changes).toEqual([1, 1, 2]);
    expect(store.state.read(pair, "SELECT * FROM settings WHERE key = 't1'")).toEqual([{ key: 't1', value: 'w' }]);
  });

  it('that meets a unique constraint is taken back whole, and those of the same moment are not', async () => {
    const store = await openScratch();
    const results = await Promise.allSettled([
      store.state.write([insert('a')]),
      store.state.write([insert('b'), insert('a')]),
      store.state.write([insert('c')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'state_conflict' } });
    expect(['a', 'b', 'c'].flatMap((key) => values(store, key))).toEqual(['a', 'c']);
  });

  it('whose expected number of changes is not met is taken back whole', async () => {
    const store = await openScratch();
    const write = store.journal.write([
      { sql: "INSERT INTO meta (key, value) VALUES ('x', 'x')" },
      { sql: "UPDATE meta SET value = 'y' WHERE key = 'nothing'", expectChanges: 1 },
    ]);
    await expect(write).rejects.toMatchObject({ code: 'state_conflict', details: { expected: 1, seen: 0 } });
    expect(store.journal.read(pair, "SELECT * FROM meta WHERE key = 'x'")).toEqual([]);
  });

  it('with a fault in its SQL or its parameters fails alone', async () => {
    const store = await openScratch();
    const results = await Promise.allSettled([
      store.state.write([{ sql: 'INSERT INTO nowhere VALUES (1)' }]),
      store.state.write([{ sql: 'INSERT INTO settings (key, value) VALUES (:key, :value)', parameters: { key: 'k' } }]),
      store.state.write([insert('fine')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(results[0]).toMatchObject({ reason: { code: 'internal_error' } });
  });

  it('keeps bytes and null as they are', async () => {
    const store = await openScratch();
    await store.state.write([
      {
        sql: 'INSERT INTO idempotency VALUES (:p, :p, :p, :p, :hash, 200, :p, :p, :at, :at)',
        parameters: { p: 'x', hash: new Uint8Array([0, 255, 7]), at: 1_764_000_000_123 },
      },
    ]);
    const row = z.object({ body_hash: z.instanceof(Uint8Array), created_at: z.number() });
    const [read] = store.state.read(row, 'SELECT body_hash, created_at FROM idempotency');
    expect([...(read?.body_hash ?? [])]).toEqual([0, 255, 7]);
    expect(read?.created_at).toBe(1_764_000_000_123);
  });

  it('leaves the same rows as one after another, whatever fails among them', async () => {
    const store = await openScratch();
    let round = 0;
    const keys = fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(keys, async (writes) => {
        const prefix = `p${round++}-`;
        const model = new Set<number>();
        const expected = writes.map((write) => {
          const fits = new Set(write).size === write.length && !write.some((key) => model.has(key));
          if (fits) for (const key of write) model.add(key);
          return fits ? 'fulfilled' : 'rejected';
        });
        const results = await Promise.allSettled(
          writes.map((write) => store.state.write(write.map((key) => insert(`${prefix}${key}`)))),
        );
        expect(results.map(({ status }) => status)).toEqual(expected);
        expect(new Set(values(store, prefix))).toEqual(new Set([...model].map((key) => `${prefix}${key}`)));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a read', () => {
  it('refuses a row of another form, naming the column but not what it holds', async () => {
    const store = await openScratch();
    await store.state.write([insert('k', 'private')]);
    const read = () => store.state.read(z.object({ value: z.number() }), "SELECT value FROM settings WHERE key = 'k'");
    expect(read).toThrow(
      expect.objectContaining({ code: 'store_unavailable', message: expect.stringContaining('value') }),
    );
    expect(read).not.toThrow(/private/);
  });

  it('keeps few pages in memory', async () => {
    const store = await openScratch();
    const row = z.object({ cache_size: z.int() });
    for (const database of [store.journal, store.state]) {
      // Negative: KiB (sqlite.org/pragma.html#pragma_cache_size).
      expect(database.read(row, 'PRAGMA cache_size')).toEqual([{ cache_size: -2_000 }]);
    }
  });

  it('can not write', async () => {
    const store = await openScratch();
    expect(() => store.state.read(pair, 'DELETE FROM settings RETURNING *')).toThrow(
      expect.objectContaining({ code: 'store_unavailable' }),
    );
  });
});

describe('removing a connector', () => {
  it('takes its readings and counters along and keeps its tests', async () => {
    const store = await openScratch();
    await store.state.write([
      {
        sql: `INSERT INTO connectors (id, listing, name, config, auth_type, policy, status, health, slug, created_at)
              VALUES ('cn_1', 'cn-x', 'x', '{}', 'none', '{}', 'connected', '{}', 'x', 'now')`,
      },
      { sql: "INSERT INTO readings (connector_id, tool, value, at) VALUES ('cn_1', 'weight.read', '{}', 'now')" },
      { sql: "INSERT INTO policy_counters VALUES ('cn_1', 'relay.set', 1)" },
      { sql: "INSERT INTO tests VALUES ('ct_1', 'cn_1', '{}', 'now')" },
      { sql: "DELETE FROM connectors WHERE id = 'cn_1'", expectChanges: 1 },
    ]);
    const count = (table: string) =>
      store.state.read(z.object({ n: z.number() }), `SELECT count(*) AS n FROM ${table}`)[0]?.n;
    expect([count('readings'), count('policy_counters'), count('tests')]).toEqual([0, 0, 1]);
  });
});

describe('closing', () => {
  it('waits for what was accepted, refuses what comes later, and leaves plain files', async () => {
    const dataDir = scratchFolder();
    const store = await openStore({ dataDir });
    const accepted = Array.from({ length: 50 }, (_, index) =>
      store.journal.write([
        { sql: 'INSERT INTO meta (key, value) VALUES (:key, 1)', parameters: { key: `k${index}` } },
      ]),
    );
    const closing = store.close();
    await expect(store.journal.write([])).rejects.toMatchObject({ code: 'closed' });
    await closing;
    await store.close();
    expect((await Promise.all(accepted)).flat()).toHaveLength(50);
    expect(() => store.state.read(pair, 'SELECT * FROM settings')).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(readdirSync(dataDir).sort()).toEqual(['journal.db', 'state.db']);
    const again = await openScratch(dataDir);
    expect(again.journal.read(pair, "SELECT * FROM meta WHERE key LIKE 'k%'")).toHaveLength(50);
  });

  it('never leaves a file that others may read', async () => {
    const dataDir = scratchFolder();
    await openScratch(dataDir);
    const modes = readdirSync(dataDir).map((name) => statSync(join(dataDir, name)).mode & 0o777);
    expect(modes).toHaveLength(6);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });
});
