import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { createPortQueue, LANE_DEPTH, type Turn } from './port-queue.ts';

const signal = new AbortController().signal;
const name = (lane: string) => `device ${lane}`;
const turnOfLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the queue of a port', () => {
  it('has one holder at a time, serves each lane in order, and settles everyone', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('acquire' as const), lane: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ type: fc.constant('release' as const) }),
      fc.record({ type: fc.constant('abort' as const), which: fc.nat(40) }),
      fc.record({ type: fc.constant('clear' as const), lane: fc.constantFrom('a', 'b', undefined) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const queue = createPortQueue(name);
        const controllers: AbortController[] = [];
        const served = new Map<string, number[]>();
        const holders: Turn[] = [];
        let settled = 0;
        for (const one of steps) {
          if (one.type === 'acquire') {
            const controller = new AbortController();
            const number = controllers.push(controller);
            queue
              .acquire(one.lane, controller.signal)
              .then((turn) => {
                holders.push(turn);
                expect(holders.length).toBe(1);
                served.set(one.lane, [...(served.get(one.lane) ?? []), number]);
              })
              .catch((error: unknown) => expect(error).toBeInstanceOf(AgentError))
              .finally(() => {
                settled += 1;
              });
          } else if (one.type === 'release') holders.shift()?.release();
          else if (one.type === 'abort') controllers[one.which]?.abort(new AgentError('cancelled', 'off'));
          else queue.clear(new AgentError('closed', 'over'), one.lane);
          await turnOfLoop();
        }
        while (settled < controllers.length || holders.length > 0) {
          const holder = holders.shift();
          expect(holder).toBeDefined();
          holder?.release();
          await turnOfLoop();
        }
        for (const numbers of served.values()) expect(numbers).toEqual([...numbers].sort((l, r) => l - r));
        // Free again, at once.
        (await queue.acquire('a', signal)).release();
      }),
      { numRuns: 60 },
    );
  });

  it('serves lanes in rotation, so that a busy device can not starve the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 60 }), async (lanes) => {
        const queue = createPortQueue(name);
        const first = await queue.acquire('x', signal);
        const order: string[] = [];
        const all = lanes.map((lane) =>
          queue.acquire(lane, signal).then((turn) => {
            order.push(lane);
            turn.release();
          }),
        );
        first.release();
        await Promise.all(all);
        const waiting = new Map<string, number>();
        for (const lane of lanes) waiting.set(lane, (waiting.get(lane) ?? 0) + 1);
        const since = new Map<string, number>();
        order.forEach((lane, index) => {
          // Between two turns of a lane every other lane that waits has had at most one.
          const between = order.slice((since.get(lane) ?? -1) + 1, index);
          expect(new Set(between).size).toBe(between.length);
          since.set(lane, index);
          waiting.set(lane, (waiting.get(lane) ?? 0) - 1);
        });
        expect([...waiting.values()].every((count) => count === 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('never lets a newcomer slip in between a release and the one it was handed to', async () => {
    const queue = createPortQueue(name);
    const first = await queue.acquire('a', signal);
    const order: string[] = [];
    const waiting = queue.acquire('a', signal).then((turn) => {
      order.push('waited');
      turn.release();
    });
    first.release();
    const newcomer = queue.acquire('b', signal).then((turn) => {
      order.push('came later');
      turn.release();
    });
    await Promise.all([waiting, newcomer]);
    expect(order).toEqual(['waited', 'came later']);
  });

  it('refuses the 33rd that would wait for one device, and still takes others', async () => {
    const queue = createPortQueue(name);
    const holder = await queue.acquire('a', signal);
    const waiting = Array.from({ length: LANE_DEPTH }, () => queue.acquire('a', signal));
    await expect(queue.acquire('a', signal)).rejects.toMatchObject({ code: 'device_busy' });
    const other = queue.acquire('b', signal);
    holder.release();
    for (const one of [...waiting.slice(0, 1), other, ...waiting.slice(1)]) (await one).release();
  });

  it('ignores a second release', async () => {
    const queue = createPortQueue(name);
    const first = await queue.acquire('a', signal);
    first.release();
    const second = await queue.acquire('a', signal);
    first.release();
    const third = queue.acquire('a', signal);
    expect(await Promise.race([third, turnOfLoop().then(() => 'waits')])).toBe('waits');
    second.release();
    (await third).release();
  });
});
