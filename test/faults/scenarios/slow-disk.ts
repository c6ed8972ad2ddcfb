import assert from 'node:assert/strict';
import { join } from 'node:path';
import { noTracing } from '../support/programs.ts';
import { assertRead, assertTold, withRig } from '../support/rig.ts';
import { attachTracer } from '../support/strace.ts';
import type { Scenario } from './scenario.ts';

const DELAY_MS = 400;
const EFFECTS = 4;

/** The disk takes its time for every sync. */
export const slowDisk: Scenario = {
  name: 'slow-disk',
  promise: `with ${DELAY_MS} ms a sync, effects wait for the disk, nothing else does, and nothing times out`,
  obstacle: noTracing,
  run: () =>
    withRig(async (rig) => {
      const { pid, api } = await rig.start();
      assertTold(await rig.tare(), { outcome: 'applied' });
      // The first look makes the vault's file.
      await api.getHealth();
      const tracer = await attachTracer(pid, join(rig.bench.folder, 'strace.txt'), {
        trace: 'fsync,fdatasync',
        inject: `fsync,fdatasync:delay_enter=${DELAY_MS * 1_000}`,
      });
      const beganMs = performance.now();
      const order: string[] = [];
      const noted = async <Result>(what: string, work: Promise<Result>): Promise<Result> => {
        const result = await work;
        order.push(what);
        return result;
      };
      const asked = Array.from({ length: EFFECTS }, () => noted('effect', rig.tare()));
      const read = noted('read', rig.readRelays());
      const health = noted('health', api.getHealth());
      const told = await Promise.all(asked);
      const tookMs = performance.now() - beganMs;
      const lines = await tracer.detach();

      for (const one of told) assertTold(one, { outcome: 'applied' });
      assertRead(await read, 'relays');
      assert.equal((await health).status, 'ok');
      assert.deepEqual(order.slice(0, 2).sort(), ['health', 'read'], 'a read or the health waited for the disk');
      const delayed = lines.filter((line) => line.includes('(DELAYED)')).length;
      // Effects of one device come one after the other: sent and outcome are on disk before the next is sent.
      assert(delayed >= 2 * EFFECTS, `only ${delayed} syncs were delayed`);
      assert(tookMs >= 2 * EFFECTS * DELAY_MS, `${told.length} effects took only ${Math.round(tookMs)} ms`);
      await rig.account();
    }),
};
