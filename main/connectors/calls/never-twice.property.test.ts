import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { type Bench, openBench } from '../testing/bench.ts';
import { createLosableDisk } from '../testing/losable-disk.ts';
import type { Step } from '../testing/scripted-device-side.ts';

type Move =
  | { readonly type: 'call'; readonly key: number }
  | { readonly type: 'twice'; readonly key: number }
  | { readonly type: 'crash_at'; readonly key: number; readonly step: Step }
  | { readonly type: 'crash_on_disk'; readonly key: number; readonly writes: number }
  | { readonly type: 'lost_answer'; readonly key: number; readonly taken: boolean }
  | { readonly type: 'called_off'; readonly key: number; readonly step: Step }
  | { readonly type: 'restart' };

const key = fc.nat({ max: 3 });
const step = fc.constantFrom<Step[]>('turn', 'check', 'before_act', 'after_act');
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('call' as const), key }) },
  fc.record({ type: fc.constant('twice' as const), key }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('crash_at' as const), key, step }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('crash_on_disk' as const), key, writes: fc.nat({ max: 2 }) }) },
  fc.record({ type: fc.constant('lost_answer' as const), key, taken: fc.boolean() }),
  fc.record({ type: fc.constant('called_off' as const), key, step }),
  fc.record({ type: fc.constant('restart' as const) }),
);

async function play(
  bench: Bench,
  disk: ReturnType<typeof createLosableDisk>,
  connectorId: string,
  one: Move,
): Promise<void> {
  const ask = (number: number, signal?: AbortSignal) =>
    bench.set(
      connectorId,
      { idempotency_key: `k${number}`, tag: `k${number}` },
      signal === undefined ? {} : { signal },
    );
  switch (one.type) {
    case 'call':
      await ask(one.key);
      return;
    case 'twice':
      await Promise.all([ask(one.key), ask(one.key)]);
      return;
    case 'crash_at': {
      const reached = Promise.withResolvers<'reached'>();
      bench.devices.at(one.step, () => {
        reached.resolve('reached');
        return new Promise(() => {});
      });
      await Promise.race([ask(one.key), reached.promise]);
      await bench.restart({ crash: true });
      return;
    }
    case 'crash_on_disk': {
      const lost = disk.loseAfter(one.writes);
      await Promise.race([ask(one.key), lost]);
      await bench.restart({ crash: true });
      return;
    }
    case 'lost_answer':
      bench.devices.answerAct(
        {
          outcome: 'unknown',
          sent: true,
          evidence: null,
          result: null,
          error: new AgentError('no_reply', 'lost').serialize(),
        },
        { takeFrame: one.taken },
      );
      await ask(one.key);
      bench.devices.answerAct(null);
      return;
    case 'called_off': {
      const caller = new AbortController();
      bench.devices.at(one.step, () => caller.abort());
      await ask(one.key, caller.signal);
      bench.devices.at(one.step, null);
      return;
    }
    case 'restart':
      await bench.restart();
  }
}

test('whatever happens, no key is ever sent twice, and what the journal says agrees with the device', async () => {
  const disk = createLosableDisk();
  const bench = await openBench({ wrapStore: (store) => disk.wrap(store) });
  const { id } = await bench.installRelay();
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 8 }), async (moves) => {
      await bench.restart({ crash: true });
      await bench.store.journal.write([{ sql: 'DELETE FROM effects' }]);
      await bench.restart({ crash: true });
      bench.world.received.length = 0;
      for (const one of moves) await play(bench, disk, id, one);
      await bench.restart({ crash: true });
      await bench.set(id, { idempotency_key: 'last', tag: 'last' });

      expect(bench.world.received).toEqual([...new Set(bench.world.received)]);
      for (const row of bench.service.journal({ limit: 100 })) {
        const taken = bench.world.received.includes(`SET 1 on ${row.idempotency_key}`);
        expect([row.idempotency_key, row.state, taken]).toEqual([
          row.idempotency_key,
          taken ? 'applied' : expect.stringMatching(/^(failed|refused)$/),
          taken,
        ]);
        if (taken) expect(row.sent).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
  await bench.close();
});
