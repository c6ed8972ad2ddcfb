import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Approval, Caller, EffectResult, Policy } from './service.ts';
import { admin, type Bench, effectOf, nextEvent, openBench, type SetOptions } from './testing/bench.ts';

const till: Caller = { id: 'tok_1', kind: 'token', name: 'till' };
const window: Caller = { id: 'window', kind: 'window', name: 'window' };
const confirm: Policy = { default: 'confirm', tools: {} };

let bench: Bench;
let id: string;

beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
  await bench.service.setPolicy(id, confirm, admin);
});
afterEach(() => bench.close());

/** Starts a call and resolves when a person is asked, with what they are shown. */
const ask = async (
  args: Parameters<Bench['set']>[1],
  options: Partial<SetOptions> = {},
): Promise<{ readonly approval: Approval; readonly answer: Promise<EffectResult> }> => {
  const asked = nextEvent(bench.service, (event) =>
    event.type === 'approval' && event.approval.state === 'waiting' ? event.approval : null,
  );
  const answer = bench.set(id, args, { caller: till, ...options });
  return { approval: await asked, answer };
};
/** Lets the call give up its wait, as it does after 20 s. */
const pending = async (args: Parameters<Bench['set']>[1], options: Partial<SetOptions> = {}) => {
  const { approval, answer } = await ask(args, options);
  bench.clock.advance(20_000);
  return { approval, answer: await answer };
};
const ended = (approvalId: string) =>
  nextEvent(bench.service, (event) =>
    event.type === 'approval' && event.approval.id === approvalId && event.approval.state !== 'waiting'
      ? event.approval
      : null,
  );
const turnsOfTheLoop = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
};
const waiting = () => bench.service.approvals({ state: 'waiting', limit: 100 });
const again = (key: string, options: Partial<SetOptions> = {}) =>
  bench.set(id, { idempotency_key: key }, { caller: till, ...options });

describe('a call that policy wants confirmed', () => {
  test('shows a person connector, unit, tool, exact arguments, caller and countdown, and sends nothing', async () => {
    const { approval } = await ask({ idempotency_key: 'k', entity_key: 'order-7' });
    expect(approval).toMatchObject({
      connector_id: id,
      connector_name: 'Relay dev_a',
      device: { id: 'dev_a', product: 'Maker Relay board', serial_number: 'A1', known_by: 'serial number' },
      tool: 'relay.set',
      summary: 'Switch relay 1',
      arguments: { relay: 1, on: true, tag: '' },
      entity_key: 'order-7',
      caller: 'tok_1',
      caller_name: 'till',
      requested_at: '2026-07-02T15:00:00.000Z',
      expires_at: '2026-07-02T15:02:00.000Z',
      journal_state: 'awaiting_approval',
    });
    expect(waiting()).toEqual([approval]);
    expect(bench.devices.reached.get('turn')).toBeUndefined();
    expect(bench.service.journalEntry(approval.journal_id)).toMatchObject({ state: 'awaiting_approval', sent: false });
  });

  test('waits 20 s with progress, then answers pending with the approval and the key', async () => {
    const said: number[] = [];
    const words: string[] = [];
    const { approval, answer } = await ask(
      {},
      {
        onProgress: ({ message, fraction }) => {
          said.push(fraction);
          words.push(message);
        },
      },
    );
    let over = false;
    void answer.then(() => {
      over = true;
    });
    bench.clock.advance(19_999);
    await turnsOfTheLoop();
    expect(over).toBe(false);
    bench.clock.advance(1);
    const result = await answer;
    expect(result).toMatchObject({
      outcome: 'pending',
      sent: false,
      approval_id: approval.id,
      journal_id: approval.journal_id,
      deduplicated: false,
    });
    expect(result.idempotency_key).toMatch(/^ik_/);
    expect(said.length).toBeGreaterThan(3);
    expect(said).toEqual([...said].sort((left, right) => left - right));
    expect(words[0]).toContain('120 s left');
  });

  test('is done once when a person allows it, and the waiting call is answered', async () => {
    const { approval, answer } = await ask({ idempotency_key: 'k' });
    const given = await bench.service.approve(approval.id, { note: 'seen' }, admin);
    expect(given).toMatchObject({
      state: 'approved',
      decision: { by: 'local admin', note: 'seen' },
      journal_state: 'applied',
    });
    expect(await answer).toMatchObject({ outcome: 'applied', deduplicated: false, evidence: 'read_back' });
    expect(await again('k')).toMatchObject({ outcome: 'applied', deduplicated: true });
    expect(bench.world.received).toEqual(['SET 1 on ']);
    expect(bench.service.journalEntry(approval.journal_id)).toMatchObject({
      state: 'applied',
      attempts: 1,
      approval: { approval_id: approval.id, decision: { state: 'approved', by: 'local admin', note: 'seen' } },
    });
  });

  test('is done at once when nobody waits any more, and the key tells it', async () => {
    const { approval, answer } = await pending({ idempotency_key: 'k' });
    expect(answer.outcome).toBe('pending');
    expect(await bench.service.approve(approval.id, {}, window)).toMatchObject({ journal_state: 'applied' });
    expect(bench.world.received).toHaveLength(1);
    expect(await again('k')).toMatchObject({ outcome: 'applied', deduplicated: true, journal_id: approval.journal_id });
    expect(bench.world.received).toHaveLength(1);
  });

  test('is joined by the same key, before and after the first gave up', async () => {
    const { approval, answer: first } = await ask({ idempotency_key: 'k' });
    const beside = again('k');
    await turnsOfTheLoop();
    bench.clock.advance(20_000);
    expect(await first).toMatchObject({ outcome: 'pending', deduplicated: false });
    expect((await beside).approval_id).toBe(approval.id);
    const later = again('k');
    await turnsOfTheLoop();
    await bench.service.approve(approval.id, {}, admin);
    expect(await later).toMatchObject({ outcome: 'applied', deduplicated: true, first_at: approval.requested_at });
    expect(bench.world.received).toHaveLength(1);
    expect(waiting()).toEqual([]);
  });

  test('is joined by a call of the same moment, which waits as long', async () => {
    const asked = nextEvent(bench.service, (event) => (event.type === 'approval' ? event.approval : null));
    const both = [again('k'), again('k')];
    const { id: approvalId } = await asked;
    await turnsOfTheLoop();
    await bench.service.approve(approvalId, {}, admin);
    const answers = await Promise.all(both);
    expect(answers.map(({ outcome, deduplicated }) => [outcome, deduplicated])).toEqual([
      ['applied', false],
      ['applied', true],
    ]);
    expect(bench.world.received).toHaveLength(1);
  });

  test('under the same key with other arguments is a conflict while it waits', async () => {
    await pending({ idempotency_key: 'k' });
    expect(await bench.set(id, { idempotency_key: 'k', relay: 2 }, { caller: till })).toMatchObject({
      reason: 'idempotency_conflict',
    });
    expect(waiting()).toHaveLength(1);
  });

  test('stays when its caller goes, and is told under its key', async () => {
    const caller = new AbortController();
    const { approval, answer } = await ask({ idempotency_key: 'k' }, { signal: caller.signal, deliver: false });
    caller.abort();
    expect(await answer).toMatchObject({ outcome: 'pending' });
    expect(waiting().map((each) => each.id)).toEqual([approval.id]);
    await bench.service.approve(approval.id, {}, admin);
    expect(await again('k')).toMatchObject({ outcome: 'applied', deduplicated: true });
  });

  test('asks for no approval when policy, bounds, pause or an absent unit forbid it anyway', async () => {
    await bench.service.setPolicy(
      id,
      { default: 'confirm', tools: { 'relay.set': { bounds: { relay: { max_value: 2 } } } } },
      admin,
    );
    expect(await bench.set(id, { relay: 3 })).toMatchObject({ reason: 'bounds' });
    await bench.service.setPaused(true, admin);
    expect(await bench.set(id, {})).toMatchObject({ reason: 'paused' });
    await bench.service.setPaused(false, admin);
    bench.devices.unplug('dev_a');
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'failed', error: { code: 'device_unplugged' } });
    expect(bench.service.approvals({ limit: 10 })).toEqual([]);
  });

  test('can be tried dry without asking anybody', async () => {
    expect(await bench.set(id, { dry_run: true })).toMatchObject({ outcome: 'dry_run' });
    expect(bench.service.approvals({ limit: 10 })).toEqual([]);
  });

  test('is refused when 32 of its connector wait already', async () => {
    const answers = [];
    for (let number = 0; number < 32; number += 1) {
      answers.push((await ask({ idempotency_key: `k${number}` })).answer);
    }
    expect(await again('one-more')).toMatchObject({ outcome: 'refused', reason: 'device_busy', sent: false });
    bench.clock.advance(20_000);
    await Promise.all(answers);
  });
});

describe('a decision', () => {
  test('not to allow: the call is refused, nothing is sent, and a call that was not there hears it once', async () => {
    const { approval, answer } = await ask({ idempotency_key: 'k' });
    expect(await bench.service.deny(approval.id, { note: 'not now' }, window)).toMatchObject({ state: 'denied' });
    expect(await answer).toMatchObject({
      outcome: 'refused',
      reason: 'approval_denied',
      sent: false,
      error: { message: expect.stringContaining('not now') },
    });
    const second = await ask({ idempotency_key: 'k' });
    expect(second.approval.id).not.toBe(approval.id);
    bench.clock.advance(20_000);
    await second.answer;
    await bench.service.deny(second.approval.id, {}, window);
    expect(await again('k')).toMatchObject({ outcome: 'refused', reason: 'approval_denied', deduplicated: true });
    const third = await ask({ idempotency_key: 'k' });
    expect(bench.service.journalEntry(third.approval.journal_id)).toMatchObject({ attempts: 3 });
    expect(bench.world.received).toEqual([]);
  });

  test('counts once: nobody allows or denies what is decided', async () => {
    const { approval } = await pending({ idempotency_key: 'k' });
    const both = await Promise.allSettled([
      bench.service.approve(approval.id, {}, admin),
      bench.service.approve(approval.id, {}, window),
      bench.service.deny(approval.id, {}, window),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of both) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'state_conflict' });
    }
    await expect(bench.service.approve(approval.id, {}, admin)).rejects.toMatchObject({ code: 'state_conflict' });
    await expect(bench.service.approve('ap_none', {}, admin)).rejects.toMatchObject({ code: 'not_found' });
    expect(bench.world.received.length).toBeLessThanOrEqual(1);
  });

  test('that comes while another is carried out leaves its effect to be joined', async () => {
    const { approval } = await pending({ idempotency_key: 'k' });
    const reached = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    bench.devices.at('check', () => {
      reached.resolve();
      return hold.promise;
    });
    const both = [bench.service.approve(approval.id, {}, admin), bench.service.approve(approval.id, {}, window)];
    const settled = Promise.allSettled(both);
    await reached.promise;
    const joined = again('k');
    await turnsOfTheLoop();
    hold.resolve();
    expect((await settled).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await joined).toMatchObject({ outcome: 'applied', deduplicated: true });
    expect(bench.world.received).toHaveLength(1);
    expect(waiting()).toEqual([]);
  });

  test('is told though the answer that it waits arrives after it', async () => {
    const asked = nextEvent(bench.service, (event) => (event.type === 'approval' ? event.approval : null));
    const caller = new AbortController();
    const call = bench.service.call({
      connectorId: id,
      tool: 'relay.set',
      arguments: { relay: 1, on: true, idempotency_key: 'k' },
      caller: till,
      signal: caller.signal,
    });
    const { id: approvalId } = await asked;
    caller.abort();
    const answer = effectOf(await call);
    await bench.service.deny(approvalId, {}, admin);
    answer.delivered();
    await bench.store.journal.write([]);
    expect(await again('k')).toMatchObject({ reason: 'approval_denied', deduplicated: true });
  });

  test('is never the caller’s own, nor a hub’s', async () => {
    const { approval } = await pending({});
    for (const caller of [till, { id: 'hub:1', kind: 'hub', name: 'hub' } as const]) {
      await expect(bench.service.approve(approval.id, {}, caller)).rejects.toMatchObject({ code: 'local_only' });
      await expect(bench.service.deny(approval.id, {}, caller)).rejects.toMatchObject({ code: 'local_only' });
    }
    expect(waiting()).toHaveLength(1);
  });

  test('looks at pause, interval and rate again', async () => {
    const limits: readonly [Policy['tools'][string], string][] = [
      [{ min_interval_ms: 60_000 }, 'interval'],
      [{ rate: { count: 1, per_ms: 60_000 } }, 'rate'],
    ];
    for (const [limit, reason] of limits) {
      bench.clock.advance(60_000);
      await bench.service.setPolicy(id, { default: 'confirm', tools: { 'relay.set': limit } }, admin);
      const one = await pending({ tag: `${reason} 1` });
      const two = await pending({ tag: `${reason} 2` });
      await bench.service.approve(one.approval.id, {}, admin);
      await expect(bench.service.approve(two.approval.id, {}, admin)).rejects.toMatchObject({ details: { reason } });
      expect(bench.service.journalEntry(two.approval.journal_id)).toMatchObject({ state: 'refused', reason });
    }
    await bench.service.setPolicy(id, confirm, admin);
    const three = await pending({ tag: 'paused' });
    await bench.service.setPaused(true, admin);
    await expect(bench.service.approve(three.approval.id, {}, admin)).rejects.toMatchObject({
      details: { reason: 'paused' },
    });
    expect(bench.world.received).toEqual(['SET 1 on interval 1', 'SET 1 on rate 1']);
  });
});

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

describe('a repeat without a key', () => {
  test('of a request whose caller went is refused, naming the key that joins it', async () => {
    const caller = new AbortController();
    const { approval, answer } = await ask({}, { signal: caller.signal, deliver: false });
    caller.abort();
    const { idempotency_key: key } = await answer;
    const repeat = await bench.set(id, {}, { caller: till });
    expect(repeat).toMatchObject({
      outcome: 'refused',
      reason: 'duplicate_suspected',
      error: { details: { journal_id: approval.journal_id, idempotency_key: key } },
    });
    expect(waiting()).toHaveLength(1);
    const joined = again(key);
    await turnsOfTheLoop();
    await bench.service.approve(approval.id, {}, admin);
    expect(await joined).toMatchObject({ outcome: 'applied', deduplicated: true });
  });

  test('is suspect when it was allowed and done with nobody waiting, and while it is on its way', async () => {
    const { approval } = await pending({});
    const reached = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return hold.promise;
    });
    const given = bench.service.approve(approval.id, {}, admin);
    await reached.promise;
    expect(await bench.set(id, {}, { caller: till })).toMatchObject({ reason: 'duplicate_suspected' });
    hold.resolve();
    await given;
    expect(await bench.set(id, {}, { caller: till })).toMatchObject({ reason: 'duplicate_suspected' });
    expect(bench.world.received).toHaveLength(1);
  });

  test('while the first still waits asks a second time: two were meant', async () => {
    const first = await ask({});
    const second = await ask({});
    expect(second.approval.id).not.toBe(first.approval.id);
  });
});

test('a call that waits for its turn while policy begins to ask is refused', async () => {
  await bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin);
  bench.devices.at('turn', async () => {
    await bench.service.setPolicy(id, confirm, admin);
  });
  expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'policy_deny', sent: false });
});

test('a device that does not do it is told, and the approval is used up', async () => {
  const { approval, answer } = await ask({ idempotency_key: 'k' });
  const error = new AgentError('device_refused', 'relay is stuck').serialize();
  bench.devices.answerAct({ outcome: 'failed', sent: true, evidence: 'device_ack', result: null, error });
  expect(await bench.service.approve(approval.id, {}, admin)).toMatchObject({
    state: 'approved',
    journal_state: 'failed',
    error: { code: 'device_refused' },
  });
  expect(await answer).toMatchObject({ outcome: 'failed', sent: true });
});

test('approvals are listed newest first, waiting or ended, page by page', async () => {
  const made: string[] = [];
  for (const key of ['a', 'b', 'c']) {
    made.unshift((await pending({ idempotency_key: key })).approval.id);
  }
  await bench.service.deny(made[0] ?? '', {}, admin);
  const ids = (filter: Parameters<Bench['service']['approvals']>[0]) =>
    bench.service.approvals(filter).map((each) => each.id);
  expect(ids({ limit: 10 })).toEqual(made);
  expect(ids({ limit: 1 })).toEqual(made.slice(0, 1));
  expect(ids({ limit: 10, before: made[0] ?? '' })).toEqual(made.slice(1));
  expect(ids({ limit: 10, state: 'waiting' })).toEqual(made.slice(1));
  expect(ids({ limit: 10, state: 'ended' })).toEqual(made.slice(0, 1));
});
