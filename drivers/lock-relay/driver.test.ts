import { describe, expect, it } from 'vitest';
import {
  AgentError,
  type DriverContext,
  type JsonObject,
  noDevice,
  type Plan,
  type SideEffectTool,
  toHex,
} from '../kit/index.ts';
import { withFaults } from '../kit/simulator/faults.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { type BoardName, boardNames, boardOf } from './boards.table.ts';
import { lockRelay } from './index.ts';
import { createSimulatedBoard } from './simulator.ts';

const readable = boardNames.filter((name) => boardOf(name).dialect.name !== 'lcus');
const mute = boardNames.filter((name) => boardOf(name).dialect.name === 'lcus');

interface Look {
  readonly relays: readonly { readonly relay: number; readonly on: boolean }[];
  readonly changes: readonly { readonly channel: number; readonly on: boolean }[];
}

function bench(board: BoardName, config: JsonObject = {}, simulated: JsonObject = {}) {
  const device = withFaults(
    createSimulatedBoard({ board, ...simulated }, () => 0),
    () => 0.5,
  );
  const link = createMemoryLink(lockRelay, device, { chunkBytes: 1 });
  const options = lockRelay.options.parse({ board, accept_agent_timed: true, ...config }) as JsonObject;
  lockRelay.checkOptions?.(options, null);
  const context: DriverContext = { ...noDevice, options, settings: lockRelay.links.serial?.defaults ?? null };
  const tools = lockRelay.tools(context);
  const effect = (capability: string): SideEffectTool => {
    const tool = tools.find((one) => one.capability === capability);
    if (!tool?.sideEffect) throw new Error(`no ${capability}`);
    return tool;
  };
  const look = () => device.state() as unknown as Look;
  const on = () => look().relays.flatMap(({ relay, on: isOn }) => (isOn ? [relay] : []));
  const begin = async (capability: string, args: JsonObject) => {
    const tool = effect(capability);
    const plan = structuredClone(tool.plan(args));
    const witness = structuredClone(await tool.check(link, plan));
    link.permit(plan);
    return { plan, witness, answer: await tool.act(link, plan, witness) };
  };
  const release = (plan: Plan) => {
    link.permit({ ...plan, frames: plan.timed?.release ?? [] });
    const done = lockRelay.release?.(link, plan, context);
    if (done === undefined) throw new Error('no release');
    return done;
  };
  return { device, link, context, tools, effect, look, on, begin, release };
}

const names = (tools: readonly { readonly capability: string }[]) => tools.map((tool) => tool.capability);

describe('the tools follow the configuration', () => {
  it('all of them on a board that can be read back', () => {
    expect(names(bench('kmtronic-2').tools)).toEqual(['access.unlock', 'relay.read', 'relay.set']);
  });

  it('no relay.read on a board that answers nothing, unless its firmware does', () => {
    expect(names(bench('lcus-2').tools)).toEqual(['access.unlock', 'relay.set']);
    expect(names(bench('lcus-2', { status: 'lines' }).tools)).toContain('relay.read');
  });

  it('no access.unlock without leave for the agent to time it, or without a lock', () => {
    expect(names(bench('kmtronic-2', { accept_agent_timed: false }).tools)).toEqual(['relay.read', 'relay.set']);
    expect(names(bench('kmtronic-2', { lock_channels: [] }).tools)).not.toContain('access.unlock');
  });

  it('and that leave has to be given or refused by name', () => {
    const parsed = lockRelay.options.safeParse({ board: 'lcus-1' });
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['accept_agent_timed'] });
    expect(parsed.error?.issues[0]?.message).toContain('stays open until they run again');
  });

  it('need the best certainty that there is', () => {
    const { effect } = bench('numato-4');
    expect([effect('access.unlock').minConfidence, effect('relay.set').minConfidence]).toEqual(['serial', 'serial']);
  });

  it.each<[string, BoardName, JsonObject, string]>([
    ['a lock on a relay that is not there', 'kmtronic-2', { lock_channels: [3] }, 'config.lock_channels'],
    ['an interlock with one', 'kmtronic-2', { interlock: [[1, 3]] }, 'config.interlock'],
    ['an interlock that can not be checked', 'lcus-2', { interlock: [[1, 2]] }, 'config.interlock'],
    ['a status question of another board', 'numato-4', { status: 'lines' }, 'config.status'],
    ['a default over the maximum', 'numato-4', { unlock_ms: 9_000, max_unlock_ms: 5_000 }, 'config.unlock_ms'],
  ])('refuse %s', (_what, board, config, parameter) => {
    expect(() => bench(board, config)).toThrow(expect.objectContaining({ details: { parameter } }));
  });

  it('do not go beyond what the driver allows', () => {
    expect(
      lockRelay.options.safeParse({ board: 'lcus-1', accept_agent_timed: true, max_unlock_ms: 30_001 }).success,
    ).toBe(false);
  });
});

describe('access.unlock', () => {
  it.each(readable)('%s: on, read back, and off again by the release alone', async (board) => {
    const the = bench(board);
    const { plan, answer } = await the.begin('access.unlock', { duration_ms: 5_000 });
    expect(plan).toMatchObject({ output: '1', timed: { holdMs: 5_000 }, minIntervalMs: 1_000 });
    expect(answer).toMatchObject({ outcome: 'applied', evidence: 'read_back' });
    expect(the.on()).toEqual([1]);
    const released = await the.release(plan);
    expect(released.evidence).toBe('read_back');
    expect(the.on()).toEqual([]);
    const result = { ...(answer.outcome === 'applied' ? answer.result : {}), ...released.result };
    expect(the.effect('access.unlock').output.parse(result)).toEqual(result);
    expect(the.look().changes).toMatchObject([
      { channel: 1, on: true },
      { channel: 1, on: false },
    ]);
  });

  it.each(mute)('%s: what it does is only transmitted, and said to be no more', async (board) => {
    const the = bench(board);
    expect(the.effect('access.unlock').bestEvidence).toBe('transmitted');
    const { plan, answer } = await the.begin('access.unlock', {});
    expect(answer).toMatchObject({ outcome: 'applied', evidence: 'transmitted' });
    expect(the.on()).toEqual([1]);
    expect((await the.release(plan)).evidence).toBe('transmitted');
    expect(the.on()).toEqual([]);
  });

  it('can be released again and again', async () => {
    const the = bench('devantech-rly08');
    const { plan } = await the.begin('access.unlock', {});
    for (let times = 0; times < 3; times += 1) await the.release(plan);
    expect(the.look().changes).toHaveLength(2);
  });

  it('sends nothing but what the plan says: not without a permit, and not twice', async () => {
    const the = bench('kmtronic-2');
    const { plan, witness } = await the.begin('access.unlock', {});
    await expect(the.effect('access.unlock').act(the.link, plan, witness)).rejects.toMatchObject({
      code: 'frame_not_permitted',
    });
    await expect(lockRelay.release?.(the.link, plan, the.context)).rejects.toMatchObject({
      code: 'frame_not_permitted',
    });
  });

  it('opens no lock but those that are named, for no longer than is allowed', () => {
    const tool = bench('kmtronic-8', { lock_channels: [2, 5], max_unlock_ms: 4_000, unlock_ms: 2_000 }).effect(
      'access.unlock',
    );
    expect(tool.plan({}).data).toMatchObject({ channel: 2, duration_ms: 2_000 });
    for (const args of [{ channel: 1 }, { duration_ms: 4_001 }, { duration_ms: 99 }, { duration_ms: 150.5 }]) {
      expect(() => tool.plan(args)).toThrow(expect.objectContaining({ code: 'invalid_arguments' }));
    }
  });

  it('is refused while the relay is on already', async () => {
    const the = bench('kmtronic-2', {}, { on: [1] });
    await expect(the.begin('access.unlock', {})).rejects.toMatchObject({ code: 'device_not_ready' });
    expect(the.look().changes).toEqual([]);
  });

  it('is refused while an interlocked relay is on, and only then', async () => {
    const the = bench('numato-4', { lock_channels: [1, 2, 3], interlock: [[1, 2]] }, { on: [2] });
    await expect(the.begin('access.unlock', { channel: 1 })).rejects.toMatchObject({
      code: 'refused',
      details: { reason: 'interlock', other: 2 },
    });
    await the.begin('access.unlock', { channel: 3 });
    expect(the.on()).toEqual([2, 3]);
  });

  it('that the relay does not follow has failed', async () => {
    const the = bench('devantech-rly02');
    the.device.change?.({ stuck: [1] });
    const { answer } = await the.begin('access.unlock', {});
    expect(answer).toMatchObject({ outcome: 'failed', error: { code: 'device_refused' } });
  });

  it('is not released while the relay reads back on', async () => {
    const the = bench('devantech-rly02');
    const { plan } = await the.begin('access.unlock', {});
    the.device.change?.({ stuck: [1] });
    await expect(the.release(plan)).rejects.toMatchObject({ code: 'device_refused' });
    the.device.change?.({ stuck: [] });
    await the.release(plan);
    expect(the.on()).toEqual([]);
  });

  it('is not released over a board of another type, whose command it would not be', async () => {
    const the = bench('devantech-rly02');
    const { plan } = await the.begin('access.unlock', {});
    const other: Plan = { ...plan, data: { ...plan.data, board: 'numato-2' } };
    const before = the.link.sent.length;
    await expect(the.release(other)).rejects.toMatchObject({ code: 'invalid_configuration' });
    expect(the.link.sent.length).toBe(before);
  });

  it('of which nobody knows is not told from the state afterwards', async () => {
    const the = bench('devantech-rly02');
    const { plan, witness } = await the.begin('access.unlock', {});
    expect(await the.effect('access.unlock').resolve(the.link, plan, witness)).toMatchObject({ happened: 'unknown' });
  });
});

describe('relay.set', () => {
  it.each(readable)('%s: switches and reads back', async (board) => {
    const the = bench(board, { lock_channels: [] });
    const { answer } = await the.begin('relay.set', { relay: 1, on: true });
    expect(answer).toMatchObject({ outcome: 'applied', evidence: 'read_back', result: { previous_on: false } });
    expect(the.on()).toEqual([1]);
  });

  it('never switches a lock on, but off', async () => {
    const the = bench('kmtronic-2', {}, { on: [1] });
    expect(() => the.effect('relay.set').plan({ relay: 1, on: true })).toThrow(
      expect.objectContaining({ code: 'invalid_arguments' }),
    );
    await the.begin('relay.set', { relay: 1, on: false });
    expect(the.on()).toEqual([]);
  });

  it('keeps to the interlock', async () => {
    const the = bench('kmtronic-2', { lock_channels: [], interlock: [[1, 2]] }, { on: [2] });
    await expect(the.begin('relay.set', { relay: 1, on: true })).rejects.toMatchObject({ code: 'refused' });
    await the.begin('relay.set', { relay: 2, on: false });
    await the.begin('relay.set', { relay: 1, on: true });
    expect(the.on()).toEqual([1]);
  });

  it.each([
    ['now as wanted, before not', false, true, { happened: true, evidence: 'read_back' }],
    ['now as wanted, and so before', true, true, { happened: true, evidence: 'status_after' }],
    ['now as before', false, false, { happened: false, evidence: 'read_back' }],
  ])('is resolved: %s', async (_name, previous_on, on, expected) => {
    const the = bench('kmtronic-2', { lock_channels: [] }, { on: on ? [1] : [] });
    const tool = the.effect('relay.set');
    expect(await tool.resolve(the.link, tool.plan({ relay: 1, on: true }), { previous_on })).toEqual(expected);
  });

  it('of a mute board is never resolved by the device', async () => {
    const the = bench('lcus-1', { lock_channels: [] });
    const tool = the.effect('relay.set');
    const plan = tool.plan({ relay: 1, on: true });
    expect(await tool.resolve(the.link, plan, { previous_on: null })).toMatchObject({ happened: 'unknown' });
    expect(the.link.sent).toEqual([]);
  });
});

describe('a board that refuses the report that switches', () => {
  const refusal = new AgentError('device_refused', 'The device refused report 0 (stall).');
  /** Whether the board acts on it all the same, and whether it can be asked afterwards. */
  const stalling = ({ acts, answers, on = [] }: { acts: boolean; answers: boolean; on?: readonly number[] }) => {
    const the = bench('dcttech-2', { lock_channels: [2] }, { on: [...on] });
    let refused = false;
    const link: typeof the.link = {
      ...the.link,
      async exchange(request) {
        if (refused && !answers) throw refusal;
        if (lockRelay.isHarmless(request.bytes)) return the.link.exchange(request);
        refused = true;
        if (acts) await the.link.exchange(request);
        throw refusal;
      },
    };
    const act = async (capability: string, args: JsonObject) => {
      const tool = the.effect(capability);
      const plan = tool.plan(args);
      const witness = await tool.check(link, plan);
      the.link.permit(plan);
      return tool.act(link, plan, witness);
    };
    return { ...the, act, stalled: link };
  };

  it('and acts on it all the same: the relay is read back, and the truth is that it switched', async () => {
    const the = stalling({ acts: true, answers: true });
    expect(await the.act('relay.set', { relay: 1, on: true })).toMatchObject({
      outcome: 'applied',
      evidence: 'read_back',
    });
    expect(await the.act('access.unlock', { channel: 2 })).toMatchObject({ outcome: 'applied', evidence: 'read_back' });
    expect(the.on()).toEqual([1, 2]);
  });

  it('and does nothing: it failed, as the board reads back', async () => {
    const the = stalling({ acts: false, answers: true });
    expect(await the.act('access.unlock', { channel: 2 })).toMatchObject({
      outcome: 'failed',
      error: { code: 'device_refused', message: refusal.message },
    });
    expect(the.on()).toEqual([]);
  });

  it('and was so before: it is so, and no more is claimed', async () => {
    const the = stalling({ acts: false, answers: true, on: [1] });
    expect(await the.act('relay.set', { relay: 1, on: true })).toMatchObject({
      outcome: 'applied',
      evidence: 'status_after',
    });
  });

  it.each([true, false])('and then answers nothing more: it is not known (it acted: %s)', async (acts) => {
    const the = stalling({ acts, answers: false });
    await expect(the.act('access.unlock', { channel: 2 })).rejects.toMatchObject({
      message: expect.stringContaining("was told relay 2 on, and can't be read back"),
    });
  });

  it('is released when the relay reads back off, whatever the board said', async () => {
    const the = stalling({ acts: true, answers: true });
    const plan = the.effect('access.unlock').plan({ channel: 2 });
    await the.act('access.unlock', { channel: 2 });
    the.link.permit({ ...plan, frames: plan.timed?.release ?? [] });
    expect(await lockRelay.release?.(the.stalled, plan, the.context)).toMatchObject({ evidence: 'read_back' });
    expect(the.on()).toEqual([]);
  });
});

describe('relay.read', () => {
  it.each([
    ...readable.map((board) => [board, {}] as const),
    ['lcus-4', { status: 'lines' }] as const,
    ['lcus-8', { status: 'bytes' }] as const,
  ])('%s %o: every relay by its number', async (board, status) => {
    const last = boardOf(board).channels;
    const the = bench(board, status, { on: [last], ...status });
    const tool = the.tools.find((one) => one.capability === 'relay.read');
    if (tool === undefined || tool.sideEffect) throw new Error('no relay.read');
    const output = await tool.read(the.link, {});
    expect(tool.output.parse(output)).toEqual(output);
    expect(output).toMatchObject({
      relays: Array.from({ length: last }, (_, index) => ({ relay: index + 1, on: index + 1 === last })),
    });
  });

  it.each(['silence', 'garbage', 'half_answer'] as const)('is an error after %s, never a state', async (fault) => {
    for (const board of ['kmtronic-8', 'numato-8'] as const) {
      const the = bench(board);
      the.device.setFault(fault);
      const tool = the.tools.find((one) => one.capability === 'relay.read');
      if (tool === undefined || tool.sideEffect) throw new Error('no relay.read');
      await expect(tool.read(the.link, {})).rejects.toMatchObject({
        code: expect.stringMatching(/no_reply|bad_reply/),
      });
    }
  });
});

describe('who it is', () => {
  it('is asked of Devantech boards, whose model has to be the configured one', async () => {
    const the = bench('devantech-rly16l');
    expect(await lockRelay.identify(the.link, the.context)).toMatchObject({
      model: 'USB-RLY16L',
      details: { module_id: 15 },
    });
    const wrong = bench('devantech-rly16', {}, { board: 'devantech-rly08' });
    await expect(lockRelay.identify(wrong.link, wrong.context)).rejects.toMatchObject({ code: 'bad_reply' });
  });

  it('is asked of Numato boards', async () => {
    const the = bench('numato-8');
    expect(await lockRelay.identify(the.link, the.context)).toMatchObject({ details: { firmware: 'A0B0C0D0' } });
  });

  it.each(['lcus-1', 'kmtronic-4'] as const)('is never asked of %s', async (board) => {
    const the = bench(board);
    await expect(lockRelay.identify(the.link, the.context)).rejects.toMatchObject({ code: 'not_supported' });
    expect(the.link.sent).toEqual([]);
  });

  it('a mute board is not asked how it is', async () => {
    const the = bench('lcus-4');
    expect(lockRelay.isMute?.(the.context)).toBe(true);
    await lockRelay.healthCheck(the.link, the.context);
    expect(the.link.sent).toEqual([]);
    expect(lockRelay.isMute?.(bench('lcus-4', { status: 'bytes' }).context)).toBe(false);
  });

  it('a Numato line would switch a relay of a Devantech board, so none leaves before the prompt', async () => {
    const the = bench('numato-8', {}, { board: 'devantech-rly08' });
    const dangerous = await the.link
      .exchange({
        bytes: Buffer.from('ver\r'),
        label: 'ver',
        replyTimeoutMs: 1,
        match: () => ({ kind: 'incomplete' }),
      })
      .catch(() => the.on());
    expect(dangerous).toEqual([1]);
    const resynchronise = lockRelay.resynchronise(the.context);
    expect(resynchronise).toMatchObject({ type: 'question' });
    if (resynchronise.type === 'question') expect(toHex(resynchronise.request.bytes)).toBe('0D');
  });
});
