import assert from 'node:assert/strict';
import type { EffectObject } from '../../../main/api/schemas/index.ts';
import { eventually } from '../../whole/support/wires.ts';
import { hasEnded } from '../support/bench.ts';
import { inspected, watchThreads } from '../support/inspector.ts';
import { assertRead, assertTold, type Rig, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

const WRITER = 'writer-thread';
const ROUNDS = 4;

/** The thread that writes the databases ends while effects are on their way. */
export const writerKilled: Scenario = {
  name: 'writer-killed',
  promise: 'a writer that dies is replaced, nothing acknowledged is lost, and nothing is sent without its row',
  obstacle: () => null,
  run: () =>
    withRig(async (rig) => {
      const agent = await rig.start({ environment: inspected });
      const threads = await watchThreads(agent);
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          assertTold(await rig.tare(), { outcome: 'applied' });
          const underWay = [rig.tare(), rig.relay(), rig.tare()];
          await threads.end(WRITER);
          await Promise.all(underWay);
          await eventually('another writer', 30_000, async () => threads.seen(WRITER) === round + 2);
          await eventually('an effect', 30_000, () => settled(rig));
        }
        assert(!hasEnded(agent), 'the agent ended');
        await eventually('storage in health', 30_000, async () => (await agent.api.getHealth()).storage.available);
        // What was in doubt when the writer died is asked about before the device's next effect.
        await rig.account();
      } finally {
        threads.close();
      }
      // A second death before the replacement has stored anything: no third follows, and that is said.
      await killForGood(rig);
    }),
};

/** Whether the device does again what it is told; an unknown that it can't tell itself is settled as a person would. */
async function settled(rig: Rig): Promise<boolean> {
  const { api } = rig.agent();
  const told: EffectObject | null = await rig.tare();
  if (told?.outcome === 'applied') return true;
  assert(told === null || !told.sent, `it was told ${told?.outcome}`);
  const { data } = await api.listJournal({ state: 'unknown' });
  for (const { journal_id: id, settlement } of data)
    if (settlement === null) await api.settleJournalEntry(id, { answer: 'did_not_happen' });
  return false;
}

async function killForGood(rig: Rig): Promise<void> {
  await rig.agent().stop();
  const agent = await rig.start({ environment: inspected });
  const threads = await watchThreads(agent);
  assertTold(await rig.tare(), { outcome: 'applied' });
  await threads.end(WRITER);
  await eventually('another writer', 30_000, async () => threads.seen(WRITER) === 2);
  await threads.end(WRITER);
  const told = await rig.tare();
  threads.close();
  assertTold(told, { outcome: 'failed', sent: false });
  assert.equal(told?.error?.code, 'store_unavailable');
  const health = await agent.api.getHealth();
  assert.equal(health.storage.available, false);
  assertRead(await rig.weigh(), 'value');
  assert(!hasEnded(agent), 'the agent ended');
  await rig.account();
  await rig.agent().stop();
  await rig.start();
  assertTold(await rig.again(), { outcome: 'applied' });
  await rig.account();
}
