import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('shows what a source is asked and answers, that it was asked as somebody, and never as whom', async () => {
  const { service } = await disk.start();
  const auth = Object.assign({ type: 'api_key' }, { key: KEY });
  const config = { base_url: store.url };
  const { id } = await service.install({ listing: 'cn-magento', name: 'store', auth, config }, admin);
  await service.recordWire(id, { on: true, forMs: null }, admin);
  const { signal } = new AbortController();
  await service.call({ connectorId: id, tool: 'order.read', arguments: { entity_id: 7 }, caller: admin, signal });
  await service.recordWire(id, { on: false, forMs: null }, admin);
  const frames = service
    .wire(id, { limit: 100 })
    .entries.flatMap((entry) => (entry.direction === 'note' ? [] : [entry]))
    .filter(({ call }) => call?.tool === 'order.read');
  const texts = frames.map(({ bytes }) => Buffer.from(bytes).toString());
  expect(frames.map(({ direction }) => direction)).toEqual(['out', 'in']);
  expect(texts[0]).toMatch(/^GET \/\S+\r\nAuthorization: \*{8}\r\n\r\n$/);
  expect(frames[0]?.masked).toHaveLength(1);
  expect(texts[1]).toMatch(/^HTTP 200\r\n/);
  expect(texts.join()).not.toContain(KEY);
});
