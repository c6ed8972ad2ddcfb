import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { admin, type Bench, effectOf, openBench } from '../testing/bench.ts';

const never = () => new Promise<void>(() => {});

describe('the same key again (contract section 1)', () => {
  let bench: Bench;
  let id: string;

  beforeEach(async () => {
    bench = await openBench();
    ({ id } = await bench.installRelay());
  });
  afterEach(() => bench.close());

  /** Starts a call that a crash at `step` leaves hanging, then a new agent. */
  const crashAt = async (step: 'turn' | 'before_act' | 'after_act', key: string) => {
    const reached = Promise.withResolvers<void>();
    bench.devices.at(step, () => {
      reached.resolve();
      return never();
    });
    void bench.set(id, { idempotency_key: key, tag: key });
    await reached.promise;
    await bench.restart({ crash: true });
  };
  const only = () => {
    const [row, ...more] = bench.service.journal({ limit: 10 });
    expect(more).toEqual([]);
    if (row === undefined) throw new Error('a row was expected');
    return row;
  };

  test('applied: returned with the time of the first, and not sent again', async () => {
    const first = await bench.set(id, { idempotency_key: 'k' });
    expect(first).toMatchObject({ outcome: 'applied', sent: true, evidence: 'read_back', deduplicated: false });
    bench.clock.advance(5_000);
    const again = await bench.set(id, { idempotency_key: 'k' });
    expect(again).toEqual({ ...first, deduplicated: true, first_at: only().created_at });
    expect(bench.world.received).toHaveLength(1);
  });

  test('failed after sending: returned, and not sent again', async () => {
    const error = new AgentError('device_refused', 'relay is stuck').serialize();
    bench.devices.answerAct({ outcome: 'failed', sent: true, evidence: 'device_ack', result: null, error });
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'failed', sent: true });
    bench.devices.answerAct(null);
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'failed', deduplicated: true });
    expect(bench.world.received).toHaveLength(1);
  });

  test('failed with nothing sent: a new attempt on the same row', async () => {
    const error = new AgentError('port_busy', 'taken').serialize();
    bench.devices.answerAct(
      { outcome: 'failed', sent: false, evidence: null, result: null, error },
      { takeFrame: false },
    );
    const first = await bench.set(id, { idempotency_key: 'k' });
    expect(first).toMatchObject({ outcome: 'failed', sent: false });
    bench.devices.answerAct(null);
    const again = await bench.set(id, { idempotency_key: 'k' });
    expect(again).toMatchObject({ outcome: 'applied', journal_id: first.journal_id, deduplicated: false });
    expect(only().attempts).toBe(2);
  });

  test('refused: evaluated afresh, a new attempt on the same row', async () => {
    await bench.service.setPolicy(id, { default: 'deny', tools: {} }, admin);
    const first = await bench.set(id, { idempotency_key: 'k' });
    expect(first).toMatchObject({ outcome: 'refused', reason: 'policy_deny', sent: false });
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'refused', deduplicated: false });
    await bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin);
    const again = await bench.set(id, { idempotency_key: 'k' });
    expect(again).toMatchObject({ outcome: 'applied', journal_id: first.journal_id });
    expect(only()).toMatchObject({ attempts: 3, reason: null, error: null });
  });

  test('unknown: returned, and not sent again, though nobody knows', async () => {
    bench.devices.canResolve = false;
    const error = new AgentError('no_reply', 'silence').serialize();
    bench.devices.answerAct({ outcome: 'unknown', sent: true, evidence: null, result: null, error });
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'unknown', sent: true });
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'unknown', deduplicated: true });
    expect(bench.world.received).toHaveLength(1);
  });

  test('an act that rejects is unknown, for a byte may have left', async () => {
    bench.devices.at('after_act', () => Promise.reject(new AgentError('device_unplugged', 'gone')));
    expect(await bench.set(id, {})).toMatchObject({
      outcome: 'unknown',
      sent: true,
      error: { code: 'device_unplugged' },
    });
  });

  test('sent and live: the second call joins the first', async () => {
    const release = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return release.promise;
    });
    const first = bench.set(id, { idempotency_key: 'k' });
    await reached.promise;
    const second = bench.set(id, { idempotency_key: 'k' });
    release.resolve();
    expect(await first).toMatchObject({ outcome: 'applied', deduplicated: false });
    expect(await second).toMatchObject({ outcome: 'applied', deduplicated: true, first_at: only().created_at });
    expect(bench.world.received).toHaveLength(1);
  });

  test('a second call that gives up its wait is told that the first goes on', async () => {
    const release = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return release.promise;
    });
    const first = bench.set(id, { idempotency_key: 'k' });
    await reached.promise;
    const second = bench.set(id, { idempotency_key: 'k' }, { deadlineMs: 500 });
    await Promise.resolve();
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    bench.clock.advance(500);
    expect(await second).toMatchObject({ outcome: 'pending', error: { code: 'deadline_exceeded' } });
    release.resolve();
    await first;
  });

  test('a second call whose caller goes stops waiting; the first goes on', async () => {
    const hold = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return hold.promise;
    });
    const first = bench.set(id, { idempotency_key: 'k' });
    await reached.promise;
    const caller = new AbortController();
    bench.devices.at('prepare', () => setImmediate(() => caller.abort()) && undefined);
    expect(await bench.set(id, { idempotency_key: 'k' }, { signal: caller.signal })).toMatchObject({
      outcome: 'pending',
      error: { code: 'cancelled' },
    });
    hold.resolve();
    expect(await first).toMatchObject({ outcome: 'applied' });
  });

  test('accepted at a crash: failed with nothing sent; then a new attempt on the same row', async () => {
    await crashAt('turn', 'k');
    expect(only()).toMatchObject({ state: 'failed', sent: false });
    expect(await bench.set(id, { idempotency_key: 'k', tag: 'k' })).toMatchObject({
      outcome: 'applied',
      deduplicated: false,
    });
    expect(only().attempts).toBe(2);
    expect(bench.world.received).toHaveLength(1);
  });

  test('sent at a crash, and it happened: the device says so, and the key is answered from the row', async () => {
    await crashAt('after_act', 'k');
    expect(['unknown', 'applied']).toContain(only().state);
    await bench.set(id, { idempotency_key: 'other' });
    expect(await bench.set(id, { idempotency_key: 'k', tag: 'k' })).toMatchObject({
      outcome: 'applied',
      deduplicated: true,
      evidence: 'counter',
    });
    expect(bench.world.received).toEqual(['SET 1 on k', 'SET 1 on ']);
  });

  test('sent at a crash, and it did not happen: never sent again under that key', async () => {
    await crashAt('before_act', 'k');
    await bench.set(id, { idempotency_key: 'other' });
    expect(await bench.set(id, { idempotency_key: 'k', tag: 'k' })).toMatchObject({
      outcome: 'failed',
      sent: true,
      deduplicated: true,
    });
    expect(bench.world.received).toEqual(['SET 1 on ']);
  });

  test('the same key with other arguments is a conflict, whatever became of the first', async () => {
    const first = await bench.set(id, { idempotency_key: 'k', relay: 1 });
    const other = await bench.set(id, { idempotency_key: 'k', relay: 2 });
    expect(other).toMatchObject({
      outcome: 'refused',
      reason: 'idempotency_conflict',
      sent: false,
      journal_id: first.journal_id,
      error: { code: 'idempotency_conflict' },
    });
    expect(bench.world.received).toHaveLength(1);
  });

  test('the order of arguments and the reserved ones make no other call', async () => {
    const call = (args: Record<string, string | number | boolean>) =>
      bench.service.call({
        connectorId: id,
        tool: 'relay_set',
        arguments: args,
        caller: admin,
        signal: new AbortController().signal,
      });
    await call({ relay: 1, on: true, idempotency_key: 'k', entity_key: 'order-1' });
    const again = effectOf(await call({ entity_key: 'order-2', idempotency_key: 'k', on: true, relay: 1 }));
    expect(again.result).toMatchObject({ outcome: 'applied', deduplicated: true });
  });

  test('a key belongs to one caller and one connector', async () => {
    const other = { id: 'tok_1', kind: 'token', name: 'till' } as const;
    const { id: second } = await bench.installRelay('dev_b');
    const calls = [
      bench.set(id, { idempotency_key: 'k' }),
      bench.set(id, { idempotency_key: 'k' }, { caller: other }),
      bench.set(second, { idempotency_key: 'k' }),
    ];
    for (const answer of await Promise.all(calls))
      expect(answer).toMatchObject({ outcome: 'applied', deduplicated: false });
    expect(bench.world.received).toHaveLength(3);
  });

  test('a key is remembered for 90 days and no longer, while the agent runs', async () => {
    const day = 24 * 3_600_000;
    await bench.set(id, { idempotency_key: 'k' });
    bench.clock.advance(90 * day);
    await bench.restart();
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'applied', deduplicated: true });
    bench.clock.advance(day);
    await bench.store.journal.write([]);
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'applied', deduplicated: false });
    expect(bench.world.received).toHaveLength(2);
    for (let passed = 0; passed <= 90; passed += 1) {
      bench.clock.advance(day);
      await bench.store.journal.write([]);
    }
    expect(bench.service.journal({ limit: 10 })).toEqual([]);
  });

  test('rows older than 90 days go at the next start, but none that is not settled', async () => {
    await bench.set(id, { idempotency_key: 'old' });
    bench.devices.canResolve = false;
    bench.devices.answerAct({ outcome: 'unknown', sent: true, evidence: null, result: null, error: null });
    await bench.set(id, { idempotency_key: 'doubtful' });
    bench.clock.advance(91 * 24 * 3_600_000);
    await bench.restart();
    expect(bench.service.journal({ limit: 10 }).map((row) => row.idempotency_key)).toEqual(['doubtful']);
  });
});
