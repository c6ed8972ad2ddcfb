import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError, type Evidence } from '../../../drivers/kit/index.ts';
import type { DeviceEvent, ReleaseReason } from '../../hardware/index.ts';
import { admin, type Bench, nextEvent, openBench } from '../testing/bench.ts';

let bench: Bench;
let id: string;

const HOLD_MS = 5_000;
const timed = { holdMs: HOLD_MS, release: [{ bytes: Uint8Array.of(0x6f), label: 'off' }] };

beforeEach(async () => {
  bench = await openBench();
  ({ id } = await bench.installRelay());
  bench.devices.planExtra = { output: '1', timed, minIntervalMs: 10_000 };
  // As locks are: afterwards nothing shows whether they were open.
  bench.devices.canResolve = false;
});
afterEach(() => bench.close());

const row = (key: string) => {
  const found = bench.service.journal({ limit: 100 }).find((entry) => entry.idempotency_key === key);
  if (found === undefined) throw new Error(`no row ${key}`);
  return found;
};

type Output = Extract<DeviceEvent, { readonly type: 'output' }>;
const tell = (journalId: string, release: Output['release']) =>
  bench.devices.emit({ type: 'output', connectorId: id, journalId, at: '2026-07-02T15:00:05.000Z', release });
const off = (journalId: string, reason: ReleaseReason = 'due', evidence: Evidence = 'read_back') =>
  tell(journalId, { state: 'released', reason, evidence, result: { locked_at: 'then' } });
const stuckError = new AgentError('release_unconfirmed', 'It may still be on.').serialize();
const stuck = (journalId: string) => tell(journalId, { state: 'stuck', error: stuckError });

/** Begins one, and resolves when its row says that the device confirmed it. */
async function begin(key: string) {
  const begun = nextEvent(bench.service, (event) =>
    event.type === 'journal' && event.entry.idempotency_key === key && event.entry.evidence !== null
      ? event.entry
      : null,
  );
  const answer = bench.set(id, { idempotency_key: key });
  return { answer, entry: await begun };
}

const changed = (key: string, state: string) =>
  nextEvent(bench.service, (event) =>
    event.type === 'journal' && event.entry.idempotency_key === key && event.entry.state === state ? event.entry : null,
  );

describe('a timed effect', () => {
  test('has on disk when and with what it must end, before its first byte', async () => {
    let seen: unknown = null;
    bench.devices.at('before_act', () => {
      seen = row('k');
    });
    const { answer, entry } = await begin('k');
    expect(seen).toMatchObject({
      state: 'sent',
      release: { due_at: '2026-07-02T15:00:05.000Z', released_at: null, reason: null },
    });
    off(entry.journal_id);
    await answer;
  });

  test('is answered when it has ended, with the result of both halves and the weaker proof', async () => {
    const { answer, entry } = await begin('k');
    expect(entry).toMatchObject({ state: 'sent', evidence: 'read_back' });
    off(entry.journal_id, 'due', 'transmitted');
    expect(await answer).toMatchObject({
      outcome: 'applied',
      evidence: 'transmitted',
      result: { on: true, locked_at: 'then' },
    });
    expect(row('k').release).toMatchObject({ reason: 'due', released_at: '2026-07-02T15:00:05.000Z' });
  });

  test('gives its turn back as soon as it has begun', async () => {
    const { answer, entry } = await begin('k');
    bench.devices.planExtra = {};
    expect(await bench.set(id, { relay: 2, idempotency_key: 'other' })).toMatchObject({ outcome: 'applied' });
    off(entry.journal_id);
    await answer;
  });

  test('of which nothing left holds nothing', async () => {
    bench.devices.answerAct(
      { outcome: 'failed', sent: false, evidence: null, result: null, error: stuckError, held: false },
      { takeFrame: false },
    );
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'failed', sent: false });
    expect(row('k').release).toBeNull();
  });

  test('that can not be ended is unknown, holds up all others, and is an error of health that nothing overrules', async () => {
    const { answer, entry } = await begin('k');
    stuck(entry.journal_id);
    expect(await answer).toMatchObject({ outcome: 'unknown', error: { code: 'release_unconfirmed' } });
    bench.devices.emit({ type: 'transaction', connectorId: id, at: 'now', error: null });
    expect(bench.service.get(id)).toMatchObject({
      status: 'error',
      health: { reason: 'release_unconfirmed', message: expect.stringContaining('may still be unlocked') },
    });
    bench.devices.planExtra = {};
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'refused', reason: 'unresolved_effect' });

    const applied = changed('k', 'applied');
    const healthy = nextEvent(bench.service, (event) =>
      event.type === 'connector' && event.connector.health.state === 'ok' ? true : null,
    );
    off(entry.journal_id);
    expect(await applied).toMatchObject({ error: null, result: { locked_at: 'then' } });
    await healthy;
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
  });

  test('that stays stuck is settled by a person, who also says that it is off', async () => {
    const { answer, entry } = await begin('k');
    stuck(entry.journal_id);
    await answer;
    await expect(bench.service.remove(id, admin)).rejects.toMatchObject({ code: 'state_conflict' });
    await bench.service.settle(entry.journal_id, { answer: 'happened' }, admin);
    expect(row('k').release).toMatchObject({ reason: 'settled' });
    off(entry.journal_id);
    await bench.service.remove(id, admin);
    expect(row('k').release).toMatchObject({ reason: 'settled' });
  });

  test('is ended by a pause, and by the end of the agent', async () => {
    const { answer, entry } = await begin('k');
    const asked: (string | null)[] = [];
    bench.devices.onRelease = (connectorId) => {
      asked.push(connectorId);
      off(entry.journal_id, 'called_off');
    };
    await bench.service.setPaused(true, admin);
    expect(asked).toEqual([null]);
    expect(await answer).toMatchObject({ outcome: 'applied' });
    await bench.service.setPaused(false, admin);

    bench.clock.advance(60_000);
    const second = await begin('k2');
    bench.devices.onRelease = () => off(second.entry.journal_id, 'called_off');
    await bench.service.close();
    expect(await second.answer).toMatchObject({ outcome: 'applied' });
    expect(row('k2').release).toMatchObject({ reason: 'called_off' });
    bench.devices.onRelease = null;
    await bench.restart({ crash: true });
  });
});

describe('the output it holds', () => {
  test('is refused to all others, on this connector, until it is off', async () => {
    const { answer, entry } = await begin('k');
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'interval', sent: false });
    bench.devices.planExtra = { output: '1' };
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'interval' });
    bench.devices.planExtra = { output: '2' };
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
    off(entry.journal_id);
    await answer;
  });

  test('rests for its interval, counted from the end, over a restart too, and over a clock that is set back', async () => {
    const { answer, entry } = await begin('k');
    bench.clock.advance(HOLD_MS);
    off(entry.journal_id);
    await answer;
    bench.clock.advance(9_000);
    await bench.restart();
    bench.devices.planExtra = { output: '1', timed, minIntervalMs: 10_000 };
    expect(await bench.set(id, {})).toMatchObject({ outcome: 'refused', reason: 'interval' });
    bench.clock.advance(1_000);
    const second = await begin('k2');
    off(second.entry.journal_id);
    await second.answer;
    bench.clock.advance(-3_600_000);
    const third = await begin('k3');
    off(third.entry.journal_id);
    expect(await third.answer).toMatchObject({ outcome: 'applied' });
  });
});

describe('after a crash', () => {
  test('the binding brings the release; a row whose beginning was confirmed is applied once it is done', async () => {
    const { entry } = await begin('k');
    // Whoever starts waits for what was left on.
    const starting = bench.restart({ crash: true });
    await expect.poll(() => bench.clock.hasTimer(3_000), { interval: 1 }).toBe(true);
    bench.clock.advance(3_000);
    await starting;
    const [pending] = bench.devices.bindings.get(id)?.releases ?? [];
    expect(pending).toMatchObject({ journalId: entry.journal_id, plan: { timed } });
    expect(row('k')).toMatchObject({ state: 'unknown', release: { released_at: null } });
    bench.devices.planExtra = {};
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'refused', reason: 'unresolved_effect' });

    const applied = changed('k', 'applied');
    off(entry.journal_id, 'in_doubt');
    await applied;
    expect(await bench.set(id, { idempotency_key: 'k' })).toMatchObject({ outcome: 'applied', deduplicated: true });
    expect(await bench.set(id, { relay: 2 })).toMatchObject({ outcome: 'applied' });
    await bench.restart();
    expect(bench.devices.bindings.get(id)?.releases).toEqual([]);
  });

  test('of a beginning that was never confirmed it stays unknown, also when it is off', async () => {
    bench.devices.at('after_act', () => new Promise(() => {}));
    void bench.set(id, { idempotency_key: 'k' });
    await expect.poll(() => bench.devices.reached.get('after_act'), { interval: 1 }).toBe(1);
    const starting = bench.restart({ crash: true });
    await expect.poll(() => bench.clock.hasTimer(3_000), { interval: 1 }).toBe(true);
    bench.clock.advance(3_000);
    await starting;
    const told = nextEvent(bench.service, (event) =>
      event.type === 'journal' && event.entry.release?.released_at != null ? event.entry : null,
    );
    off(row('k').journal_id, 'in_doubt');
    expect(await told).toMatchObject({ state: 'unknown', release: { reason: 'in_doubt' } });
  });
});
