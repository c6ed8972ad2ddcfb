import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { createKioskPin, type KioskPin } from './kiosk-pin.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';

let dataDir: string;
let store: Store;
let clock: FakeClock;
let entries: Map<string, string>;
let locked: boolean;
let pin: KioskPin;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fibric-kiosk-'));
  store = await openStore({ dataDir });
  clock = createFakeClock();
  entries = new Map();
  locked = false;
  pin = reloaded();
});
afterEach(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const open = <Answer>(answer: () => Answer): Promise<Answer> =>
  locked ? Promise.reject(new AgentError('vault_unavailable', 'locked')) : Promise.resolve(answer());
/** As after a restart of the agent. */
const reloaded = () =>
  createKioskPin({
    state: store.state,
    clock,
    vault: {
      get: (entry) => open(() => entries.get(entry) ?? null),
      set: (entry, secret) => open(() => void entries.set(entry, secret)),
      delete: (entry) => open(() => void entries.delete(entry)),
    },
  });

describe('the PIN of kiosk mode', () => {
  it('keeps people in while none is set', async () => {
    expect(await pin.isSet()).toBe(false);
    await expect(pin.unlock('4711')).rejects.toMatchObject({ code: 'pin_required' });
  });

  it('lets out who knows it, also after a restart, and rests in the vault as a hash', async () => {
    await pin.change('471108', undefined);
    expect(await reloaded().isSet()).toBe(true);
    await reloaded().unlock('471108');
    await expect(pin.unlock('471109')).rejects.toMatchObject({ code: 'pin_incorrect' });
    expect([...entries.keys()]).toEqual(['kiosk/pin']);
    expect([...entries.values()].join()).not.toContain('471108');
    for (const file of readdirSync(dataDir))
      expect(readFileSync(join(dataDir, file), 'latin1')).not.toContain('471108');
  });

  it('keeps people in while the vault is locked', async () => {
    await pin.change('471108', undefined);
    locked = true;
    await expect(pin.unlock('471108')).rejects.toMatchObject({ code: 'vault_unavailable' });
    await expect(pin.isSet()).rejects.toMatchObject({ code: 'vault_unavailable' });
  });

  it('makes each wrong try after the third wait longer, over a restart too', async () => {
    await pin.change('471108', undefined);
    for (let tries = 0; tries < 3; tries += 1)
      await expect(pin.unlock('0000')).rejects.toMatchObject({ code: 'pin_incorrect' });
    await expect(reloaded().unlock('471108')).rejects.toMatchObject({ code: 'rate_limited' });
    clock.advance(5_000);
    await expect(reloaded().unlock('0000')).rejects.toMatchObject({ code: 'pin_incorrect' });
    clock.advance(9_999);
    await expect(pin.unlock('471108')).rejects.toMatchObject({ code: 'rate_limited' });
    clock.advance(1);
    await pin.unlock('471108');
    await pin.unlock('471108');
  });

  it('is changed and removed only by who knows it', async () => {
    await pin.change('471108', undefined);
    await expect(pin.change('1234', undefined)).rejects.toMatchObject({ code: 'pin_required' });
    await expect(pin.change(null, '0000')).rejects.toMatchObject({ code: 'pin_incorrect' });
    await pin.change('1234', '471108');
    await pin.unlock('1234');
    await pin.change(null, '1234');
    expect(entries.size).toBe(0);
  });

  it('counts tries one by one, however many come at once', async () => {
    await pin.change('471108', undefined);
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => pin.unlock('0000')));
    const codes = tries.map((tried) => tried.status === 'rejected' && AgentError.from(tried.reason).code);
    expect(codes.filter((code) => code === 'pin_incorrect')).toHaveLength(3);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(5);
  });
});
