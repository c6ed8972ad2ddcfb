import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type MagentoSimulator, startMagentoSimulator } from '../../../drivers/saas-magento/simulator.ts';
import { admin } from '../testing/bench.ts';
import { openSourceDisk, type SourceDisk } from '../testing/source-bench.ts';

const KEY = 'mg_live_9f4c2e8b1a41';
let store: MagentoSimulator;
let disk: SourceDisk;

beforeEach(async () => {
  store = await startMagentoSimulator({ tokens: [KEY] });
  disk = await openSourceDisk();
});
afterEach(async () => {
  await disk.close();
  await store.close();
});

test('is one commit with what is written alongside: without it neither connector nor secret stays', async () => {
  const bench = await disk.start();
  const request = {
    listing: 'cn-magento',
    auth: Object.assign({ type: 'api_key' }, { key: KEY }),
    config: { base_url: store.url },
  };
  const unmet = [{ sql: "DELETE FROM tests WHERE id = 'none'", expectChanges: 1 }];
  await expect(bench.service.install(request, admin, () => unmet)).rejects.toMatchObject({ code: 'state_conflict' });
  expect([bench.service.list(), bench.entries(), bench.unfinished()]).toEqual([[], [], 0]);
  const seen: string[] = [];
  const made = await bench.service.install(request, admin, ({ id, auth }) => {
    seen.push(id, String(auth.hint));
    return [{ sql: "INSERT INTO settings (key, value) VALUES ('note', :id)", parameters: { id } }];
  });
  expect(seen).toEqual([made.id, 'mg_****41']);
  const kept = bench.store.state.read(z.object({ value: z.string() }), "SELECT value FROM settings WHERE key = 'note'");
  expect(kept).toEqual([{ value: made.id }]);
});
