import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '../policy/policy-terms.ts';
import { admin, type Bench, openBench } from '../testing/bench.ts';

const HOUR_MS = 3_600_000;

describe.each([
  ['an hour forward', HOUR_MS],
  ['an hour back', -HOUR_MS],
])('the clock of the machine is set %s', (_way, byMs) => {
  let bench: Bench;
  let id: string;
  beforeEach(async () => {
    bench = await openBench();
    ({ id } = await bench.installRelay());
  });
  afterEach(() => bench.close());
  const allow = (rule: Policy['tools'][string]) =>
    bench.service.setPolicy(id, { default: 'allow', tools: { 'relay.set': rule } }, admin);
  const read = () =>
    bench.service.call({
      connectorId: id,
      tool: 'relay.read',
      arguments: { relay: 1 },
      caller: admin,
      signal: new AbortController().signal,
    });

  test('a call that is on its way does not run out of time', async () => {
    bench.devices.at('prepare', async () => bench.clock.setWall(byMs));
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('a minimal interval lasts as long as it says', async () => {
    await allow({ min_interval_ms: 10_000 });
    await bench.set(id, {});
    bench.clock.setWall(byMs);
    bench.clock.advance(9_999);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'interval' });
    bench.clock.advance(1);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('a rate lets through its count and no more', async () => {
    await allow({ rate: { count: 2, per_ms: 60_000 } });
    await bench.set(id, {});
    bench.clock.setWall(byMs);
    bench.clock.advance(30_000);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'rate' });
    bench.clock.advance(30_000);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('a keyless repeat is suspect for a minute, and for no longer', async () => {
    await bench.set(id, {}, { deliver: false });
    bench.clock.setWall(byMs);
    bench.clock.advance(60_000);
    expect(await bench.set(id, {}, { deliver: false })).toMatchObject({ reason: 'duplicate_suspected' });
    bench.clock.advance(1);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('the same key is still the same effect', async () => {
    const first = await bench.set(id, { idempotency_key: 'k' });
    bench.clock.setWall(byMs);
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({
      deduplicated: true,
      journal_id: first.journal_id,
    });
    expect(bench.world.received).toHaveLength(1);
  });

  test('a silent device is still asked every 30 s', () => {
    const before = bench.devices.reached.get('health') ?? 0;
    bench.clock.setWall(byMs);
    bench.clock.advance(30_000);
    expect(bench.devices.reached.get('health')).toBe(before + 1);
  });

  test('no reading is from the future, and none is younger than it is', async () => {
    await read();
    bench.clock.advance(5_000);
    bench.clock.setWall(byMs);
    const [reading] = bench.service.lastReadings(id);
    const ageMs = bench.clock.now() - Date.parse(reading?.at ?? '');
    expect(ageMs).toBe(byMs > 0 ? byMs + 5_000 : 5_000);
  });

  test('a new start counts what an earlier one sent', async () => {
    await allow({ min_interval_ms: 10_000 });
    await bench.set(id, {});
    bench.clock.setWall(byMs);
    await bench.restart();
    // Set forward, more time seems to have gone by; set back, as much as can be known is the time since the start.
    const expected = byMs > 0 ? { outcome: 'applied' } : { outcome: 'refused', reason: 'interval' };
    expect(await bench.set(id, {})).toMatchObject(expected);
    bench.clock.advance(10_000);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });
});
