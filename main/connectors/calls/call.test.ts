import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { admin, type Bench, nextEvent, openBench } from '../testing/bench.ts';

let bench: Bench;
let id: string;

beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
});
afterEach(() => bench.close());

const read = (args = { relay: 1 }, signal = new AbortController().signal) =>
  bench.service.call({ connectorId: id, tool: 'relay_read', arguments: args, caller: admin, signal });

/** Lets a call that nothing holds back run until it waits for something. */
const turnsOfTheLoop = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
};

describe('a read', () => {
  test('answers with the output, keeps the reading and moves last_synced_at', async () => {
    expect(bench.service.get(id).last_synced_at).toBeNull();
    expect(await read()).toEqual({ kind: 'read', output: { on: false } });
    expect(bench.service.lastReadings(id)).toMatchObject([{ tool: 'relay.read', value: { on: false } }]);
    const synced = bench.service.get(id).last_synced_at;
    expect(synced).not.toBeNull();
    bench.clock.advance(60_000);
    await bench.set(id, {});
    await bench.set(id, { dry_run: true });
    expect(bench.service.get(id).last_synced_at).toBe(synced);
  });

  test('the last reading survives a restart', async () => {
    await read();
    await bench.restart();
    expect(bench.service.lastReadings(id)).toMatchObject([{ tool: 'relay.read', value: { on: false } }]);
    expect(bench.service.get(id).last_synced_at).not.toBeNull();
  });

  test('refuses unknown arguments, reserved ones too, before anything is asked', async () => {
    const call = bench.service.call({
      connectorId: id,
      tool: 'relay.read',
      arguments: { relay: 1, dry_run: true },
      caller: admin,
      signal: new AbortController().signal,
    });
    await expect(call).rejects.toMatchObject({ code: 'invalid_arguments' });
    expect(bench.devices.reached.get('read')).toBeUndefined();
  });

  test('ends with cancelled when its caller goes', async () => {
    const caller = new AbortController();
    bench.devices.at('read', () => {
      caller.abort();
      return new Promise(() => {});
    });
    await expect(read({ relay: 1 }, caller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('of an unknown tool or connector is told apart', async () => {
    const call = (connectorId: string, tool: string) =>
      bench.service.call({ connectorId, tool, arguments: {}, caller: admin, signal: new AbortController().signal });
    await expect(call(id, 'weight.read')).rejects.toMatchObject({ code: 'unknown_tool' });
    await expect(call('cn_none', 'relay.read')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a side effect', () => {
  test('has its row on disk as sent, with the witness, before a permit exists', async () => {
    let seen: unknown = null;
    bench.devices.at('before_act', () => {
      seen = bench.service.journal({ limit: 1 })[0];
    });
    await bench.set(id, {});
    expect(seen).toMatchObject({ state: 'sent', sent: true, attempts: 1 });
  });

  test('with unusable arguments fails with its key, and nothing is done or recorded', async () => {
    for (const args of [{ relay: 'x' }, { other: 1 }, { idempotency_key: '' }, { dry_run: 'yes' }, { entity_key: 7 }]) {
      const answer = await bench.set(id, args);
      expect(answer).toMatchObject({
        outcome: 'failed',
        sent: false,
        journal_id: null,
        error: { code: 'invalid_arguments' },
      });
      expect(answer.idempotency_key).not.toBe('');
    }
    expect(bench.devices.reached.get('turn')).toBeUndefined();
    expect(bench.service.journal({ limit: 10 })).toEqual([]);
  });

  test('names the given key even when other arguments are wrong', async () => {
    expect(await bench.set(id, { idempotency_key: 'mine', relay: 'x' })).toMatchObject({ idempotency_key: 'mine' });
  });

  test('whose check fails is refused, and nothing is sent', async () => {
    bench.devices.at('check', () => Promise.reject(new AgentError('device_not_ready', 'local mode')));
    const answer = await bench.set(id, {});
    expect(answer).toMatchObject({
      outcome: 'refused',
      reason: 'check_failed',
      sent: false,
      error: { code: 'device_not_ready' },
    });
    expect(bench.world.received).toEqual([]);
  });

  test('on an absent device fails with nothing sent', async () => {
    bench.devices.unplug('dev_a');
    expect(await bench.set(id, {})).toMatchObject({
      outcome: 'failed',
      sent: false,
      error: { code: 'device_unplugged' },
    });
  });

  test('is refused when the queue is full', async () => {
    bench.devices.at('turn', () => Promise.reject(new AgentError('device_busy', '32 wait')));
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'device_busy' });
  });

  test('called off before it is sent is refused; after that it finishes', async () => {
    const early = new AbortController();
    bench.devices.at('check', () => early.abort());
    expect(await bench.set(id, {}, { signal: early.signal })).toMatchObject({
      outcome: 'refused',
      reason: 'cancelled',
      sent: false,
    });
    bench.devices.at('check', null);
    const late = new AbortController();
    bench.devices.at('before_act', () => late.abort());
    expect(await bench.set(id, {}, { signal: late.signal })).toMatchObject({ outcome: 'applied', sent: true });
  });

  test('is done for the second caller when the first called its own off', async () => {
    const reached = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    bench.devices.at('check', () => {
      bench.devices.at('check', null);
      reached.resolve();
      return hold.promise;
    });
    const caller = new AbortController();
    const first = bench.set(id, { idempotency_key: 'k' }, { signal: caller.signal });
    await reached.promise;
    const second = bench.set(id, { idempotency_key: 'k' });
    await turnsOfTheLoop();
    caller.abort();
    hold.resolve();
    expect(await first).toMatchObject({ outcome: 'refused', reason: 'cancelled' });
    expect(await second).toMatchObject({ outcome: 'applied', deduplicated: false });
    expect(bench.world.received).toHaveLength(1);
  });

  test('dry run: goes as far as check, leaves no row, and is held to policy', async () => {
    expect(await bench.set(id, { dry_run: true })).toMatchObject({
      outcome: 'dry_run',
      evidence: 'answered',
      sent: false,
    });
    await bench.service.setPolicy(id, { default: 'deny', tools: {} }, admin);
    expect(await bench.set(id, { dry_run: true })).toMatchObject({ outcome: 'refused', reason: 'policy_deny' });
    expect(bench.world.received).toEqual([]);
    expect(bench.service.journal({ limit: 10 })).toEqual([]);
  });

  test('in doubt counts as sent, whatever the device side believes', async () => {
    bench.devices.answerAct({ outcome: 'unknown', sent: false, evidence: null, result: null, error: null });
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'unknown', sent: true });
  });

  test('that waits when the agent stops is called off, and the stop does not wait for it', async () => {
    const blocker = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return blocker.promise;
    });
    const running = bench.set(id, { tag: 'running' });
    await reached.promise;
    const waiting = bench.set(id, { tag: 'waiting' });
    await turnsOfTheLoop();
    const closed = bench.service.close();
    expect(await waiting).toMatchObject({ outcome: 'refused', reason: 'cancelled', sent: false });
    blocker.resolve();
    expect(await running).toMatchObject({ outcome: 'applied' });
    await closed;
    await expect(bench.set(id, {})).rejects.toMatchObject({ code: 'closed' });
  });

  test('two on one device keep their order and never overlap', async () => {
    let inside = 0;
    bench.devices.at('check', () => {
      inside += 1;
      expect(inside).toBe(1);
    });
    bench.devices.at('after_act', () => {
      inside -= 1;
    });
    await Promise.all(['a', 'b', 'c'].map((tag) => bench.set(id, { tag })));
    expect(bench.world.received).toEqual(['SET 1 on a', 'SET 1 on b', 'SET 1 on c']);
  });

  test('is told on the stream at each state', async () => {
    const states: string[] = [];
    bench.service.subscribe((event) => {
      if (event.type === 'journal') states.push(event.entry.state);
    });
    const applied = nextEvent(bench.service, (event) =>
      event.type === 'journal' && event.entry.state === 'applied' ? event.entry : null,
    );
    await bench.set(id, {});
    await applied;
    expect(states).toEqual(['accepted', 'sent', 'applied']);
  });
});

describe('a repeat without a key', () => {
  const other = { id: 'tok_1', kind: 'token', name: 'till' } as const;

  test('within 60 s of an answer that was not delivered is refused, naming the first', async () => {
    const first = await bench.set(id, {}, { deliver: false });
    bench.clock.advance(59_000);
    const again = await bench.set(id, {});
    expect(again).toMatchObject({
      outcome: 'refused',
      reason: 'duplicate_suspected',
      error: { details: { journal_id: first.journal_id, outcome: 'applied' } },
    });
    expect(again.journal_id).not.toBe(first.journal_id);
    expect(bench.world.received).toHaveLength(1);
  });

  test('is done again once the first answer was delivered, at once and after a restart', async () => {
    await bench.set(id, {});
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
    await bench.restart();
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('is done again after 60 s, with other arguments, by another caller, or with a key', async () => {
    await bench.set(id, {}, { deliver: false });
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
    expect(await bench.set(id, {}, { caller: other })).toMatchObject({ outcome: 'applied' });
    expect(await bench.set(id, { idempotency_key: 'meant' })).toMatchObject({ outcome: 'applied' });
    bench.clock.advance(60_001);
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  });

  test('is suspect after a crash too', async () => {
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return new Promise(() => {});
    });
    void bench.set(id, {}, { deliver: false });
    await reached.promise;
    await bench.restart({ crash: true });
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'duplicate_suspected' });
  });

  test('is suspect while the first is on its way and its caller is gone; with the caller there it is not', async () => {
    const hold = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    bench.devices.at('after_act', () => {
      reached.resolve();
      return hold.promise;
    });
    const caller = new AbortController();
    const first = bench.set(id, {}, { signal: caller.signal });
    await reached.promise;
    const beside = bench.set(id, {});
    await turnsOfTheLoop();
    caller.abort();
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'duplicate_suspected' });
    hold.resolve();
    expect((await first).outcome).toBe('applied');
    expect((await beside).outcome).toBe('applied');
  });
});

describe('while an earlier effect is in doubt', () => {
  const doubt = async (takeFrame: boolean) => {
    bench.devices.answerAct(
      { outcome: 'unknown', sent: true, evidence: null, result: null, error: null },
      { takeFrame },
    );
    const answer = await bench.set(id, { idempotency_key: 'doubtful' });
    bench.devices.answerAct(null);
    return answer;
  };

  test('the next asks the device first, and goes on when it can tell', async () => {
    const { journal_id: journalId } = await doubt(true);
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
    expect(bench.service.journalEntry(journalId ?? '')).toMatchObject({ state: 'applied', evidence: 'counter' });
  });

  test('when it cannot tell, every effect of the device is refused until a person says what was seen', async () => {
    bench.devices.canResolve = false;
    const { journal_id: journalId } = await doubt(false);
    expect(await bench.set(id, { relay: 2 })).toMatchObject({
      outcome: 'refused',
      reason: 'unresolved_effect',
      sent: false,
    });
    await bench.restart();
    bench.devices.canResolve = false;
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ reason: 'unresolved_effect' });
    const settled = await bench.service.settle(journalId ?? '', { answer: 'did_not_happen', note: 'dark' }, admin);
    expect(settled).toMatchObject({
      state: 'unknown',
      settlement: { answer: 'did_not_happen', by: 'local admin', note: 'dark' },
    });
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
    const twice = bench.service.settle(journalId ?? '', { answer: 'happened' }, admin);
    await expect(twice).rejects.toMatchObject({ code: 'state_conflict' });
  });

  test('other devices and reads go on', async () => {
    bench.devices.canResolve = false;
    await doubt(true);
    const { id: second } = await bench.installRelay('dev_b');
    expect(await bench.set(second, {})).toMatchObject({ outcome: 'applied' });
    expect((await read()).kind).toBe('read');
  });

  test('the device is asked by itself when it comes back', async () => {
    bench.devices.canResolve = false;
    await doubt(true);
    bench.devices.unplug('dev_a');
    bench.devices.canResolve = true;
    const resolved = nextEvent(bench.service, (event) => (event.type === 'journal' ? event.entry : null));
    bench.devices.plug('dev_a');
    expect(await resolved).toMatchObject({ state: 'applied', evidence: 'counter' });
  });

  test('it still holds when the connector was uninstalled and installed again', async () => {
    bench.devices.canResolve = false;
    await doubt(true);
    await bench.service.remove(id, admin);
    const { id: second } = await bench.installRelay();
    expect(await bench.set(second, {})).toMatchObject({ reason: 'unresolved_effect' });
  });
});

test('a lost journal locks side effects until it is acknowledged; reading goes on', async () => {
  await bench.set(id, {});
  expect(bench.service.epoch()).toMatchObject({ acknowledged: true });
  await bench.store.journal.write([{ sql: "UPDATE meta SET value = '0' WHERE key = 'epoch_acknowledged'" }]);
  await bench.restart();
  expect(bench.service.epoch()).toMatchObject({ acknowledged: false });
  expect(await bench.set(id, {})).toMatchObject({
    outcome: 'refused',
    error: { code: 'journal_epoch_unacknowledged' },
  });
  expect((await read()).kind).toBe('read');
  await bench.service.acknowledgeEpoch(admin);
  expect(await bench.set(id, {})).toMatchObject({ outcome: 'applied' });
  await bench.restart();
  expect(bench.service.epoch()).toMatchObject({ acknowledged: true });
});

test('a full disk sends nothing; one that fills up after sending is told as unknown', async () => {
  let failWrites = Number.POSITIVE_INFINITY;
  const full = await openBench({
    wrapStore: (store) => ({
      ...store,
      journal: {
        read: store.journal.read,
        write(statements) {
          failWrites -= 1;
          if (failWrites < 0) return Promise.reject(new AgentError('store_unavailable', 'The disk is full.'));
          return store.journal.write(statements);
        },
      },
    }),
  });
  const { id: connectorId } = await full.installRelay();
  for (const writes of [0, 1]) {
    failWrites = writes;
    expect(await full.set(connectorId, {})).toMatchObject({
      outcome: 'failed',
      sent: false,
      error: { code: 'store_unavailable' },
    });
    expect(full.world.received).toEqual([]);
  }
  failWrites = 2;
  const doubtful = await full.set(connectorId, { idempotency_key: 'k' });
  expect(doubtful).toMatchObject({ outcome: 'unknown', sent: true, error: { code: 'store_unavailable' } });
  failWrites = Number.POSITIVE_INFINITY;
  full.devices.canResolve = false;
  expect(await full.set(connectorId, { idempotency_key: 'k' })).toMatchObject({
    outcome: 'unknown',
    deduplicated: true,
  });
  expect(await full.set(connectorId, {})).toMatchObject({ reason: 'unresolved_effect' });
  expect(full.world.received).toHaveLength(1);
  await full.close();
});

test('a read adds less than 0.1 ms', async () => {
  await read();
  const direct = async () =>
    bench.devices.side.read({
      connectorId: id,
      tool: 'relay.read',
      arguments: { relay: 1 },
      callId: 'x',
      deadlineMs: 1,
    });
  const medianMs = async (run: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let round = 0; round < 400; round += 1) {
      const begun = performance.now();
      await run();
      times.push(performance.now() - begun);
    }
    return times.sort((left, right) => left - right)[200] ?? 0;
  };
  await medianMs(read);
  const added = (await medianMs(read)) - (await medianMs(direct));
  expect(added).toBeLessThan(0.1);
});

test('a row that was stored as sent by a writer that died before it said so: nothing was sent, and the row says so', async () => {
  let loseAnswers = false;
  const bench = await openBench({
    wrapStore: (store) => ({
      ...store,
      journal: {
        read: store.journal.read,
        async write(statements) {
          const changes = await store.journal.write(statements);
          const marksSent = statements.some(({ parameters }) => parameters?.['state'] === 'sent');
          if (loseAnswers && marksSent) throw new AgentError('store_unavailable', 'The writer has died.');
          return changes;
        },
      },
    }),
  });
  const { id: connectorId } = await bench.installRelay();
  loseAnswers = true;
  const told = await bench.set(connectorId, { idempotency_key: 'k' });
  expect(told).toMatchObject({ outcome: 'failed', sent: false, error: { code: 'store_unavailable' } });
  expect(bench.world.received).toEqual([]);
  expect(bench.service.journalEntry(told.journal_id ?? '')).toMatchObject({
    state: 'failed',
    sent: false,
    sent_at: null,
  });
  loseAnswers = false;
  expect(await bench.set(connectorId, { idempotency_key: 'k' })).toMatchObject({
    outcome: 'applied',
    deduplicated: false,
  });
  expect(bench.world.received).toHaveLength(1);
  await bench.close();
});
