import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MagentoSimulator, startMagentoSimulator } from '../../../drivers/saas-magento/simulator.ts';
import { admin, effectOf, nextEvent } from '../testing/bench.ts';
import { openSourceDisk, type SourceBench, type SourceDisk } from '../testing/source-bench.ts';

const KEYS = ['mg_live_9f4c2e8b1a41', 'mg_live_0000000000rotated77'] as const;
let store: MagentoSimulator;
let disk: SourceDisk;
let bench: SourceBench;
let id: string;

beforeEach(async () => {
  store = await startMagentoSimulator({ tokens: [...KEYS] });
  disk = await openSourceDisk();
  bench = await disk.start();
  const auth = Object.assign({ type: 'api_key' }, { key: KEYS[0] });
  const request = { listing: 'cn-magento', name: 'store', auth, config: { base_url: store.url } };
  ({ id } = await bench.service.install(request, admin));
  await bench.service.setPolicy(id, { default: 'confirm', tools: {} }, admin);
});
afterEach(async () => {
  await disk.close();
  await store.close();
});

const ask = async () => {
  const asked = nextEvent(bench.service, (event) => (event.type === 'approval' ? event.approval : null));
  const args = { entity_id: 7 };
  const signal = new AbortController().signal;
  const answer = bench.service.call({ connectorId: id, tool: 'order.hold', arguments: args, caller: admin, signal });
  return { approval: await asked, answer: answer.then((called) => effectOf(called).result) };
};

test('an effect of a software source is shown without a unit, and done once when it is allowed', async () => {
  const { approval, answer } = await ask();
  expect(approval).toMatchObject({ connector_name: 'store', device: null, arguments: { entity_id: 7 } });
  expect(await bench.service.approve(approval.id, {}, admin)).toMatchObject({ journal_state: 'applied' });
  expect(await answer).toMatchObject({ outcome: 'applied', deduplicated: false });
});

test('an approval is void once the credentials of its source are other ones', async () => {
  const { approval, answer } = await ask();
  await bench.service.update(id, { auth: Object.assign({ type: 'api_key' }, { key: KEYS[1] }) }, admin);
  expect(await answer).toMatchObject({ outcome: 'refused', reason: 'approval_expired', sent: false });
  await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({ code: 'state_conflict' });
});
