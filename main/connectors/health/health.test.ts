import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError, type ErrorCode } from '../../../drivers/kit/index.ts';
import { type Bench, nextEvent, openBench } from '../testing/bench.ts';
import { makeDevice } from '../testing/device-world.ts';
import { type HealthState, judgeTransaction, nextHealth, startingHealth } from './health.ts';
import { nextCheckMs } from './health-monitor.ts';
import { healthWords } from './health-words.table.ts';

const subject = {
  name: 'Front scale',
  config: { baud_rate: 9600, data_bits: 8, parity: 'none' },
  device: makeDevice('dev_a', 'A1'),
};
const fail = (code: ErrorCode, hint?: string) => ({
  type: 'failed' as const,
  error: new AgentError(code, `technical ${code}`, hint === undefined ? {} : { hint }).serialize(),
  causeId: null,
});
const step = (state: HealthState, signal: Parameters<typeof nextHealth>[1], at: string) =>
  nextHealth(state, signal, at, subject);

describe('the next health', () => {
  const start = startingHealth('t0', null);

  test('keeps since while state and reason stay, and last_ok_at through errors', () => {
    const ok = step(step(start, { type: 'succeeded' }, 't1'), { type: 'succeeded' }, 't2');
    expect(ok).toMatchObject({ status: 'connected', health: { state: 'ok', since: 't1', last_ok_at: 't2' } });
    const broken = step(step(ok, fail('no_reply'), 't3'), fail('no_reply'), 't4');
    expect(broken).toMatchObject({ status: 'error', health: { reason: 'no_reply', since: 't3', last_ok_at: 't2' } });
    expect(step(broken, fail('bad_reply'), 't5').health.since).toBe('t5');
  });

  test('an error stays while the device is being opened; what was fine becomes uncertain', () => {
    const broken = step(start, fail('port_busy'), 't1');
    expect(step(broken, { type: 'opening' }, 't2')).toBe(broken);
    const ok = step(start, { type: 'succeeded' }, 't1');
    expect(step(ok, { type: 'opening' }, 't2')).toMatchObject({ status: 'connected', health: { state: 'starting' } });
  });

  test('a failed tool stands through other traffic and through an outage', () => {
    const error = new AgentError('device_refused', 'no such relay').serialize();
    const failed = step(start, { type: 'test_failed', tool: 'relay.set', error }, 't1');
    const after = step(step(failed, fail('no_reply'), 't2'), { type: 'succeeded' }, 't3');
    expect(after).toMatchObject({ status: 'error', health: { reason: 'device_refused', last_ok_at: 't3' } });
    expect(step(after, { type: 'tools_passed', tools: ['relay.read'] }, 't4').status).toBe('error');
    expect(step(after, { type: 'tools_passed', tools: ['relay.set'] }, 't4').status).toBe('connected');
  });

  test('an output that may still be on is overruled by nothing but its release', () => {
    const error = new AgentError('release_unconfirmed', 'technical', { hint: 'technical' }).serialize();
    const stuck = step(step(start, { type: 'succeeded' }, 't1'), { type: 'output_stuck', error }, 't2');
    expect(stuck).toMatchObject({ status: 'error', health: { reason: 'release_unconfirmed', since: 't2' } });
    expect(stuck.health.message).toBe('Front scale may still be unlocked: it could not be switched off.');
    for (const signal of [
      fail('no_reply'),
      { type: 'succeeded' },
      { type: 'opening' },
      { type: 'port_open', sendsByItself: false },
    ] as const) {
      expect(step(stuck, signal, 't3')).toBe(stuck);
    }
    const off = step(stuck, { type: 'output_off' }, 't4');
    expect(off.health.state).toBe('starting');
    expect(step(off, { type: 'succeeded' }, 't5')).toMatchObject({ status: 'connected', health: { state: 'ok' } });
    expect(step(start, { type: 'output_off' }, 't6')).toBe(start);
  });

  test('a device that can not be asked is never green: its port is open, and no more is said', () => {
    const open = step(start, { type: 'port_open', sendsByItself: false }, 't1');
    expect(open).toMatchObject({ status: 'connected', health: { state: 'listening', last_ok_at: null, since: 't1' } });
    expect(step(open, { type: 'port_open', sendsByItself: false }, 't2')).toBe(open);
    expect(step(open, fail('device_unplugged'), 't3').status).toBe('error');
  });

  test('speaks to a technician: what, where, what to do', () => {
    const health = (code: ErrorCode, hint?: string) => step(start, fail(code, hint), 't1').health;
    expect(health('no_reply').message).toBe('Front scale does not answer.');
    expect(health('no_reply').hint).toContain('9600, 8 bits, no parity');
    expect(health('device_unplugged').hint).toContain('any socket');
    expect(health('permission_denied', 'Run: sudo usermod -aG dialout till').hint).toContain('usermod');
    const held = { ...subject, device: makeDevice('dev_a', 'A1', { holder: { name: 'PuTTY', pid: 4312 } }) };
    expect(nextHealth(start, fail('port_busy'), 't1', held).health.message).toBe(
      'Front scale is used by "PuTTY" (process 4312).',
    );
    expect(health('port_limit', 'Raise max_ports.')).toMatchObject({
      message: 'technical port_limit',
      hint: 'Raise max_ports.',
    });
  });

  test('lets an error speak that names its own reason', () => {
    const error = new AgentError('no_reply', '10.0.0.5 does not answer on port 9100.', {
      hint: 'Check that it is switched on and that its address is right.',
      details: { reason: 'timed_out' },
    }).serialize();
    const { health } = step(start, { type: 'failed', error, causeId: null }, 't1');
    expect(health).toMatchObject({ message: error.message, hint: error.hint, reason: 'no_reply' });
  });

  test('every message and hint is whole words for every subject', () => {
    for (const words of Object.values(healthWords)) {
      for (const about of [subject, { name: 'X', config: {}, device: null }]) {
        const text = `${words.message(about)} ${words.hint(about)}`;
        expect(text).not.toMatch(/undefined|null|\$\{/);
        expect(text).not.toMatch(/please|oops|invalid|successfully/i);
      }
    }
  });
});

test('a refusal by the device is an answer; a wait that ended says nothing', () => {
  const judge = (code: ErrorCode) => judgeTransaction(new AgentError(code, 'x').serialize(), null)?.type ?? null;
  expect(judgeTransaction(null, null)?.type).toBe('succeeded');
  expect(judge('device_refused')).toBe('succeeded');
  expect(judge('no_reply')).toBe('failed');
  expect(judge('cancelled')).toBeNull();
  expect(judge('deadline_exceeded')).toBeNull();
});

test('a silent device is asked again after 1, 2, 4 ... 30 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 60].map((failures) => nextCheckMs(failures))).toEqual([
    30_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
});

describe('the monitor', () => {
  let bench: Bench;
  let id: string;
  beforeEach(async () => {
    bench = await openBench();
    ({ id } = await bench.installRelay());
  });
  afterEach(() => bench.close());
  const checks = () => bench.devices.reached.get('health') ?? 0;
  const status = (wanted: string) =>
    nextEvent(bench.service, (event) =>
      event.type === 'connector' && event.connector.status === wanted ? event.connector : null,
    );

  test('asks a device that nobody used for 30 s, and none that was used', async () => {
    const before = checks();
    bench.clock.advance(29_000);
    await bench.set(id, { dry_run: true });
    bench.clock.advance(29_000);
    expect(checks()).toBe(before);
    bench.clock.advance(1_000);
    expect(checks()).toBe(before + 1);
  });

  test('notices that a device fell silent, and that it answers again, by itself', async () => {
    bench.world.silent.add('dev_a');
    const gone = status('error');
    bench.clock.advance(30_000);
    expect(await gone).toMatchObject({ health: { state: 'error', reason: 'no_reply' } });
    bench.world.silent.clear();
    const back = status('connected');
    // The event is told within the check; the next one is set when it has ended.
    await new Promise((resolve) => setImmediate(resolve));
    bench.clock.advance(1_000);
    expect(await back).toMatchObject({ health: { state: 'ok' } });
  });

  test('an unplugged cable is an error at once, with its cause; replugged it works by itself', async () => {
    const gone = status('error');
    bench.devices.unplug('dev_a');
    expect(bench.service.get(id)).toMatchObject({
      status: 'error',
      health: { reason: 'device_unplugged', cause_id: 'cause_1' },
      device: { present: false },
    });
    await gone;
    const back = status('connected');
    bench.devices.plug('dev_a');
    expect(await back).toMatchObject({ health: { state: 'ok', cause_id: null } });
  });

  test('status is known after a restart before anything was tried', async () => {
    bench.world.silent.add('dev_a');
    bench.clock.advance(30_000);
    await status('error');
    await bench.service.close();
    bench.devices.at('health', () => new Promise(() => {}));
    await bench.restart({ crash: true });
    expect(bench.service.get(id).status).toBe('error');
  });
});
