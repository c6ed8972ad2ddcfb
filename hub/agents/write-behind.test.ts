import { expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Statement } from '../../main/store/index.ts';
import type { Clock } from '../clock.ts';
import { createWriteBehind } from './write-behind.ts';

function createScene() {
  const commits: string[][] = [];
  const timers: (() => void)[] = [];
  let broken = false;
  let hold: PromiseWithResolvers<void> | null = null;
  const faults: unknown[] = [];
  const clock: Pick<Clock, 'after'> = {
    after(_delayMs, run) {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
  };
  const database = {
    async write(statements: readonly Statement[]) {
      await hold?.promise;
      if (broken) throw new AgentError('store_unavailable', 'The disk is full.');
      if (statements.some(({ sql }) => sql === 'wrong')) throw new AgentError('state_conflict', 'It contradicts.');
      commits.push(statements.map(({ sql }) => sql));
      return statements.map(() => 1);
    },
  };
  const behind = createWriteBehind(database, clock, (error) => faults.push(error));
  return {
    behind,
    commits,
    faults,
    put: (key: string, text: string) => behind.put(key, { statement: { sql: text }, text }),
    break(now: boolean) {
      broken = now;
    },
    hold() {
      hold = Promise.withResolvers();
      return hold.resolve;
    },
    tick: () => timers.shift()?.(),
    settled: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
}

it('stores the last of several changes of a row, and shows it until then', async () => {
  const { behind, commits, put, hold, settled } = createScene();
  const go = hold();
  put('a', 'a1');
  put('b', 'b1');
  put('a', 'a2');
  expect([behind.waiting('a')?.text, behind.waiting('b')?.text, behind.waiting('c')]).toEqual(['a2', 'b1', undefined]);
  go();
  await settled();
  expect(commits.flat()).toEqual(['a1', 'b1', 'a2']);
  expect(behind.waiting('a')).toBeUndefined();
  put('c', 'c1');
  await settled();
  expect(commits.at(-1)).toEqual(['c1']);
});

it('keeps what could not be stored and tries again, without taking an older change for the newer', async () => {
  const scene = createScene();
  scene.break(true);
  scene.put('a', 'a1');
  await scene.settled();
  expect(scene.faults).toHaveLength(1);
  scene.put('a', 'a2');
  scene.put('b', 'b1');
  expect(scene.behind.waiting('a')?.text).toBe('a2');
  scene.break(false);
  scene.tick();
  await scene.settled();
  expect(scene.commits).toEqual([['a2', 'b1']]);
});

it('stores what is left when it ends', async () => {
  const scene = createScene();
  scene.break(true);
  scene.put('a', 'a1');
  await scene.settled();
  scene.break(false);
  await scene.behind.close();
  expect(scene.commits).toEqual([['a1']]);
});

it('stores all but the one that can not be stored by its own fault', async () => {
  const scene = createScene();
  const go = scene.hold();
  scene.put('a', 'a1');
  for (const text of ['b1', 'wrong', 'c1']) scene.put(text, text);
  go();
  await scene.settled();
  expect(scene.commits).toEqual([['a1'], ['b1'], ['c1']]);
  expect([scene.faults.length, scene.behind.waiting('wrong')]).toEqual([1, undefined]);
});
