import { expect, it } from 'vitest';
import { AgentError } from '../../../../drivers/kit/index.ts';
import { createHeldWrites } from './held-writes.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('passes nothing on while it is held, and everything in order afterwards', async () => {
  const passed: number[] = [];
  const writes = createHeldWrites(async (bytes) => void passed.push(...bytes));
  await writes.write(Uint8Array.of(1));
  writes.hold(true);
  const [second, third] = [writes.write(Uint8Array.of(2)), writes.write(Uint8Array.of(3))];
  await turn();
  expect(passed).toEqual([1]);
  expect(writes.waiting()).toBe(true);
  writes.hold(false);
  await Promise.all([second, third]);
  expect(passed).toEqual([1, 2, 3]);
  await turn();
  expect(writes.waiting()).toBe(false);
});

it('is held in the middle of a large write', async () => {
  let passed = 0;
  const writes = createHeldWrites(async (bytes) => {
    passed += bytes.length;
    if (passed === 8_192) writes.hold(true);
  });
  const writing = writes.write(new Uint8Array(20_000));
  await turn();
  expect(passed).toBe(8_192);
  writes.hold(false);
  await writing;
  expect(passed).toBe(20_000);
});

it('ends what waits and what comes with its reason, and passes nothing on any more', async () => {
  const reason = new AgentError('device_unplugged', 'gone');
  const passed: number[] = [];
  const writes = createHeldWrites(async (bytes) => void passed.push(...bytes));
  writes.hold(true);
  const held = writes.write(Uint8Array.of(1));
  writes.end(reason);
  await expect(held).rejects.toBe(reason);
  await expect(writes.write(Uint8Array.of(2))).rejects.toBe(reason);
  writes.hold(false);
  await turn();
  expect(passed).toEqual([]);
});
