import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairTurns, turnsOf } from './fair-turns.ts';

/** Turns that go on when `pass` is called; `order` is who began, in order. */
function scripted() {
  const runs: (() => void)[] = [];
  const turns = createFairTurns((run) => runs.push(run));
  const order: string[] = [];
  return {
    order,
    idle: () => runs.length === 0,
    ask: (who: string) => void turns.take(who).then(() => order.push(who)),
    take: turns.take,
    async pass() {
      runs.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('turns of tenants', () => {
  it('come at once where nobody else has one', async () => {
    const { ask, order, pass, idle } = scripted();
    for (const who of ['a', 'b', 'a']) {
      ask(who);
      await Promise.resolve();
      expect(order.at(-1)).toBe(who);
      await pass();
    }
    expect([order, idle()]).toEqual([['a', 'b', 'a'], true]);
  });

  it('are one between two looks at the connections, and nobody waits behind the many of another', async () => {
    const { ask, order, pass } = scripted();
    for (let count = 0; count < 100; count += 1) ask('loud');
    await pass();
    ask('quiet');
    ask('other');
    for (let turn = 0; turn < 3; turn += 1) await pass();
    expect(order).toEqual(['loud', 'loud', 'quiet', 'other', 'loud']);
  });

  it('go to each who waits before anybody has two, and are all given, in the order of each', async () => {
    const arrivals = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (rounds) => {
        const { take, pass, idle } = scripted();
        const begun: { who: string; number: number }[] = [];
        const waits: { who: string; since: number; ahead: number }[] = [];
        let number = 0;
        const ask = (who: string) => {
          const own = { who, since: begun.length, ahead: waits.filter((one) => one.who === who).length };
          const mine = number;
          number += 1;
          waits.push(own);
          void take(who).then(() => {
            // Of each other one, no more than one piece of work went first, beside what of its own went before.
            const before = begun.slice(own.since).filter((one) => one.who !== who);
            for (const other of ['a', 'b', 'c', 'd'])
              expect(before.filter((one) => one.who === other).length).toBeLessThanOrEqual(own.ahead + 1);
            waits.splice(waits.indexOf(own), 1);
            begun.push({ who, number: mine });
          });
        };
        let asked = 0;
        for (const round of rounds) {
          for (const who of round) {
            ask(who);
            // Whoever was let in at once has begun before the next one asks.
            await Promise.resolve();
          }
          asked += round.length;
          await pass();
        }
        while (!idle()) await pass();
        expect(begun).toHaveLength(asked);
        for (const who of ['a', 'b', 'c', 'd']) {
          const own = begun.filter((one) => one.who === who).map((one) => one.number);
          expect(own).toEqual([...own].sort((left, right) => left - right));
        }
      }),
    );
  });

  it('are refused when more wait of one than it may have, and of nobody else', async () => {
    const { take } = scripted();
    for (let count = 0; count <= 2_000; count += 1) void take('loud');
    await expect(take('loud')).rejects.toMatchObject({ code: 'rate_limited' });
    void take('quiet');
    await take(null);
  });

  it('are those of a tenant together, whichever of its keys or machines, and not of whoever looks after the hub', () => {
    const partition = { tenantId: 't_1', mode: 'live', agentId: null } as const;
    const one = turnsOf({ kind: 'token', partition });
    expect(turnsOf({ kind: 'token', partition: { ...partition, agentId: 'agt_1' } })).toBe(one);
    expect(turnsOf({ kind: 'token', partition: { ...partition, mode: 'test' } })).not.toBe(one);
    // One who has many addresses would go before everybody else with each.
    expect(turnsOf({ kind: 'token' })).toBe('strangers');
    expect(turnsOf({ kind: 'local-admin', partition })).toBeNull();
  });
});
