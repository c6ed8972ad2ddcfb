import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { eventually } from '../../whole/support/wires.ts';
import { hasEnded } from '../support/bench.ts';
import { fillDisk, onSmallDisk, seenBy } from '../support/own-mount.ts';
import { noMounts } from '../support/programs.ts';
import { assertRead, assertTold, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

const ROUNDS = 3;
/** An effect may still fit into what its files hold already; this many do not. */
const MOST_THAT_FIT = 40;

async function logged({ api }: AgentProcess, what: RegExp): Promise<boolean> {
  return (await api.tailLogs({ limit: 200 })).data.some(({ message }) => what.test(message));
}

/** The disk with the data folder runs full, under load and at rest, and is emptied again. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  promise: 'on a full disk nothing is sent, reads go on, health says why, and room mends it without a restart',
  obstacle: noMounts,
  run: () =>
    withRig(async (rig) => {
      const { dataDir } = rig.bench;
      const agent = await rig.start({ wrap: onSmallDisk(dataDir, 8), ownMounts: true });
      assertTold(await rig.tare(), { outcome: 'applied' });

      for (let round = 0; round < ROUNDS; round += 1) {
        const underWay = [rig.tare(), rig.tare(), rig.relay()];
        const free = fillDisk(seenBy(agent.pid, dataDir));
        await Promise.all(underWay);
        let refused = await rig.tare();
        for (let more = 0; refused?.outcome === 'applied' && more < MOST_THAT_FIT; more += 1)
          refused = await rig.tare();
        assertTold(refused, { outcome: 'failed', sent: false });
        assert.match(`${refused?.error?.message} ${refused?.error?.hint}`, /disk is full/);
        assert.equal(refused?.error?.code, 'store_unavailable');

        assertRead(await rig.weigh(), 'value');
        const health = await agent.api.getHealth();
        assert.equal(health.status, 'attention');
        assert.equal(health.storage.available, false);
        assert.match(health.storage.hint ?? '', /disk is full/);
        const doctor = await agent.api.runDoctor();
        assert.equal(doctor.checks.find(({ id }) => id === 'storage')?.result, 'error');

        // The log can't be written either, and has to survive that.
        if (round === 0) await eventually('a line of the log', 30_000, () => logged(agent, /could not be stored/));
        free();
        assertTold(await rig.again(), { outcome: 'applied' });
        await agent.api.setPause(true);
        await agent.api.setPause(false);
        const logFile = join(seenBy(agent.pid, dataDir), 'logs', 'agent.log');
        await eventually('the file of the log', 5_000, async () =>
          /Actions were resumed/.test(readFileSync(logFile, 'utf8')),
        );
        // What the state has to store comes by itself within seconds.
        await eventually('storage in health', 30_000, async () => (await agent.api.getHealth()).storage.available);
      }
      assert(!hasEnded(agent), 'the agent ended');
      await rig.account();
    }),
};
