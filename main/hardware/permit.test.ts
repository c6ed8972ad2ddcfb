import { describe, expect, it } from 'vitest';
import type { Plan } from '../../drivers/kit/index.ts';
import { createPermitAuthority, journalIdOf } from './permit.ts';

const frame = (byte: number) => ({ bytes: Uint8Array.of(byte), label: String(byte) });
const plan: Plan = { summary: 'Open', frames: [frame(1)], data: {}, timed: { holdMs: 1_000, release: [frame(2)] } };

describe('a permit', () => {
  it('is good once, for exactly its frames', () => {
    const permits = createPermitAuthority();
    const permit = permits.mint('jr_1', plan);
    expect(journalIdOf(permit)).toBe('jr_1');
    expect(permits.redeem(permit, { ...plan, frames: [frame(3)] })).toBe(false);
    expect(permits.redeem(permit, plan)).toBe(true);
    expect(permits.redeem(permit, plan)).toBe(false);
  });

  it('of a timed effect covers how long it lasts and what ends it', () => {
    const permits = createPermitAuthority();
    const permit = permits.mint('jr_1', plan);
    expect(permits.redeem(permit, { ...plan, timed: { holdMs: 9_000, release: [frame(2)] } })).toBe(false);
    expect(permits.redeem(permit, { ...plan, timed: { holdMs: 1_000, release: [] } })).toBe(false);
    const { timed: _timed, ...untimed } = plan;
    expect(permits.redeem(permit, untimed)).toBe(false);
  });

  it('for a release is good again and again, for the release frames alone, and for nothing else', () => {
    const permits = createPermitAuthority();
    const permit = permits.mintRelease('jr_1', plan);
    expect([permits.redeemRelease(permit, plan), permits.redeemRelease(permit, plan)]).toEqual([true, true]);
    expect(permits.redeemRelease(permit, { ...plan, timed: { holdMs: 1, release: [frame(1)] } })).toBe(false);
    expect(permits.redeemRelease(permits.mint('jr_1', plan), plan)).toBe(false);
    expect(permits.redeem(permit, plan)).toBe(false);
    expect(createPermitAuthority().redeemRelease(permit, plan)).toBe(false);
  });
});
