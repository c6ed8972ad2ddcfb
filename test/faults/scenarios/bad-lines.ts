import { startFaultProxy } from '../../whole/support/fault-proxy.ts';
import { eventually } from '../../whole/support/wires.ts';
import { withHubRig } from '../support/hub-rig.ts';
import type { Scenario } from './scenario.ts';

const LATENCY_MS = 2_000;
const PATIENCE_MS = 120_000;
/** Bytes after which a connection ends: in a request, in its answer, in what comes after. */
const BREAKS = [200, 5, 300, 450, 600, 800, 1_200, 2_500];

/** What stands between a machine and its hub: slow, broken in the middle of a frame, or deaf. */
export const badLines: Scenario = {
  name: 'bad-lines',
  promise: `${LATENCY_MS} ms each way, connections that end in the middle of a frame, one that nobody answers: linked again by itself, nothing twice, no event lost`,
  obstacle: () => null,
  async run({ brief }) {
    const proxy = await startFaultProxy();
    const between = (hubUrl: string) => {
      proxy.aim(Number(new URL(hubUrl).port));
      return proxy.url;
    };
    try {
      await withHubRig({ hub: { heartbeatS: 5 }, between }, async (rig) => {
        await rig.linked();
        const stopScanning = rig.scanEvery(50);

        proxy.hush();
        const taken = proxy.taken();
        proxy.cut();
        await eventually('it was tried again', PATIENCE_MS, async () => proxy.taken() > taken);
        proxy.mend();
        proxy.delay(LATENCY_MS);
        proxy.cut();
        await rig.apart();
        await rig.linked();
        await Promise.all(Array.from({ length: brief ? 3 : 20 }, () => rig.ask().told));
        await rig.askAgain();
        proxy.mend();

        for (const bytes of BREAKS.slice(0, brief ? 1 : undefined)) {
          proxy.breakAfter(bytes);
          await rig.ask().told;
          await rig.linked();
          await rig.askAgain();
        }

        await stopScanning();
        await rig.account();
      });
    } finally {
      await proxy.close();
    }
  },
};
