import assert from 'node:assert/strict';
import { join } from 'node:path';
import { eventually } from '../../whole/support/wires.ts';
import { hasEnded } from '../support/bench.ts';
import { noTracing } from '../support/programs.ts';
import { assertRead, assertTold, type Rig, withRig } from '../support/rig.ts';
import { attachTracer } from '../support/strace.ts';
import type { Scenario } from './scenario.ts';

/** What a disk says of itself, and what a person has to hear. */
const faults = [
  { error: 'EIO', calls: 'pwrite64,fdatasync,fsync', heard: /disk reports errors/ },
  // A file system that the kernel has made read-only after an error.
  { error: 'EROFS', calls: 'pwrite64', heard: /read-only|disk reports errors/ },
] as const;

/** The disk begins to refuse what is written to the databases while the agent runs, and mends again. */
export const failingDisk: Scenario = {
  name: 'failing-disk',
  promise: 'on a disk that reports errors or turned read-only nothing is sent, reads go on, and it is said',
  obstacle: noTracing,
  run: () =>
    withRig(async (rig) => {
      await rig.start();
      assertTold(await rig.tare(), { outcome: 'applied' });
      for (const fault of faults) await failAndMend(rig, fault);
      await rig.account();
    }),
};

async function failAndMend(rig: Rig, { error, calls, heard }: (typeof faults)[number]): Promise<void> {
  const agent = rig.agent();
  const files = ['journal.db', 'journal.db-wal', 'state.db', 'state.db-wal'];
  const tracer = await attachTracer(agent.pid, join(rig.bench.folder, `strace-${error}.txt`), {
    trace: calls,
    inject: `${calls}:error=${error}`,
    paths: files.map((name) => join(rig.bench.dataDir, name)),
  });
  const told = await rig.tare();
  assertTold(told, { outcome: 'failed', sent: false });
  assert.equal(told?.error?.code, 'store_unavailable');
  assert.match(told?.error?.hint ?? '', heard);
  assertRead(await rig.weigh(), 'value');
  const health = await agent.api.getHealth();
  assert.equal(health.storage.available, false);
  assert.match(health.storage.hint ?? '', heard);
  const lines = await tracer.detach();
  assert(
    lines.some((line) => line.includes(`${error} `) && line.includes('(INJECTED)')),
    'nothing was injected',
  );

  assert(!hasEnded(agent), 'the agent ended');
  assertTold(await rig.again(), { outcome: 'applied' });
  await eventually('storage in health', 30_000, async () => (await agent.api.getHealth()).storage.available);
}
