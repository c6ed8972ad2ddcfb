import { describe, expect, it } from 'vitest';
import { AgentError, type Link, type Plan, type SideEffectTool } from '../../../drivers/kit/index.ts';
import { notSent, runAct } from './act-runner.ts';
import { createFrameGate } from './frame-gate.ts';

const driver = { isHarmless: (bytes: Uint8Array) => bytes[0] === 0 };
const frame = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), label: 'frame' });
const request = (...bytes: number[]) => ({
  ...frame(...bytes),
  match: () => ({ kind: 'incomplete' }) as const,
  replyTimeoutMs: 1,
});
const plan: Plan = { summary: 'do it', frames: [frame(1, 1), frame(2, 2), frame(1, 1)], data: {} };

describe('the gate', () => {
  it('lets harmless frames pass, with and without a permit', () => {
    const gate = createFrameGate(driver, 'the board', null);
    gate.admit(request(0, 9));
    gate.admit(request(0, 9));
    expect(gate.harmfulSent()).toBe(false);
  });

  it('stops everything else without a permit', () => {
    const gate = createFrameGate(driver, 'the board', null);
    expect(() => gate.admit(request(1, 1))).toThrow(expect.objectContaining({ code: 'frame_not_permitted' }));
    expect(gate.harmfulSent()).toBe(false);
  });

  it('lets each frame of the plan pass as often as it is in the plan, and no other', () => {
    const gate = createFrameGate(driver, 'the board', plan);
    expect(() => gate.admit(request(1))).toThrow();
    expect(() => gate.admit(request(1, 1, 1))).toThrow();
    expect(gate.harmfulSent()).toBe(false);
    gate.admit(request(1, 1));
    expect(gate.harmfulSent()).toBe(true);
    gate.admit(request(2, 2));
    gate.admit(request(1, 1));
    expect(() => gate.admit(request(1, 1))).toThrow();
    expect(() => gate.admit(request(2, 2))).toThrow();
  });
});

describe('how an act ended', () => {
  const link: Link = {
    exchange: () => Promise.reject(new AgentError('no_reply', 'silent')),
    pause: async () => {},
    portStatus: () => Promise.reject(new Error('no port')),
    now: () => '2026-01-01T00:00:00.000Z',
  };
  const run = (act: SideEffectTool['act'], harmfulSent: boolean) =>
    runAct({ act }, link, { harmfulSent: () => harmfulSent }, plan, {});
  const refused = new AgentError('device_refused', 'no');

  it.each([
    ['nothing harmful written', 'no_reply', false, 'failed'],
    ['refused before anything harmful', 'device_refused', false, 'failed'],
    ['refused by the device after it, which may be of the read-back', 'device_refused', true, 'unknown'],
    ['silent after it', 'no_reply', true, 'unknown'],
    ['unplugged after it', 'device_unplugged', true, 'unknown'],
    ['unreadable after it', 'bad_reply', true, 'unknown'],
    ['a fault of ours after it', 'internal_error', true, 'unknown'],
  ] as const)('%s', async (_name, code, sent, outcome) => {
    const answer = await run(() => Promise.reject(new AgentError(code, 'x')), sent);
    expect(answer).toMatchObject({ outcome, sent, evidence: null, result: null, error: { code } });
  });

  it('applied with its evidence', async () => {
    const answer = await run(async () => ({ outcome: 'applied', evidence: 'read_back', result: { on: true } }), true);
    expect(answer).toEqual({
      outcome: 'applied',
      sent: true,
      evidence: 'read_back',
      result: { on: true },
      error: null,
    });
  });

  it('failed by what the device said', async () => {
    const answer = await run(async () => ({ outcome: 'failed', error: refused }), true);
    expect(answer).toMatchObject({ outcome: 'failed', sent: true, error: { code: 'device_refused' } });
    expect(notSent(refused).sent).toBe(false);
  });
});
