import { describe, expect, it } from 'vitest';
import {
  AgentError,
  type DriverContext,
  decodeLatin1,
  encodeLatin1,
  type JsonObject,
  noDevice,
  type SideEffectTool,
  type Tool,
} from '../kit/index.ts';
import { type FaultKind, withFaults } from '../kit/simulator/faults.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import type { SimulatedDevice } from '../kit/simulator/simulated-device.ts';
import { scaleSics } from './index.ts';
import { scaleSicsSimulator } from './simulator.ts';

const context: DriverContext = {
  ...noDevice,
  options: scaleSics.options.parse({}) as JsonObject,
  settings: scaleSics.links.serial?.defaults ?? null,
};

function toolNamed(capability: string): Tool {
  const tool = scaleSics.tools(context).find((one) => one.capability === capability);
  if (tool === undefined) throw new Error(`no tool ${capability}`);
  return tool;
}

function sideEffect(capability: string): SideEffectTool {
  const tool = toolNamed(capability);
  if (!tool.sideEffect) throw new Error(`${capability} reads`);
  return tool;
}

/** A driver on a simulated scale. */
function bench(options: JsonObject = {}, chunkBytes?: number) {
  const device = withFaults(scaleSicsSimulator.create({ gross: '12.50', serial: 'B1', ...options }), () => 0.3);
  return benchOn(device, chunkBytes);
}

function benchOn<Device extends SimulatedDevice>(device: Device, chunkBytes?: number) {
  const link = createMemoryLink(scaleSics, device, chunkBytes === undefined ? {} : { chunkBytes });
  return {
    device,
    link,
    change: (change: JsonObject) => device.change?.(change),
    sent: () => link.sent.map((bytes) => decodeLatin1(bytes).trimEnd()),
    async read(args: JsonObject = {}) {
      const tool = toolNamed('weight.read');
      if (tool.sideEffect) throw new Error('weight.read acts');
      const reading = await tool.read(link, args);
      expect(tool.output.parse(reading)).toEqual(reading);
      return reading;
    },
    /** Plan, check, permit, act: as the host does it. */
    async run(capability: string, args: JsonObject = {}) {
      const tool = sideEffect(capability);
      const plan = structuredClone(tool.plan(args));
      const witness = structuredClone(await tool.check(link, plan));
      link.permit(plan);
      const outcome = await tool.act(link, plan, witness);
      if (outcome.outcome === 'applied') expect(tool.output.parse(outcome.result)).toEqual(outcome.result);
      return outcome;
    },
    /** An act whose answer was lost, and what the device says of it after `meanwhile`. */
    async resolveAfter(capability: string, args: JsonObject, meanwhile: (plannedBytes: Uint8Array) => void) {
      const tool = sideEffect(capability);
      const plan = tool.plan(args);
      const witness = await tool.check(link, plan);
      meanwhile(plan.frames[0]?.bytes ?? new Uint8Array());
      return tool.resolve(link, structuredClone(plan), structuredClone(witness));
    },
  };
}

const lost = (device: SimulatedDevice) => (bytes: Uint8Array) => device.receive(bytes, () => {});
const nothing = () => {};

describe('weight.read', () => {
  it('gives the weight digit for digit with its unit, by one question', async () => {
    const scale = bench({ gross: '12.480', unit: 'kg' });
    expect(await scale.read()).toEqual({
      value: '12.480',
      unit: 'kg',
      stable: true,
      at: '2026-01-01T00:00:00.000Z',
      device_unit: 'kg',
    });
    expect(scale.sent()).toEqual(['SI']);
  });

  it('reads the same in chunks of any size', async () => {
    for (const chunkBytes of [1, 2, 3, 7]) expect(await bench({}, chunkBytes).read()).toMatchObject({ value: '12.50' });
  });

  it('says when the weight still moves', async () => {
    const scale = bench();
    scale.change({ stable: false, gross: '-0.01' });
    expect(await scale.read()).toMatchObject({ value: '-0.01', stable: false });
  });

  it('waits for rest in mode stable, and says so when it does not come', async () => {
    const scale = bench();
    expect(await scale.read({ mode: 'stable' })).toMatchObject({ value: '12.50', stable: true });
    expect(scale.sent()).toEqual(['S']);
    scale.change({ stable: false });
    await expect(scale.read({ mode: 'stable' })).rejects.toMatchObject({
      code: 'device_not_ready',
      details: { reason: 'not_executable', seen: 'S I' },
    });
  });

  it('tells a scale that outwaits the caller from one that is off', async () => {
    const scale = bench({ stable: false, stability_timeout_ms: 5_000 });
    await expect(scale.read({ wait_stable_ms: 1_000 })).rejects.toMatchObject({
      code: 'device_not_ready',
      details: { reason: 'not_settled', seen: '12.50 g' },
    });
    scale.device.setFault('silence');
    await expect(scale.read({ mode: 'stable' })).rejects.toMatchObject({ code: 'no_reply' });
  });

  it('adds the tare when asked', async () => {
    const scale = bench();
    expect(await scale.read({ include_tare: true })).toMatchObject({ net: false, tare: '0.00', tare_unit: 'g' });
    scale.change({ tare: '2.50' });
    expect(await scale.read({ include_tare: true })).toMatchObject({ value: '10.00', net: true, tare: '2.50' });
    const reading = await bench({ level: 0 }).read({ include_tare: true });
    expect(Object.keys(reading)).toEqual(['value', 'unit', 'stable', 'at', 'device_unit']);
  });

  it.each<[string, JsonObject, string, string]>([
    ['overload', { gross: '40000.00' }, 'out_of_range', 'over_range'],
    ['underload', { gross: '-700.00' }, 'out_of_range', 'under_range'],
    ['a fault of the scale', { fault: '10b' }, 'device_refused', 'hardware_fault'],
  ])('gives no number at %s', async (_what, change, code, reason) => {
    for (const mode of ['immediate', 'stable']) {
      const scale = bench();
      scale.change(change);
      const error: unknown = await scale.read({ mode }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code, details: { reason } });
      expect(AgentError.from(error).hint).toBeTruthy();
    }
  });

  it.each<[FaultKind, string]>([
    ['silence', 'no_reply'],
    ['garbage', 'no_reply'],
    ['half_answer', 'no_reply'],
    ['slow', 'no_reply'],
  ])('ends with %s as %s', async (fault, code) => {
    const scale = bench();
    scale.device.setFault(fault, 1);
    await expect(scale.read()).rejects.toMatchObject({ code });
    expect(await scale.read()).toMatchObject({ value: '12.50' });
  });

  it('bears an echo of the line, a damaged line end, a running stream and a power-up line', async () => {
    const scale = bench();
    scale.device.setFault('echo');
    for (const mode of ['immediate', 'stable']) expect(await scale.read({ mode })).toMatchObject({ value: '12.50' });
    scale.device.setFault('wrong_checksum', 1);
    await expect(scale.read()).resolves.toMatchObject({ value: '12.50' });
    scale.device.setFault('none');
    scale.device.receive(encodeLatin1('SIR\r\n'), () => {});
    expect(scale.device.state()).toMatchObject({ streaming: true });
    expect(await scale.read()).toMatchObject({ value: '12.50' });
    expect(scale.device.state()).toMatchObject({ streaming: false });
  });

  it.each([
    { mode: 'fast' },
    { wait_stable_ms: 1 },
    { wait_stable_ms: 25_001 },
    { mode: 'immediate', wait_stable_ms: 1_000 },
    { more: 1 },
  ])('refuses %j before anything is sent', async (args) => {
    const scale = bench();
    await expect(scale.read(args)).rejects.toMatchObject({ code: 'invalid_arguments' });
    expect(scale.sent()).toEqual([]);
  });
});

describe('scale.zero', () => {
  it('zeroes, confirmed by the scale, with one command', async () => {
    const scale = bench({ gross: '0.03' });
    expect(await scale.run('scale.zero')).toMatchObject({ outcome: 'applied', evidence: 'device_ack' });
    expect(scale.device.state()).toMatchObject({
      gross: '0.00',
      zeroed: 1,
      writes: [{ command: 'Z', effect: 'done' }],
    });
  });

  it('checks without sending anything that acts', async () => {
    const scale = bench();
    const tool = sideEffect('scale.zero');
    expect(await tool.check(scale.link, tool.plan({}))).toMatchObject({
      weight: { value: '12.50' },
      tare: { value: '0.00' },
    });
    expect(scale.device.state()).toMatchObject({ writes: [] });
  });

  it('does not act while the weight moves or is out of range', async () => {
    for (const [change, code] of [
      [{ stable: false }, 'device_not_ready'],
      [{ gross: '40000.00' }, 'out_of_range'],
    ] as const) {
      const scale = bench();
      scale.change(change);
      await expect(scale.run('scale.zero')).rejects.toMatchObject({ code });
      expect(scale.device.state()).toMatchObject({ writes: [] });
    }
  });

  it('fails when the scale refuses', async () => {
    const outcome = await bench({ gross: '1000.00' }).run('scale.zero');
    expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'out_of_range' } });
  });

  it('throws when the scale does not say how it ended', async () => {
    const scale = bench({ gross: '0.03' });
    const tool = sideEffect('scale.zero');
    const plan = tool.plan({});
    const witness = await tool.check(scale.link, plan);
    scale.link.permit(plan);
    scale.device.setFault('silence');
    await expect(tool.act(scale.link, plan, witness)).rejects.toMatchObject({ code: 'no_reply' });
    expect(scale.device.state()).toMatchObject({ zeroed: 1 });
  });

  it('works on a scale of level 0, which has no tare', async () => {
    expect(await bench({ level: 0, gross: '0.03' }).run('scale.zero')).toMatchObject({ outcome: 'applied' });
  });

  it('is known not to have happened only by a tare that is still there', async () => {
    const tared = bench({ gross: '2.50' });
    tared.change({ tare: '2.50' });
    expect(await tared.resolveAfter('scale.zero', {}, nothing)).toEqual({ happened: false, evidence: 'read_back' });
    expect(await tared.resolveAfter('scale.zero', {}, lost(tared.device))).toMatchObject({ happened: 'unknown' });
  });

  it('is unknown by the weight alone, and the reason shows both weights', async () => {
    const scale = bench({ gross: '0.03' });
    for (const meanwhile of [nothing, lost(scale.device)]) {
      expect(await scale.resolveAfter('scale.zero', {}, meanwhile)).toMatchObject({ happened: 'unknown' });
    }
    const other = bench({ gross: '0.03' });
    const resolution = await other.resolveAfter('scale.zero', {}, lost(other.device));
    expect(resolution).toMatchObject({ reason: expect.stringMatching(/0\.03 g.*0\.00 g/) });
  });
});

describe('scale.tare', () => {
  it('takes the load as tare', async () => {
    const scale = bench();
    expect(await scale.run('scale.tare')).toMatchObject({
      outcome: 'applied',
      evidence: 'device_ack',
      result: { action: 'take', tare: '12.50', unit: 'g' },
    });
    expect(await scale.read()).toMatchObject({ value: '0.00' });
    expect(scale.device.state()).toMatchObject({ tared: 1, writes: [{ command: 'T', effect: 'done' }] });
  });

  it('sets a given tare, as the scale rounds it, and clears it', async () => {
    const scale = bench();
    const preset = { action: 'preset', value: '2.345', unit: 'g' };
    expect(await scale.run('scale.tare', preset)).toMatchObject({
      result: { action: 'preset', tare: '2.35', unit: 'g' },
    });
    expect(await scale.run('scale.tare', { action: 'clear' })).toMatchObject({
      result: { action: 'clear', tare: '0.00' },
    });
    expect(scale.device.state()).toMatchObject({ writes: [{ command: 'TA 2.345 g' }, { command: 'TAC' }] });
  });

  it('understands clones that confirm without the weight, and asks them for it', async () => {
    const scale = bench({ terse: true });
    expect(await scale.run('scale.tare')).toMatchObject({ outcome: 'applied', result: { tare: '12.50', unit: 'g' } });
  });

  it.each<JsonObject>([
    { action: 'preset' },
    { action: 'preset', value: '1' },
    { action: 'preset', unit: 'g' },
    { action: 'preset', value: '-1', unit: 'g' },
    { action: 'preset', value: '1e3', unit: 'g' },
    { action: 'preset', value: '1', unit: 'stone' },
    { action: 'take', value: '1', unit: 'g' },
    { action: 'clear', unit: 'g' },
    { value: '1' },
    { dry_run: true },
  ])('plans nothing for %j', (args) => {
    expect(() => sideEffect('scale.tare').plan(args)).toThrow(expect.objectContaining({ code: 'invalid_arguments' }));
  });

  it('refuses another unit, and a moving load, before anything is sent', async () => {
    const scale = bench();
    await expect(scale.run('scale.tare', { action: 'preset', value: '1', unit: 'kg' })).rejects.toMatchObject({
      code: 'device_refused',
      details: { reason: 'other_unit', expected: 'g', seen: 'kg' },
    });
    scale.change({ stable: false });
    await expect(scale.run('scale.tare')).rejects.toMatchObject({ code: 'device_not_ready' });
    expect(scale.device.state()).toMatchObject({ writes: [] });
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    ['a load below zero', { gross: '-1.00' }, {}, 'out_of_range'],
    ['a tare above the capacity', {}, { action: 'preset', value: '99999', unit: 'g' }, 'device_refused'],
    ['a scale without tare', { level: 0 }, {}, 'device_refused'],
  ])('fails for %s', async (_what, options, args, code) => {
    expect(await bench(options).run('scale.tare', args)).toMatchObject({ outcome: 'failed', error: { code } });
  });

  it.each<[string, JsonObject]>([
    ['taken', {}],
    ['given', { action: 'preset', value: '2.345', unit: 'g' }],
    ['cleared', { action: 'clear' }],
  ])('%s: the tare memory says whether it happened', async (_what, args) => {
    const done = bench({ gross: '12.50' });
    done.change({ tare: '1.00' });
    expect(await done.resolveAfter('scale.tare', args, lost(done.device))).toEqual({
      happened: true,
      evidence: 'read_back',
    });
    const undone = bench({ gross: '12.50' });
    undone.change({ tare: '1.00' });
    expect(await undone.resolveAfter('scale.tare', args, nothing)).toEqual({ happened: false, evidence: 'read_back' });
    const other = bench({ gross: '12.50' });
    other.change({ tare: '1.00' });
    const resolution = await other.resolveAfter('scale.tare', args, () => other.change({ tare: '7.77' }));
    expect(resolution).toMatchObject({ happened: 'unknown', reason: expect.stringMatching(/7\.77 g.*1\.00 g/) });
  });

  it.each([
    ['a given one', { action: 'preset', value: '1.00', unit: 'g' }, '1.00'],
    ['no tare', { action: 'clear' }, '0.00'],
  ])('does not take for proof what was so before: %s', async (_what, args, tare) => {
    for (const meanwhile of [nothing, lost]) {
      const scale = bench({ gross: '12.50' });
      scale.change({ tare });
      const resolution = await scale.resolveAfter(
        'scale.tare',
        args,
        meanwhile === lost ? lost(scale.device) : nothing,
      );
      expect(resolution).toEqual({ happened: true, evidence: 'status_after' });
    }
  });

  it('takes the same digits in another unit for another tare', async () => {
    const scale = bench({ gross: '12.50' });
    scale.change({ tare: '1.00' });
    const resolution = await scale.resolveAfter('scale.tare', {}, () => scale.change({ unit: 'kg' }));
    expect(resolution).toMatchObject({ happened: 'unknown' });
  });

  it('stays unknown on a scale that does not tell its tare', async () => {
    expect(await bench({ level: 0 }).resolveAfter('scale.tare', {}, nothing)).toMatchObject({ happened: 'unknown' });
  });
});

describe('an error that names no command', () => {
  /** Says ES about line noise first, and does what it was asked. */
  const noisy = (answer: string): SimulatedDevice => {
    let pending = '';
    return {
      receive(bytes, send) {
        const line = decodeLatin1(bytes).trimEnd();
        if (line === 'SI') send(encodeLatin1('S S 0.03 g\r\n'));
        if (line === 'TA') send(encodeLatin1('TA A 0.00 g\r\n'));
        if (line === 'Z') {
          pending = answer;
          send(encodeLatin1('ES\r\n'));
        }
        if (line === 'I4') send(encodeLatin1(`${pending}I4 A "B1"\r\n`));
      },
      state: () => ({}),
    };
  };

  it('does not hide that the command was carried out', async () => {
    expect(await benchOn(noisy('Z A\r\n')).run('scale.zero')).toMatchObject({ outcome: 'applied' });
  });

  it('is the answer when no other came before the next one', async () => {
    expect(await benchOn(noisy('')).run('scale.zero')).toMatchObject({
      outcome: 'failed',
      error: { code: 'device_refused' },
    });
  });
});

describe('identify', () => {
  it('asks harmless questions only, and never resets', async () => {
    const scale = bench({ model: 'MS32001L', serial: 'B123456789' });
    expect(await scaleSics.identify(scale.link, context)).toEqual({
      manufacturer: null,
      model: 'MS32001L',
      protocolSerial: 'B123456789',
      details: { scale: 'MS32001L 32000 g', capacity: '32000', capacity_unit: 'g', firmware: '2.30 10.28.0.493.142' },
    });
    expect(scale.sent()).toEqual(['I4', 'I2', 'I3', 'I11']);
  });

  it('takes the model from I2 where I11 is not known, and clones without quotes', async () => {
    const known = await scaleSics.identify(bench({ level: 0, terse: true, serial: 'X 7' }).link, context);
    expect(known).toMatchObject({ model: 'MS32001L 32000 g', protocolSerial: 'X 7' });
  });

  it('asks no more after one silence', async () => {
    const scale = benchOn({
      receive: (bytes, send) => (decodeLatin1(bytes) === 'I4\r\n' ? send(encodeLatin1('I4 A "B1"\r\n')) : undefined),
      state: () => ({}),
    });
    expect(await scaleSics.identify(scale.link, context)).toMatchObject({
      model: null,
      protocolSerial: 'B1',
      details: {},
    });
    expect(scale.sent()).toEqual(['I4', 'I2']);
  });

  it('fails on a device that does not know the first question', async () => {
    const scale = benchOn({ receive: (_bytes, send) => send(encodeLatin1('ES\r\n')), state: () => ({}) });
    await expect(scaleSics.identify(scale.link, context)).rejects.toMatchObject({ code: 'device_refused' });
  });

  it('has a health check that any answer satisfies and silence does not', async () => {
    const scale = bench();
    await scaleSics.healthCheck(scale.link, context);
    scale.device.setFault('silence');
    await expect(scaleSics.healthCheck(scale.link, context)).rejects.toMatchObject({ code: 'no_reply' });
  });
});

describe('the driver', () => {
  it('lets every tool plan exactly one frame, never a harmless one', () => {
    for (const [capability, args] of [
      ['scale.zero', {}],
      ['scale.tare', {}],
      ['scale.tare', { action: 'clear' }],
      ['scale.tare', { action: 'preset', value: '0.5', unit: '[lb_av]' }],
    ] as const) {
      const { frames } = sideEffect(capability).plan(args);
      expect(frames.map(({ bytes }) => scaleSics.isHarmless(bytes))).toEqual([false]);
    }
  });

  it('matches a Mettler-Toledo balance by its texts and no checkout scale or bridge', () => {
    const matches = (manufacturer: string, product: string) =>
      scaleSics.fingerprints.some((mark) =>
        [
          [mark.manufacturer, manufacturer],
          [mark.product, product],
        ].every(([pattern, text]) => pattern instanceof RegExp && typeof text === 'string' && pattern.test(text)),
      );
    expect(matches('Mettler-Toledo', 'MS32001L balance (MT-SICS)')).toBe(true);
    expect(matches('METTLER TOLEDO', 'Excellence Balance')).toBe(true);
    expect(matches('Mettler Toledo', 'Ariva checkout scale')).toBe(false);
    expect(matches('MLI', 'scale')).toBe(false);
    expect(matches('FTDI', 'FT232R USB UART')).toBe(false);
  });
});
