import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await bench.store.state.write([{ sql: 'DELETE FROM health_history' }, { sql: 'DELETE FROM agent_runs' }]);
  await bench.restart();
});
afterEach(() => bench.close());

const shown = async (connectorId: string, span: { readonly sinceMs?: number } = {}) =>
  (await bench.service.healthTimeline(connectorId, span)).spans.map(({ fromMs, toMs, state, reason }) => ({
    seconds: (toMs - fromMs) / 1000,
    state: reason === null ? state : `${state} ${reason}`,
  }));

test('keeps what a connector was, over a restart, and knows nothing of the time between', async () => {
  const { id, device } = await bench.installRelay();
  const beganMs = bench.clock.now();
  bench.clock.advance(10_000);
  bench.devices.unplug(device?.id ?? '');
  bench.clock.advance(20_000);
  bench.devices.plug(device?.id ?? '');
  await expect.poll(() => bench.service.get(id).health.state).toBe('ok');
  bench.clock.advance(5_000);
  expect(await shown(id, { sinceMs: beganMs })).toEqual([
    { seconds: 10, state: 'ok' },
    { seconds: 20, state: 'error device_unplugged' },
    { seconds: 5, state: 'ok' },
  ]);

  await bench.service.close();
  bench.clock.advance(100_000);
  await bench.restart();
  await expect.poll(() => bench.service.get(id).health.state).toBe('ok');
  bench.clock.advance(1_000);
  expect(await shown(id, { sinceMs: beganMs })).toEqual([
    { seconds: 10, state: 'ok' },
    { seconds: 20, state: 'error device_unplugged' },
    { seconds: 5, state: 'ok' },
    { seconds: 100, state: 'not_known agent_not_running' },
    { seconds: 1, state: 'ok' },
  ]);
});

test('a machine that slept leaves a time of which nothing is known, and goes on as it was', async () => {
  const { id } = await bench.installRelay();
  const beganMs = bench.clock.now();
  bench.clock.advance(60_000);
  // The next note waits until this one is stored.
  await bench.store.state.write([]);
  await expect.poll(() => bench.clock.hasTimer(60_000)).toBe(true);
  bench.clock.setWall(3_600_000);
  bench.clock.advance(60_000);
  await expect
    .poll(async () => {
      bench.clock.advance(10);
      return (await shown(id, { sinceMs: beganMs })).map(({ state }) => state);
    })
    .toEqual(['ok', 'not_known agent_not_running', 'ok']);
});

test('of the time before a connector there is nothing, and none of it stays when it is gone', async () => {
  bench.clock.advance(3_600_000);
  const { id } = await bench.installRelay();
  const spans = await shown(id);
  expect(spans[0]?.state).toBe('not_known not_kept');
  await bench.service.remove(id, { id: 'local-admin', kind: 'local-admin', name: 'local admin' });
  await expect(bench.service.healthTimeline(id, {})).rejects.toMatchObject({ code: 'not_found' });
});
