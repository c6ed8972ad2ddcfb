import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openStore, type Statement, type Store } from '../store/index.ts';
import { type ApprovalPin, createApprovalPin } from './approval-pin.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';

const valueRow = z.object({ value: z.string() });
let dataDir: string;
let store: Store;
let clock: FakeClock;
let pin: ApprovalPin;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fibric-access-'));
  store = await openStore({ dataDir });
  clock = createFakeClock();
  pin = reloaded();
});
afterEach(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** As after a restart of the agent. */
const reloaded = () => createApprovalPin({ state: store.state, clock });

const wrong = async (times: number, by: ApprovalPin = pin) => {
  for (let time = 0; time < times; time += 1) {
    await expect(by.require('0000')).rejects.toMatchObject({ code: 'pin_incorrect' });
  }
};

describe('the PIN of approvals', () => {
  it('is not asked for until one is set', async () => {
    expect(pin.isSet()).toBe(false);
    await pin.require(undefined);
    await pin.require('anything');
  });

  it('is asked for once it is set, after a restart too', async () => {
    await pin.change('4711', undefined);
    for (const source of [pin, reloaded()]) {
      expect(source.isSet()).toBe(true);
      await expect(source.require(undefined)).rejects.toMatchObject({ code: 'pin_required' });
      await expect(source.require('4712')).rejects.toMatchObject({ code: 'pin_incorrect' });
      await source.require('4711');
    }
  });

  it('is changed and removed only by who knows it', async () => {
    await pin.change('4711', undefined);
    await expect(pin.change('0815', undefined)).rejects.toMatchObject({ code: 'pin_required' });
    await expect(pin.change('0815', '1')).rejects.toMatchObject({ code: 'pin_incorrect' });
    await expect(pin.change(null, '1')).rejects.toMatchObject({ code: 'pin_incorrect' });
    await pin.change('0815', '4711');
    await pin.require('0815');
    await pin.change(null, '0815');
    expect(reloaded().isSet()).toBe(false);
  });

  it('lies nowhere on disk, and the same PIN twice has another hash', async () => {
    await pin.change('918273645', undefined);
    const kept = () => store.state.read(valueRow, "SELECT value FROM settings WHERE key = 'approval_pin'")[0]?.value;
    const first = kept();
    await pin.change('918273645', '918273645');
    expect(first).toBeDefined();
    expect(kept()).not.toBe(first);
    for (const file of readdirSync(dataDir)) {
      expect(readFileSync(join(dataDir, file)).includes('918273645')).toBe(false);
    }
  });
});

describe('wrong tries', () => {
  it('are answered slower and slower: after the third, 5 s, then double each', async () => {
    await pin.change('4711', undefined);
    await wrong(3);
    await expect(pin.require('4711')).rejects.toMatchObject({ code: 'rate_limited', details: { retry_after_s: 5 } });
    clock.advance(5_000);
    await wrong(1);
    await expect(pin.require('4711')).rejects.toMatchObject({ details: { retry_after_s: 10 } });
    clock.advance(10_000);
    await pin.require('4711');
    await wrong(2);
    await pin.require('4711');
  });

  it('never wait longer than 15 min', async () => {
    await pin.change('4711', undefined);
    for (let time = 0; time < 12; time += 1) {
      await wrong(1);
      clock.advance(15 * 60_000);
    }
    await pin.require('4711');
  });

  it('are remembered over a restart, and bind changing and removing too', async () => {
    await pin.change('4711', undefined);
    await wrong(3);
    const next = reloaded();
    await expect(next.require('4711')).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(next.change(null, '4711')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('count before they are looked at, so that a killed agent gives none away', async () => {
    await pin.change('4711', undefined);
    for (let time = 0; time < 3; time += 1) {
      const reached = Promise.withResolvers<void>();
      const killed = createApprovalPin({
        clock,
        state: {
          read: store.state.read,
          async write(statements: readonly Statement[]) {
            await store.state.write(statements);
            reached.resolve();
            return new Promise<never>(() => {});
          },
        },
      });
      void killed.require('0000');
      await reached.promise;
    }
    await expect(reloaded().require('4711')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('at the same moment are counted one by one', async () => {
    await pin.change('4711', undefined);
    const tries = await Promise.allSettled(Array.from({ length: 10 }, (_, digit) => pin.require(`000${digit}`)));
    const codes = tries.map((each) => (each.status === 'rejected' ? each.reason.code : 'let in'));
    expect(codes.filter((code) => code === 'pin_incorrect')).toHaveLength(3);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7);
  });
});
