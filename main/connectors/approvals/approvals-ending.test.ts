import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { confirm, createAsking } from '../testing/asking.ts';
import { admin, type Bench, openBench } from '../testing/bench.ts';

let bench: Bench;
let id: string;

beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
  await bench.service.setPolicy(id, confirm, admin);
});
afterEach(() => bench.close());

const { ask, pending, ended, waiting, again } = createAsking(() => ({ bench, id }));

describe('an approval is void', () => {
  const cases: readonly [string, () => Promise<unknown>][] = [
    [
      'once its unit was unplugged, though the same one came back',
      async () => {
        bench.devices.unplug('dev_a');
        bench.devices.plug('dev_a');
      },
    ],
    ['once the policy was changed', () => bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin)],
    ['once the connector has another device', () => bench.service.update(id, { config: { device: 'dev_b' } }, admin)],
    ['once the settings were changed', () => bench.service.update(id, { config: { baud_rate: 19_200 } }, admin)],
    ['once the connector was uninstalled', () => bench.service.remove(id, admin)],
  ];
  test.each(cases)('%s', async (_name, change) => {
    const { approval, answer } = await ask({ idempotency_key: 'k' });
    const over = ended(approval.id);
    await change();
    expect(await over).toMatchObject({ state: 'void', journal_state: 'refused', reason: 'approval_expired' });
    expect(await answer).toMatchObject({ outcome: 'refused', reason: 'approval_expired', sent: false });
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({ code: 'state_conflict' });
    expect(bench.world.received).toEqual([]);
  });

  test('when the unit is another than the one that was shown, even if nobody told', async () => {
    const { approval } = await pending({});
    const device = bench.world.devices.get('dev_a');
    if (device === undefined) throw new Error('dev_a');
    const other = { ...device, descriptor: { ...device.descriptor, serial_number: 'Z9' } };
    bench.devices.emit({ type: 'device_changed', device: other });
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({
      message: expect.stringContaining('can’t be allowed any more'.replace('’', "'")),
    });
    expect(bench.world.received).toEqual([]);
  });

  test('when the driver would send other bytes for it now', async () => {
    const { approval } = await pending({});
    bench.devices.frameEnd = '!';
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({ code: 'refused' });
    expect(bench.service.approval(approval.id)).toMatchObject({ state: 'void', reason: 'approval_expired' });
    expect(bench.world.received).toEqual([]);
  });

  test('when policy is changed in the moment between the decision and the device’s turn', async () => {
    const { approval } = await pending({ idempotency_key: 'k' });
    bench.devices.at('check', async () => {
      await bench.service.setPolicy(id, { default: 'confirm', tools: { 'relay.set': { min_interval_ms: 1 } } }, admin);
    });
    expect(await bench.service.approve(approval.id, {}, admin)).toMatchObject({ journal_state: 'refused' });
    expect(bench.world.received).toEqual([]);
  });
});

describe('the countdown', () => {
  test('ends it after 120 s: refused, and it can not be allowed', async () => {
    const { approval } = await pending({ idempotency_key: 'k' });
    const over = ended(approval.id);
    bench.clock.advance(100_000);
    expect(await over).toMatchObject({ state: 'expired', reason: 'approval_expired', decision: { by: null } });
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({
      code: 'state_conflict',
      message: expect.stringContaining('its time ran out'),
    });
    expect(await again('k')).toMatchObject({ outcome: 'refused', reason: 'approval_expired', deduplicated: true });
    expect(bench.world.received).toEqual([]);
  });

  test('ends it even when its timer is late, as after a sleep of the machine', async () => {
    const { approval } = await pending({ idempotency_key: 'k' });
    bench.clock.forgetTimers();
    bench.clock.advance(100_000);
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({
      message: expect.stringContaining('its time ran out'),
    });
    expect(bench.world.received).toEqual([]);
  });

  test('does not follow the wall clock, which may be set while it runs', async () => {
    const forward = await pending({ idempotency_key: 'k1' });
    bench.clock.setWall(3_600_000);
    expect(await bench.service.approve(forward.approval.id, {}, admin)).toMatchObject({ journal_state: 'applied' });
    const back = await pending({ idempotency_key: 'k2' });
    bench.clock.setWall(-7_200_000);
    const over = ended(back.approval.id);
    bench.clock.advance(100_000);
    expect(await over).toMatchObject({ state: 'expired' });
  });

  test('is never longer after a restart than it was, should the wall clock have been set back', async () => {
    const { approval } = await ask({ idempotency_key: 'k' });
    bench.clock.setWall(-3_600_000);
    await bench.restart({ crash: true });
    const over = ended(approval.id);
    bench.clock.advance(120_000);
    expect(await over).toMatchObject({ state: 'expired' });
  });

  test('goes on over a crash: it can be allowed until it ends, and is done once', async () => {
    const { approval } = await ask({ idempotency_key: 'k' });
    await bench.restart({ crash: true });
    expect(waiting()).toMatchObject([{ id: approval.id, expires_at: approval.expires_at }]);
    await bench.service.approve(approval.id, {}, admin);
    expect(await again('k')).toMatchObject({ outcome: 'applied', deduplicated: true });
    expect(bench.world.received).toHaveLength(1);
  });

  test('ends it after a crash too, while the new agent runs and while none did', async () => {
    const first = await ask({ idempotency_key: 'k1' });
    await bench.restart({ crash: true });
    const over = ended(first.approval.id);
    bench.clock.advance(120_000);
    expect(await over).toMatchObject({ state: 'expired' });
    const second = await ask({ idempotency_key: 'k2' });
    bench.clock.advance(119_000);
    await bench.service.close();
    bench.clock.advance(1_000);
    await bench.restart({ crash: true });
    expect(bench.service.approval(second.approval.id)).toMatchObject({ state: 'expired', reason: 'approval_expired' });
    expect(await again('k2')).toMatchObject({ reason: 'approval_expired', deduplicated: true });
  });

  test('goes on over a stop, which no waiting call holds up', async () => {
    const { approval, answer } = await ask({ idempotency_key: 'k' });
    await bench.service.close();
    expect(await answer).toMatchObject({ outcome: 'pending', approval_id: approval.id });
    await bench.restart({ crash: true });
    expect(waiting()).toMatchObject([{ id: approval.id }]);
  });

  test('can be set', async () => {
    await bench.close();
    bench = await openBench({ approvalCountdownMs: 30_000 });
    ({ id } = await bench.installRelay());
    await bench.service.setPolicy(id, confirm, admin);
    const { approval } = await pending({});
    expect(approval.expires_at).toBe('2026-07-02T15:00:30.000Z');
  });
});

describe('a crash', () => {
  test.each(['turn', 'check'] as const)(
    'between the approval and the act (%s) uses it up; nothing is sent',
    async (step) => {
      const { approval } = await pending({ idempotency_key: 'k' });
      const reached = Promise.withResolvers<void>();
      bench.devices.at(step, () => {
        reached.resolve();
        return new Promise(() => {});
      });
      void bench.service.approve(approval.id, {}, admin);
      await reached.promise;
      await bench.restart({ crash: true });
      expect(bench.service.journalEntry(approval.journal_id)).toMatchObject({ state: 'failed', sent: false });
      await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({ code: 'state_conflict' });
      expect(await again('k')).toMatchObject({ outcome: 'failed', sent: false, deduplicated: true });
      const second = await ask({ idempotency_key: 'k' });
      expect(second.approval.id).not.toBe(approval.id);
      expect(bench.world.received).toEqual([]);
    },
  );

  test('after the act never sends it again', async () => {
    const { approval } = await pending({ idempotency_key: 'k' });
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return new Promise(() => {});
    });
    void bench.service.approve(approval.id, {}, admin);
    await reached.promise;
    await bench.restart({ crash: true });
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({ code: 'state_conflict' });
    await bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin);
    await bench.set(id, { tag: 'other' });
    expect(await again('k')).toMatchObject({ outcome: 'applied', deduplicated: true, evidence: 'counter' });
    expect(bench.world.received).toEqual(['SET 1 on ', 'SET 1 on other']);
  });
});
