import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { judge } from './policy.ts';
import type { Bounds, Policy } from './policy-terms.ts';

const ask = (policy: Policy, args: Record<string, number | string | boolean> = {}, sent: readonly number[] = []) =>
  judge(policy, {
    connectorName: 'Relay',
    tool: 'relay.set',
    arguments: args,
    nowMs: 10_000,
    sentSince: (sinceMs) => sent.filter((at) => at > sinceMs),
  })?.reason ?? null;
const bounded = (bounds: Bounds): Policy => ({
  default: 'allow',
  tools: { 'relay.set': { bounds: { value: bounds } } },
});

describe('a policy', () => {
  test('the tool beats the default, both ways', () => {
    expect(ask({ default: 'deny', tools: {} })).toBe('policy_deny');
    expect(ask({ default: 'deny', tools: { 'relay.set': { decision: 'allow' } } })).toBeNull();
    expect(ask({ default: 'allow', tools: { 'relay.set': { decision: 'deny' } } })).toBe('policy_deny');
    expect(ask({ default: 'allow', tools: { 'other.set': { decision: 'deny' } } })).toBeNull();
  });

  test('confirm forbids nothing by itself; bounds and limits hold before a person is asked', () => {
    expect(ask({ default: 'confirm', tools: {} })).toBeNull();
    expect(ask({ ...bounded({ max_value: 5 }), default: 'confirm' }, { value: 6 })).toBe('bounds');
  });

  test('bounds hold numbers and decimal text to the same limit, the limit included', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }), (value, limit) => {
        const over = value > limit ? 'bounds' : null;
        const under = value < limit ? 'bounds' : null;
        for (const given of [value, (value / 100).toFixed(2), value / 100]) {
          const scaled = given === value ? limit : limit / 100;
          expect(ask(bounded({ max_value: scaled }), { value: given })).toBe(over);
          expect(ask(bounded({ min_value: scaled }), { value: given })).toBe(under);
        }
      }),
    );
  });

  test('what is no number is outside every bound; what is absent is not', () => {
    for (const value of ['much', '1e3', true, '']) expect(ask(bounded({ max_value: 5 }), { value })).toBe('bounds');
    expect(ask(bounded({ max_value: 5 }), {})).toBeNull();
    expect(ask(bounded({ max_value: 5 }), { value: 1e21 })).toBe('bounds');
    expect(ask(bounded({ min_value: 0 }), { value: -1e-7 })).toBe('bounds');
  });

  test('a minimal interval frees exactly when it has passed', () => {
    const policy: Policy = { default: 'allow', tools: { 'relay.set': { min_interval_ms: 1000 } } };
    expect(ask(policy, {}, [9_001])).toBe('interval');
    expect(ask(policy, {}, [9_000])).toBeNull();
  });

  test('a rate lets exactly its count through in any window', () => {
    const policy: Policy = { default: 'allow', tools: { 'relay.set': { rate: { count: 2, per_ms: 1000 } } } };
    expect(ask(policy, {}, [9_500])).toBeNull();
    expect(ask(policy, {}, [9_500, 9_600])).toBe('rate');
    expect(ask(policy, {}, [9_000, 9_600])).toBeNull();
  });
});

describe('on a connector', () => {
  let bench: Bench;
  let id: string;

  beforeEach(async () => {
    bench = await openBench();
    ({ id } = await bench.installRelay());
  });
  afterEach(() => bench.close());
  const set = (policy: Policy) => bench.service.setPolicy(id, policy, admin);

  test('a new one denies, the local administrator too', async () => {
    const fresh = await bench.service.install(
      { listing: 'cn-relay', auth: { type: 'none' }, config: { device: 'dev_b' } },
      admin,
    );
    expect(bench.service.policy(fresh.id)).toEqual({ default: 'deny', tools: {} });
    expect(await bench.set(fresh.id, {})).toMatchObject({ outcome: 'refused', reason: 'policy_deny', sent: false });
  });

  test('unknown tools, reads and bounds on other arguments are rejected, and nothing changes', async () => {
    const wrong: readonly (readonly [Policy, string])[] = [
      [{ default: 'deny', tools: { 'door.open': {} } }, 'invalid_configuration'],
      [{ default: 'deny', tools: { 'relay.read': {} } }, 'invalid_configuration'],
      [{ default: 'deny', tools: { 'relay.set': { bounds: { tag: { max_value: 1 } } } } }, 'invalid_configuration'],
      [
        { default: 'deny', tools: { 'relay.set': { bounds: { relay: { min_value: 2, max_value: 1 } } } } },
        'invalid_configuration',
      ],
    ];
    for (const [policy, code] of wrong) await expect(set(policy)).rejects.toMatchObject({ code });
    expect(bench.service.policy(id)).toEqual({ default: 'allow', tools: {} });
  });

  test('bounds hold', async () => {
    await set({ default: 'allow', tools: { 'relay.set': { bounds: { relay: { max_value: 2 } } } } });
    expect(await bench.set(id, { relay: 3 })).toMatchObject({ reason: 'bounds' });
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
  });

  test('counters survive a restart, and calls that wait together are counted one by one', async () => {
    await set({ default: 'allow', tools: { 'relay.set': { rate: { count: 2, per_ms: 60_000 } } } });
    const together = await Promise.all(['a', 'b', 'c', 'd'].map((tag) => bench.set(id, { tag })));
    expect(together.map((answer) => answer.outcome).sort()).toEqual(['applied', 'applied', 'refused', 'refused']);
    await bench.restart();
    bench.clock.advance(59_000);
    expect(await bench.set(id, {})).toMatchObject({ reason: 'rate' });
    bench.clock.advance(1_000);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('a minimal interval survives a restart, and frees when it has passed', async () => {
    await set({ default: 'allow', tools: { 'relay.set': { min_interval_ms: 10_000 } } });
    await bench.set(id, {});
    await bench.restart();
    bench.clock.advance(9_999);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'interval', sent: false });
    await bench.restart({ crash: true });
    bench.clock.advance(1);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('what was refused, or failed with nothing sent, counts for no limit; what may have been sent does', async () => {
    await set({ default: 'allow', tools: { 'relay.set': { rate: { count: 1, per_ms: 60_000 } } } });
    bench.devices.at('check', () => Promise.reject(new AgentError('device_not_ready', 'local mode')));
    expect(await bench.set(id, { tag: 'a' })).toMatchObject({ reason: 'check_failed' });
    bench.devices.at('check', null);
    bench.devices.canResolve = false;
    bench.devices.answerAct({ outcome: 'unknown', sent: true, evidence: null, result: null, error: null });
    const doubtful = await bench.set(id, { tag: 'b' });
    expect(doubtful).toMatchObject({ outcome: 'unknown' });
    await bench.service.settle(doubtful.journal_id ?? '', { answer: 'did_not_happen' }, admin);
    expect(await bench.set(id, { tag: 'c' })).toMatchObject({ reason: 'rate' });
  });

  test('bounds survive a restart', async () => {
    await set({ default: 'allow', tools: { 'relay.set': { bounds: { relay: { max_value: 2 } } } } });
    await bench.restart();
    expect(await bench.set(id, { relay: 3 })).toMatchObject({ reason: 'bounds' });
  });

  test('a replay is no new effect: the interval does not hide what was done', async () => {
    await set({ default: 'allow', tools: { 'relay.set': { min_interval_ms: 60_000 } } });
    await bench.set(id, { idempotency_key: 'k' });
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'applied', deduplicated: true });
    await set({ default: 'deny', tools: {} });
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'applied', deduplicated: true });
  });

  test('a pause beats all, survives a restart, and stops a call that waits for its turn', async () => {
    bench.devices.at('check', null);
    bench.devices.at('turn', () => bench.service.setPaused(true, admin));
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'paused', sent: false });
    await bench.restart();
    expect(bench.service.paused()).toBe(true);
    expect(await bench.set(id, {})).toMatchObject({ reason: 'paused' });
    await bench.service.setPaused(false, admin);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('a pause holds from the moment it is asked for', async () => {
    const pausing = bench.service.setPaused(true, admin);
    expect(bench.service.paused()).toBe(true);
    await pausing;
  });

  test('a pause that comes during the check still stops it', async () => {
    bench.devices.at('check', () => bench.service.setPaused(true, admin));
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'paused', sent: false });
    expect(bench.world.received).toEqual([]);
  });

  test('a policy that changes while a call waits is obeyed', async () => {
    bench.devices.at('turn', async () => {
      await set({ default: 'deny', tools: {} });
    });
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'policy_deny', sent: false });
    expect(bench.world.received).toEqual([]);
  });

  test('a unit that must be confirmed does nothing until a person has confirmed it', async () => {
    const device = bench.world.devices.get('dev_a');
    if (device === undefined) throw new Error('dev_a');
    const unsure = { ...device, identity: { ...device.identity, needs_confirmation: true } };
    bench.world.devices.set('dev_a', unsure);
    bench.devices.emit({ type: 'device_changed', device: unsure });
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'unconfirmed_device' });
    await bench.service.confirmDevice('dev_a', admin);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test.each([
    ['a known socket', 'serial', { confidence: 'port', protocol_serial: null }, 'unconfirmed_device'],
    ['a known socket', 'port', { confidence: 'port', protocol_serial: null }, null],
    ['nothing but a path', 'port', { confidence: 'path', protocol_serial: null }, 'unconfirmed_device'],
    ['what can not be told apart', 'port', { confidence: 'ambiguous', protocol_serial: null }, 'unconfirmed_device'],
    [
      'a unit that told another serial number',
      'port',
      { confidence: 'port', protocol_serial: 'B2' },
      'unconfirmed_device',
    ],
  ] as const)('after a replug of %s, a tool that requires %s', async (_what, required, identity, reason) => {
    const device = bench.world.devices.get('dev_a');
    if (device === undefined) throw new Error('dev_a');
    bench.world.minConfidence = required;
    await bench.restart();
    const replugged = { ...device, identity: { ...device.identity, ...identity, needs_confirmation: true } };
    bench.world.devices.set('dev_a', replugged);
    bench.devices.emit({ type: 'device_changed', device: replugged });
    expect(await bench.set(id, {})).toMatchObject(
      reason === null ? { outcome: 'applied' } : { outcome: 'refused', reason, sent: false },
    );
    await bench.service.confirmDevice('dev_a', admin);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
    await bench.restart();
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });
});
