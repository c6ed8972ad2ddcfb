import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { onReadOnlyDisk } from '../support/own-mount.ts';
import { noMounts } from '../support/programs.ts';
import { assertTold, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

/** The data folder lies on a disk that takes no writes. */
export const readOnlyDisk: Scenario = {
  name: 'read-only-disk',
  promise: 'on a read-only disk the agent refuses to start and says why, with databases there and without',
  obstacle: noMounts,
  run: () =>
    withRig(async (rig) => {
      const { dataDir } = rig.bench;
      const refusal = async () => {
        const started = rig.bench.start({ wrap: onReadOnlyDisk(dataDir), ownMounts: true });
        return started.then(
          () => assert.fail('it started'),
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
      };
      await rig.start();
      assertTold(await rig.tare(), { outcome: 'applied' });
      await rig.agent().stop();
      const withDatabases = await refusal();
      assert.match(withDatabases, /ended with 1 before/);
      assert.match(withDatabases, /read-only/i);

      await rig.start();
      assertTold(await rig.tare(), { outcome: 'applied' });
      await rig.account();
      await rig.agent().stop();
      rmSync(dataDir, { recursive: true });
      const withNothing = await refusal();
      assert.match(withNothing, /ended with [12] before/);
      assert.match(withNothing, /read-only/i);
    }),
};
