import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openHubStore } from './open-store.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const schema = {
  migrations: [
    'CREATE TABLE kept (value TEXT NOT NULL) STRICT; CREATE TABLE bulk (value TEXT NOT NULL) STRICT; INSERT INTO kept VALUES (1)',
  ],
  unchecked: ['bulk'],
};

/** A hub's folder in whose database one table's first page is nonsense. */
async function damagedFolder(table: string): Promise<string> {
  const dataDir = scratchFolder();
  const store = await openHubStore({ dataDir, ...schema });
  const page = z.object({ rootpage: z.int() });
  const [found] = store.database.read(page, 'SELECT rootpage FROM sqlite_schema WHERE name = :table', { table });
  await store.close();
  const file = openSync(join(dataDir, 'hub.db'), 'r+');
  writeSync(file, Buffer.alloc(4096, 0x55), 0, 4096, ((found?.rootpage ?? 0) - 1) * 4096);
  closeSync(file);
  return dataDir;
}

it('refuses a hub whose tenants may be damaged, and starts one of whose events some are', {
  timeout: 60_000,
}, async () => {
  await expect(openHubStore({ dataDir: await damagedFolder('kept'), ...schema })).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('hub.db is damaged'),
  });
  const store = await openHubStore({ dataDir: await damagedFolder('bulk'), ...schema });
  expect(store.database.read(z.object({ value: z.string() }), 'SELECT value FROM kept')).toEqual([{ value: '1' }]);
  await store.close();
});

it('keeps more pages in memory than an agent', async () => {
  const store = await openHubStore({ dataDir: scratchFolder(), ...schema });
  const row = z.object({ cache_size: z.int() });
  expect(store.database.read(row, 'PRAGMA cache_size')).toEqual([{ cache_size: -16_000 }]);
  await store.close();
});
