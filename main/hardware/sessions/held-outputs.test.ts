import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Driver, type DriverContext, type JsonObject, noDevice, type Plan } from '../../../drivers/kit/index.ts';
import { lockRelay } from '../../../drivers/lock-relay/index.ts';
import type { DeviceEvent } from '../device-side.ts';
import { createPermitAuthority } from '../permit.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createScriptedTransport } from '../testing/scripted-transport.ts';
import { noWireTap } from '../wire/wire-taps.ts';
import type { BoundDevice } from './bound-device.ts';
import { createDeviceWork } from './device-work.ts';
import { createExchangeEngine } from './exchange.ts';
import { createHeldOutputs } from './held-outputs.ts';
import { createPortQueue } from './port-queue.ts';
import type { Line } from './port-session.ts';
import { noBackoff } from './unit-backoff.ts';

const settings = lockRelay.links.serial?.defaults ?? null;
const HOLD_MS = 5_000;
/** `FF 01 00`: relay 1 off; `FF 01 03`: which state has it. */
const OFF = 'ÿ\x01\x00';
const ASK = 'ÿ\x01\x03';
const IS_OFF = 'ÿ\x01\x00';
const IS_ON = 'ÿ\x01\x01';

function bench(change: Partial<Driver> = {}) {
  const clock = createManualClock();
  const permits = createPermitAuthority();
  const driver: Driver = { ...lockRelay, ...change };
  const options = lockRelay.options.parse({ board: 'kmtronic-1', accept_agent_timed: true }) as JsonObject;
  const context: DriverContext = { ...noDevice, options, settings };
  const tool = lockRelay.tools(context).find((one) => one.capability === 'access.unlock');
  if (!tool?.sideEffect) throw new Error('no access.unlock');
  const plan = tool.plan({ duration_ms: HOLD_MS });
  const work = createDeviceWork({
    tap: noWireTap,
    driver,
    context,
    deviceName: () => 'the door',
    clock,
    backoff: noBackoff,
    onTransaction: () => {},
  });
  let line: Line | null = null;
  /** A port that is open, whose board answers with `reply`, or (null) not at all. */
  const openPort = (reply: string | null = IS_OFF) => {
    const transport = createScriptedTransport();
    const engine = createExchangeEngine(transport, { settings, quietBeforeSendMs: 0, clock });
    const answer = { reply };
    transport.onWrite = (text) => {
      if (text === ASK && answer.reply !== null) transport.arrive(answer.reply);
    };
    const next: Line = { engine, queue: createPortQueue(() => ''), unasked: null };
    return { transport, answer, next };
  };
  const use = (next: Line | null) => {
    line = next;
  };
  const device: BoundDevice = {
    binding: {
      connectorId: 'cn_1',
      connectorName: 'door',
      listing: 'cn-lock-relay',
      deviceId: 'dev_1',
      config: {},
      protocolSerial: null,
    },
    driver,
    state: () => ({ state: 'opening' }),
    tools: () => {
      throw new Error('not asked here');
    },
    acquire: () => Promise.reject(new Error('a release waits for no turn')),
    work: () => work,
    askHealth: () => Promise.reject(new Error('not asked here')),
    portId: () => 'dev_1',
    line: () => line,
    context: () => context,
    deviceChanged() {},
    close: async () => {},
  };
  const events: Extract<DeviceEvent, { readonly type: 'output' }>[] = [];
  const complaints: string[] = [];
  const outputs = createHeldOutputs({
    permits,
    clock,
    log: (text) => complaints.push(text),
    onOutput: (event) => events.push(event),
  });
  /** On, and sure of it. */
  const begin = (sure = true) => {
    const output = outputs.prepare(device, 'jr_1', plan);
    output.start();
    output.begun(sure);
    return output;
  };
  const states = () => events.map(({ release }) => (release.state === 'released' ? release.reason : release.state));
  return { clock, permits, plan, device, work, outputs, events, complaints, openPort, use, begin, states };
}

describe('an output that is held', () => {
  it('is off when its time is up, counted from its first byte, and read back', async () => {
    const the = bench();
    const { transport, next } = the.openPort();
    the.use(next);
    const output = the.outputs.prepare(the.device, 'jr_1', the.plan);
    expect(output.isOn()).toBe(false);
    output.start();
    await the.clock.advance(400);
    output.begun(true);
    await the.clock.advance(HOLD_MS - 401);
    expect(transport.written).toEqual([]);
    await the.clock.advance(1);
    await the.clock.advance(100);
    expect(transport.written).toEqual([OFF, ASK]);
    expect(the.events).toMatchObject([
      { connectorId: 'cn_1', journalId: 'jr_1', release: { state: 'released', reason: 'due', evidence: 'read_back' } },
    ]);
  });

  it('that was never begun is left alone', async () => {
    const the = bench();
    the.outputs.prepare(the.device, 'jr_1', the.plan).begun(false);
    await the.clock.advance(2 * HOLD_MS);
    expect(the.events).toEqual([]);
  });

  it('is off at once when its beginning is in doubt', async () => {
    const the = bench();
    the.use(the.openPort().next);
    the.begin(false);
    await the.clock.advance(100);
    expect(the.states()).toEqual(['in_doubt']);
  });

  it('does not wait for a release while its own frames may still be on their way', async () => {
    const the = bench();
    const { transport, next } = the.openPort();
    the.use(next);
    const output = the.outputs.prepare(the.device, 'jr_1', the.plan);
    output.start();
    const released = the.outputs.releaseAll(null, 60_000);
    await the.clock.advance(1_000);
    expect(transport.written).toEqual([]);
    output.begun(true);
    await the.clock.advance(100);
    await released;
    expect(the.states()).toEqual(['called_off']);
  });

  it('is not on for longer because the machine slept, or its clock was set forward', async () => {
    const the = bench();
    the.use(the.openPort().next);
    the.begin();
    await the.clock.advance(1_000);
    the.clock.setWall(3_600_000);
    await the.clock.advance(400);
    expect(the.states()).toEqual(['due']);
  });

  it('is not on for longer because its clock was set back', async () => {
    const the = bench();
    the.use(the.openPort().next);
    the.begin();
    the.clock.setWall(-3_600_000);
    await the.clock.advance(HOLD_MS + 100);
    expect(the.states()).toEqual(['due']);
  });

  it('goes in between the questions of a call that is under way', async () => {
    const the = bench();
    const { answer, transport, next } = the.openPort(null);
    the.use(next);
    the.begin();
    await the.clock.advance(HOLD_MS - 200);
    const question = {
      bytes: Uint8Array.of(0xff, 0x01, 0x03),
      label: 'read relay 1',
      replyTimeoutMs: 1_000,
      match: (buffer: Uint8Array) =>
        buffer.length < 3 ? ({ kind: 'incomplete' } as const) : ({ kind: 'reply', value: null, consumed: 3 } as const),
    };
    const call = the.work.perform(next, { signal: null, about: { purpose: 'read' } }, async ({ link }) => {
      await link.exchange(question);
      await link.exchange(question);
    });
    await the.clock.advance(400);
    expect(transport.written).toEqual([ASK]);
    answer.reply = IS_OFF;
    transport.arrive(IS_ON);
    await the.clock.advance(100);
    await call;
    expect(transport.written.slice(0, 2)).toEqual([ASK, OFF]);
    expect(the.states()).toEqual(['due']);
  });

  it('is off before its time when that is wanted', async () => {
    const the = bench();
    the.use(the.openPort().next);
    the.begin();
    const others = the.outputs.releaseAll('cn_other', 1_000);
    await others;
    expect(the.events).toEqual([]);
    const mine = the.outputs.releaseAll('cn_1', 60_000);
    await the.clock.advance(100);
    await mine;
    expect(the.states()).toEqual(['called_off']);
    await the.outputs.releaseAll(null, 60_000);
  });
});

describe('an output that can not be switched off', () => {
  it('is tried again until it can; people are told once, and not at the first failure', async () => {
    const the = bench();
    const { answer, next, transport } = the.openPort(IS_ON);
    the.use(next);
    the.begin();
    await the.clock.advance(HOLD_MS);
    expect(the.events).toEqual([]);
    await the.clock.advance(30_000);
    expect(the.states()).toEqual(['stuck']);
    expect(the.events[0]).toMatchObject({
      release: { error: { code: 'release_unconfirmed', message: expect.stringContaining('may still be on') } },
    });
    expect(transport.written.filter((text) => text === OFF).length).toBeGreaterThan(10);
    answer.reply = IS_OFF;
    await the.clock.advance(3_000);
    expect(the.states()).toEqual(['stuck', 'due']);
  });

  it('because its port is lost is told at once, and off before anyone uses the port again', async () => {
    const the = bench();
    the.use(the.openPort().next);
    the.begin();
    await the.clock.advance(1_000);
    the.use(null);
    the.outputs.lost('cn_1');
    await the.clock.advance(10_000);
    expect(the.states()).toEqual(['stuck']);
    const { transport, next } = the.openPort();
    expect(the.outputs.beforeUse('dev_other', next)).toBeNull();
    const first = the.outputs.beforeUse('dev_1', next);
    expect(first).not.toBeNull();
    await the.clock.advance(100);
    await first;
    expect(transport.written[0]).toBe(OFF);
    expect(the.states()).toEqual(['stuck', 'in_doubt']);
    expect(the.outputs.beforeUse('dev_1', next)).toBeNull();
  });

  it('ends the wait of who called it off, as stuck', async () => {
    const the = bench();
    the.use(the.openPort(null).next);
    the.begin();
    let ended = false;
    const all = the.outputs.releaseAll(null, 60_000).then(() => {
      ended = true;
    });
    for (let turn = 0; turn < 20 && !ended; turn += 1) {
      await the.clock.advance(400);
      await the.clock.poll();
    }
    await all;
    expect(the.states()).toEqual(['stuck']);
  });

  it('is told as stuck when its device is given back', async () => {
    const the = bench();
    the.begin();
    the.outputs.forget('cn_1');
    await the.clock.advance(60_000);
    expect(the.states()).toEqual(['stuck']);
  });
});

describe('whatever happens', () => {
  const happening = fc.oneof(
    fc.record({ type: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({ type: fc.constant('wall' as const), ms: fc.integer({ min: -100_000, max: 100_000 }) }),
    fc.record({ type: fc.constantFrom('pull' as const, 'plug' as const, 'hang' as const, 'recover' as const) }),
    fc.record({ type: fc.constant('call_off' as const) }),
  );

  it('it is off once when the board can be reached again, and never on for longer while it can be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 12 }), fc.boolean(), async (happenings, sure) => {
        const the = bench();
        let board = the.openPort();
        let answers = true;
        let reachableMs = 0;
        the.use(board.next);
        the.begin(sure);
        const plug = () => {
          board = the.openPort(answers ? IS_OFF : IS_ON);
          void the.outputs.beforeUse('dev_1', board.next);
          the.use(board.next);
        };
        for (const one of happenings) {
          const isOn = the.states().every((state) => state === 'stuck');
          if (one.type === 'time') {
            await the.clock.advance(one.ms);
            if (isOn && the.device.line() !== null && answers) reachableMs += one.ms;
          }
          if (one.type === 'wall') the.clock.setWall(one.ms);
          if (one.type === 'pull') {
            board.transport.unplug();
            the.use(null);
            the.outputs.lost('cn_1');
          }
          if (one.type === 'plug' && the.device.line() === null) plug();
          if (one.type === 'hang' || one.type === 'recover') {
            answers = one.type === 'recover';
            board.answer.reply = answers ? IS_OFF : IS_ON;
          }
          if (one.type === 'call_off') void the.outputs.releaseAll(null, 1);
          const stillOn = the.states().every((state) => state === 'stuck');
          // Its time, the step in which it ran out, and the longest rest between two attempts.
          if (stillOn && the.device.line() !== null && answers) {
            expect(reachableMs).toBeLessThanOrEqual(HOLD_MS + 3_000 + 2_000);
          }
        }
        answers = true;
        board.answer.reply = IS_OFF;
        if (the.device.line() === null) plug();
        await the.clock.advance(HOLD_MS + 3_000);
        expect(the.states().filter((state) => state !== 'stuck')).toHaveLength(1);
        expect(the.states().at(-1)).not.toBe('stuck');
      }),
      { numRuns: 60 },
    );
  });
});

describe('what an earlier run left on', () => {
  const pending = (the: ReturnType<typeof bench>, plan: Plan = the.plan) => ({
    journalId: 'jr_1',
    plan,
    permit: the.permits.mintRelease('jr_1', plan),
  });

  it('is switched off in this very turn of the loop when the port is open', async () => {
    const the = bench();
    const { transport, next } = the.openPort();
    the.use(next);
    the.outputs.adopt(the.device, [pending(the)]);
    expect(transport.written).toEqual([OFF]);
    await the.clock.advance(100);
    expect(the.states()).toEqual(['in_doubt']);
  });

  it('waits for the port, and is told as stuck when that stays shut', async () => {
    const the = bench();
    the.outputs.adopt(the.device, [pending(the)]);
    await the.clock.advance(1_000);
    expect(the.states()).toEqual([]);
    await the.clock.advance(5_000);
    expect(the.states()).toEqual(['stuck']);
  });

  it('is told as stuck at once when it is known that there is no way to it', async () => {
    const the = bench();
    the.outputs.adopt(the.device, [pending(the)]);
    the.outputs.lost('cn_1');
    await the.clock.advance(0);
    expect(the.states()).toEqual(['stuck']);
    const { next } = the.openPort();
    void the.outputs.beforeUse('dev_1', next);
    await the.clock.advance(100);
    expect(the.states()).toEqual(['stuck', 'in_doubt']);
  });

  it('is not touched without a permit for exactly these frames', async () => {
    const the = bench();
    const { transport, next } = the.openPort();
    the.use(next);
    const other: Plan = { ...the.plan, timed: { holdMs: 1, release: the.plan.frames } };
    the.outputs.adopt(the.device, [
      { ...pending(the), plan: other },
      { ...pending(the), permit: the.permits.mint('jr_1', the.plan) },
      { ...pending(the), journalId: 'jr_2' },
    ]);
    await the.clock.advance(10_000);
    expect(transport.written).toEqual([]);
    expect(the.complaints).toHaveLength(3);
  });

  it('is switched off with the frames of its row and no others, whatever the driver wants to send', async () => {
    const wanted: string[] = [];
    const the = bench({
      async release(link, plan) {
        await link
          .exchange({
            bytes: plan.frames[0]?.bytes ?? new Uint8Array(),
            label: 'on again',
            replyTimeoutMs: 10,
            match: () => ({ kind: 'reply', value: null, consumed: 0 }),
          })
          .catch((error: { code: string }) => {
            wanted.push(error.code);
            throw error;
          });
        return { evidence: 'transmitted', result: {} };
      },
    });
    const { transport, next } = the.openPort();
    the.use(next);
    the.outputs.adopt(the.device, [pending(the)]);
    await the.clock.advance(1_000);
    expect(wanted[0]).toBe('frame_not_permitted');
    expect(transport.written).toEqual([]);
    expect(the.states()).toEqual(['stuck']);
  });
});
