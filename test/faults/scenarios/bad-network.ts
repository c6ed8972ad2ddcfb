import { withHubRig } from '../support/hub-rig.ts';
import { makeTwoPlaces, noNetworks } from '../support/two-places.ts';
import type { Scenario } from './scenario.ts';

const LOSS_PERCENT = 30;

/** The network between a machine and its hub: packets lost by chance, a dead connection that looks alive, a cable, an address. */
export const badNetwork: Scenario = {
  name: 'bad-network',
  promise: `${LOSS_PERCENT} % of the packets lost, a connection half open, a cable pulled, another address: linked again by itself, nothing twice, no event lost`,
  obstacle: noNetworks,
  async run({ brief }) {
    const places = await makeTwoPlaces();
    try {
      const hub = { wrap: places.atHub, host: places.hubAddress, heartbeatS: 2 };
      await withHubRig({ hub, agent: { wrap: places.atAgent } }, async (rig) => {
        await rig.linked();
        const stopScanning = rig.scanEvery(50);

        places.lose(LOSS_PERCENT);
        for (let round = 0; round < (brief ? 4 : 40); round += 1) {
          await Promise.all([rig.ask().told, rig.ask().told, rig.ask().told]);
        }
        await rig.askAgain();

        for (let round = 0; round < (brief ? 1 : 5); round += 1) {
          // Nobody is told: both sides think that the other is silent.
          const underWay = [rig.ask(), rig.ask()];
          places.lose(100);
          underWay.push(rig.ask());
          await rig.apart();
          await Promise.all(underWay.map(({ told }) => told));
          places.lose(0);
          await rig.linked();
          await rig.askAgain();

          if (brief) continue;
          places.plug(false);
          await rig.apart();
          places.plug(true);
          await rig.linked();
        }
        // Connections of the address before are dead, and nobody says so.
        const moving = rig.ask();
        places.move();
        await rig.apart();
        await rig.linked();
        await moving.told;
        await rig.askAgain();

        await stopScanning();
        await rig.account();
      });
    } finally {
      await places.close();
    }
  },
};
