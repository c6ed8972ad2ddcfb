import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadingObject } from '../../../main/api/schemas/index.ts';
import { createFakeClock, type FakeClock, noFakeClock } from '../support/fake-clock.ts';
import { assertRead, assertTold, type Rig, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

const HOUR_MS = 3_600_000;
/** How long an answer of the relay board takes: several of them make up a call. */
const ANSWER_MS = 60;
/** Between the agent's clock and what is read of it here. */
const TOLERANCE_MS = 100;
const INTERVAL_MS = 500;

/** Somebody sets the machine's clock, or the network does. */
export const clockJumps: Scenario = {
  name: 'clock-jumps',
  promise: 'an hour forward and back: no false timeout, no reading from the future, limits and keys as before',
  obstacle: noFakeClock,
  run: ({ brief }) =>
    withRig(async (rig) => {
      const clock = createFakeClock(rig.bench.folder);
      const { api } = await rig.start({ environment: clock.environment });
      await rig.bench.simulators.change('bus', { address: 1, reply_delay_ms: ANSWER_MS });
      for (const offMs of brief ? [HOUR_MS, 0] : [HOUR_MS, 0, -HOUR_MS, 0]) await jump(rig, clock, offMs);
      const states = (await api.listJournal({ limit: 100 })).data.map(({ state }) => state);
      assert(!states.includes('unknown') && !states.includes('sent'), `the journal has ${states.join(', ')}`);
      const { status } = await api.getHealth();
      assert.equal(status, 'ok');
      await rig.account();
    }),
};

/** Sets the clock while calls are on their way, then looks at everything that has to do with time. */
async function jump(rig: Rig, clock: FakeClock, offMs: number): Promise<void> {
  const { api } = rig.agent();
  await rig.weigh();
  const underWay = [rig.relay(), rig.relay(), rig.readRelays()] as const;
  await delay(ANSWER_MS);
  clock.set(offMs);
  const [first, second, read] = await Promise.all(underWay);
  assertTold(first, { outcome: 'applied' });
  assertTold(second, { outcome: 'applied' });
  assertRead(read, 'relays');

  // What was read before the jump is told by the clock as it is now.
  for (const reading of await api.listReadings(rig.idOf('scale'))) assertNotAhead(clock, reading);
  const beforeMs = clock.now();
  const weighed = assertRead(await rig.weigh(), 'value');
  const atMs = Date.parse(String(weighed['at']));
  assert(atMs >= beforeMs - TOLERANCE_MS && atMs <= clock.now() + TOLERANCE_MS, `it was read at ${weighed['at']}`);

  const tared = await rig.tare();
  assertTold(tared, { outcome: 'applied' });
  clock.set(offMs + 60_000);
  assertTold(await rig.again(), { outcome: 'applied', deduplicated: true, journal_id: tared?.journal_id ?? '' });
  clock.set(offMs + HOUR_MS);
  // A minimal interval lasts as long as it says: not cut short by a clock that is ahead...
  await limit(rig, HOUR_MS / 2);
  assertTold(await rig.tare(), { outcome: 'refused', reason: 'interval', sent: false });
  // ...nor drawn out by one that is behind.
  clock.set(offMs);
  await limit(rig, INTERVAL_MS);
  await delay(INTERVAL_MS);
  assertTold(await rig.again(), { outcome: 'applied' });
  await limit(rig, 0);
}

function limit(rig: Rig, intervalMs: number): Promise<unknown> {
  return rig.agent().api.setPolicy(rig.idOf('scale'), {
    default: 'allow',
    tools: { 'scale.tare': { min_interval_ms: intervalMs } },
  });
}

function assertNotAhead(clock: FakeClock, { tool, at, value }: ReadingObject): void {
  for (const instant of [at, String(value['at'] ?? at)]) {
    const aheadMs = Date.parse(instant) - clock.now();
    assert(aheadMs < TOLERANCE_MS, `the last ${tool} is ${aheadMs} ms in the future`);
  }
}
