import assert from 'node:assert/strict';
import { createFakeClock, noFakeClock } from '../support/fake-clock.ts';
import { type HubRig, withHubRig } from '../support/hub-rig.ts';
import type { Scenario } from './scenario.ts';

const HOUR_MS = 3_600_000;

/** A hub and its machines never agree on the time, and either may be set while they are linked. */
export const hubClock: Scenario = {
  name: 'hub-clock',
  promise:
    'a hub an hour ahead, an hour behind, set while it runs and killed: paired and linked all the same, nothing twice, no event lost',
  obstacle: noFakeClock,
  async run({ brief }) {
    let set = (_offMs: number) => {};
    const prepare = (folder: string) => {
      const clock = createFakeClock(folder);
      set = clock.set;
      set(HOUR_MS);
      return { hub: { environment: clock.environment } };
    };
    await withHubRig({ prepare }, async (rig) => {
      await rig.linked();
      const stopScanning = rig.scanEvery(50);
      const token = await rig.admin().createEnrolment({ name_pattern: '*', uses: 1, expires_in_ms: HOUR_MS / 2 });
      await rig.ask().told;

      for (const offMs of brief ? [-HOUR_MS, 2 * HOUR_MS] : [-HOUR_MS, HOUR_MS, 2 * HOUR_MS, 0, 2 * HOUR_MS]) {
        const { since } = (await rig.agent().api.getCloud()).link;
        const underWay = [rig.ask(), rig.ask()];
        set(offMs);
        await Promise.all([...underWay, rig.ask()].map(({ told }) => told));
        const { state, since: sinceThen } = (await rig.agent().api.getCloud()).link;
        assert.deepEqual([state, sinceThen], ['up', since], 'the link was cut by a clock');
        const outbox = await rig.agent().api.getOutbox();
        assert.notEqual(outbox.state, 'stopped', outbox.reason ?? '');
      }
      // A date is a date: half an hour is over when the hub's clock says so.
      await rig.agent().api.endPairing();
      await assert.rejects(
        rig.agent().api.beginPairing({ origin: rig.hub().origin, name: 'bench', enrolment_token: token.token ?? '' }),
        /does not take in/,
      );
      set(-HOUR_MS);
      await pairByCode(rig);
      await rig.linked();

      const lost = rig.ask();
      await rig.hub().kill();
      await lost.told;
      set(HOUR_MS);
      await rig.restartHub();
      await rig.linked();
      await rig.askAgain();
      await stopScanning();
      await rig.account();
    });
  },
};

async function pairByCode(rig: HubRig): Promise<void> {
  const { api } = rig.agent();
  const { pairing, key_words: words } = await api.beginPairing({ origin: rig.hub().origin, name: 'bench' });
  await rig.admin().approvePairing(pairing?.user_code ?? '', { key_words: words ?? '' });
}
