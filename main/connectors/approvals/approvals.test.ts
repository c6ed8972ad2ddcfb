import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { Policy } from '../policy/policy-terms.ts';
import { confirm, createAsking, till, turnsOfTheLoop, window } from '../testing/asking.ts';
import { admin, type Bench, effectOf, nextEvent, openBench } from '../testing/bench.ts';

let bench: Bench;
let id: string;

beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
  await bench.service.setPolicy(id, confirm, admin);
});
afterEach(() => bench.close());

const { ask, pending, waiting, again } = createAsking(() => ({ bench, id }));

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

  test('may come before the call that asked has heard that its request is on disk', async () => {
    await bench.close();
    const committed = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<void>();
    bench = await openBench({
      wrapStore: (store) => ({
        ...store,
        journal: {
          read: store.journal.read,
          async write(statements) {
            const changes = await store.journal.write(statements);
            if (statements.some(({ parameters }) => parameters?.['state'] === 'awaiting_approval')) {
              committed.resolve();
              await heard.promise;
            }
            return changes;
          },
        },
      }),
    });
    ({ id } = await bench.installRelay());
    await bench.service.setPolicy(id, confirm, admin);
    const answer = again('k');
    await committed.promise;
    const hold = Promise.withResolvers<void>();
    bench.devices.at('check', () => hold.promise);
    const given = bench.service.approve(waiting()[0]?.id ?? '', {}, admin);
    await turnsOfTheLoop();
    heard.resolve();
    await turnsOfTheLoop();
    hold.resolve();
    expect(await given).toMatchObject({ state: 'approved', journal_state: 'applied' });
    expect(await answer).toMatchObject({ outcome: 'applied', deduplicated: false });
    expect(bench.world.received).toHaveLength(1);
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
