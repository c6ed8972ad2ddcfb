import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { createLosableDisk } from '../testing/losable-disk.ts';
import type { Step } from '../testing/scripted-device-side.ts';

type Move =
  | { readonly type: 'ask'; readonly key: number }
  | { readonly type: 'allow'; readonly times: number }
  | { readonly type: 'deny' }
  | { readonly type: 'allow_and_deny' }
  | { readonly type: 'allow_and_crash_at'; readonly step: Step }
  | { readonly type: 'allow_and_lose_disk'; readonly writes: number }
  | { readonly type: 'run_out' }
  | { readonly type: 'unplug' }
  | { readonly type: 'restart'; readonly crash: boolean };

const step = fc.constantFrom<Step[]>('prepare', 'turn', 'check', 'before_act', 'after_act');
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('ask' as const), key: fc.nat({ max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('allow' as const), times: fc.integer({ min: 1, max: 3 }) }) },
  fc.constant({ type: 'deny' as const }),
  fc.constant({ type: 'allow_and_deny' as const }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('allow_and_crash_at' as const), step }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('allow_and_lose_disk' as const), writes: fc.nat({ max: 2 }) }),
  },
  fc.constant({ type: 'run_out' as const }),
  fc.constant({ type: 'unplug' as const }),
  fc.record({ type: fc.constant('restart' as const), crash: fc.boolean() }),
);

async function play(
  bench: Bench,
  disk: ReturnType<typeof createLosableDisk>,
  connectorId: string,
  one: Move,
): Promise<void> {
  const { service } = bench;
  const first = service.approvals({ state: 'waiting', limit: 1 })[0]?.id ?? 'ap_none';
  const allow = () => service.approve(first, {}, admin).catch(() => null);
  const deny = () => service.deny(first, {}, admin).catch(() => null);
  switch (one.type) {
    case 'ask': {
      // A call whose caller leaves once a person is asked, or is answered before.
      const caller = new AbortController();
      const stop = service.subscribe((event) => {
        if (event.type === 'approval') caller.abort();
      });
      const name = `k${one.key}`;
      const waits = service.approvals({ state: 'waiting', limit: 10 }).length > 0;
      const answer = bench.set(connectorId, { idempotency_key: name, tag: name }, { signal: caller.signal });
      if (waits) setImmediate(() => setImmediate(() => caller.abort()));
      await answer;
      stop();
      return;
    }
    case 'allow':
      await Promise.all(Array.from({ length: one.times }, allow));
      return;
    case 'deny':
      await deny();
      return;
    case 'allow_and_deny':
      await Promise.all([allow(), deny()]);
      return;
    case 'allow_and_crash_at': {
      const reached = Promise.withResolvers<void>();
      bench.devices.at(one.step, () => {
        reached.resolve();
        return new Promise(() => {});
      });
      await Promise.race([allow(), reached.promise]);
      await bench.restart({ crash: true });
      return;
    }
    case 'allow_and_lose_disk': {
      const lost = disk.loseAfter(one.writes);
      await Promise.race([allow(), lost]);
      await bench.restart({ crash: true });
      return;
    }
    case 'run_out':
      bench.clock.advance(120_000);
      await bench.store.journal.write([]);
      return;
    case 'unplug':
      bench.devices.unplug('dev_a');
      bench.devices.plug('dev_a');
      await bench.store.journal.write([]);
      return;
    case 'restart':
      await bench.restart({ crash: one.crash });
  }
}

test('whatever happens, an action is done at most once, and only if a person allowed it', async () => {
  const disk = createLosableDisk();
  const bench = await openBench({ wrapStore: (store) => disk.wrap(store) });
  const { id } = await bench.installRelay();
  await bench.service.setPolicy(id, { default: 'confirm', tools: {} }, admin);
  let done = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 2, maxLength: 10 }), async (moves) => {
      await bench.restart({ crash: true });
      await bench.store.journal.write([{ sql: 'DELETE FROM effects' }]);
      await bench.restart({ crash: true });
      bench.world.received.length = 0;
      for (const one of moves) await play(bench, disk, id, one);
      await bench.restart({ crash: true });
      // An approval of something else: the device is asked about what is in doubt before anything new is sent.
      await play(bench, disk, id, { type: 'run_out' });
      await bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin);
      await bench.set(id, { idempotency_key: 'last', tag: 'last' });
      await bench.service.setPolicy(id, { default: 'confirm', tools: {} }, admin);

      const { received } = bench.world;
      expect(received).toEqual([...new Set(received)]);
      for (const row of bench.service.journal({ limit: 100 })) {
        if (row.idempotency_key === 'last') continue;
        const taken = received.includes(`SET 1 on ${row.idempotency_key}`);
        if (taken) {
          expect(row).toMatchObject({ state: 'applied', sent: true, approval: { decision: { state: 'approved' } } });
          done += 1;
        } else {
          expect(row.state).toMatch(/^(failed|refused)$/);
        }
      }
    }),
    { numRuns: 100 },
  );
  // The moves do lead to something.
  expect(done).toBeGreaterThan(10);
  await bench.close();
}, 120_000);
