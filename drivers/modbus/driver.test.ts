import { describe, expect, it } from 'vitest';
import { AgentError, type DriverContext, type JsonObject, noDevice, type SideEffectTool, toHex } from '../kit/index.ts';
import { type FaultKind, withFaults } from '../kit/simulator/faults.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { withCrc } from './crc.ts';
import { modbus } from './index.ts';
import { modbusSimulator } from './simulator.ts';

const settings = modbus.links.serial?.defaults ?? null;
const now = () => '2026-01-01T00:00:00.000Z';

function bench(
  map: 'waveshare-relay-8' | 'xy-md02',
  initial: JsonObject = {},
  options: JsonObject = {},
  chunkBytes = 256,
) {
  const unit = 5;
  const device = withFaults(modbusSimulator.create({ units: [{ address: unit, map, ...initial }] }), () => 0.5);
  const link = createMemoryLink(modbus, device, { chunkBytes, now });
  const context: DriverContext = {
    ...noDevice,
    options: modbus.options.parse({ map, ...options }) as JsonObject,
    unit,
    settings,
  };
  const tools = modbus.tools(context);
  const read = async (capability: string) => {
    const tool = tools.find((one) => one.capability === capability);
    if (tool === undefined || tool.sideEffect) throw new Error(`no read tool ${capability}`);
    const output = await tool.read(link, {});
    expect(tool.output.parse(output)).toEqual(output);
    return output;
  };
  const relaySet = (): SideEffectTool => {
    const tool = tools.find((one) => one.capability === 'relay.set');
    if (!tool?.sideEffect) throw new Error('no relay.set');
    return tool;
  };
  const change = (what: JsonObject) => device.change?.({ address: unit, ...what });
  const harmful = () => device.state()['harmful_count'];
  const sent = () => link.sent.map((frame) => toHex(frame));
  return { unit, device, link, context, tools, read, relaySet, change, harmful, sent };
}

/** Runs plan, check and act as the host does. */
async function switchRelay(the: ReturnType<typeof bench>, args: JsonObject) {
  const tool = the.relaySet();
  const plan = structuredClone(tool.plan(args));
  const witness = structuredClone(await tool.check(the.link, plan));
  the.link.permit(plan);
  return { tool, plan, witness, act: () => tool.act(the.link, plan, witness) };
}

describe('tools by register map', () => {
  it('are those of the sensor', () => {
    expect(bench('xy-md02').tools.map((tool) => tool.capability)).toEqual(['sensor.read']);
  });

  it('are those of the relay board', () => {
    expect(bench('waveshare-relay-8').tools.map((tool) => tool.capability)).toEqual(['relay.read', 'relay.set']);
  });

  it('need a map that is shipped', () => {
    expect(modbus.options.safeParse({}).success).toBe(false);
    expect(modbus.options.safeParse({ map: 'sdm999' }).success).toBe(false);
    expect(modbus.options.parse({ map: 'xy-md02' })).toEqual({
      map: 'xy-md02',
      reply_timeout_ms: 300,
      adapter_echoes: false,
    });
  });

  it('need a unit address to send anything', async () => {
    const { context, link } = bench('xy-md02');
    await expect(modbus.healthCheck(link, { ...context, unit: null })).rejects.toMatchObject({
      code: 'invalid_configuration',
    });
    expect(link.sent).toEqual([]);
  });
});

describe('sensor.read', () => {
  it.each([1, 2, 256])('reads all values in one exchange, exactly, in chunks of %i', async (chunkBytes) => {
    const the = bench('xy-md02', { values: { temperature: '-20.5', humidity: '54.6' } }, {}, chunkBytes);
    expect(await the.read('sensor.read')).toEqual({
      values: {
        temperature: { value: '-20.5', unit: 'Cel', stable: true, at: now() },
        humidity: { value: '54.6', unit: '%', stable: true, at: now() },
      },
      at: now(),
    });
    expect(the.link.sent).toHaveLength(1);
  });

  it('refuses a value that the sensor can not measure', async () => {
    const the = bench('xy-md02', { values: { temperature: '60.1' } });
    await expect(the.read('sensor.read')).rejects.toMatchObject({
      code: 'bad_reply',
      message: expect.stringContaining('expected -40 to 60 Cel, saw 60.1'),
      details: { unit: 'unit 5', register: 'temperature' },
    });
  });

  it('accepts the bounds themselves', async () => {
    const the = bench('xy-md02', { values: { temperature: '60.0', humidity: '0.0' } });
    expect(await the.read('sensor.read')).toMatchObject({ values: { temperature: { value: '60.0' } } });
  });

  it.each([
    ['silence', 'no_reply'],
    ['half_answer', 'no_reply'],
    ['wrong_checksum', 'bad_reply'],
  ] as const)('ends with its reason at %s', async (fault: FaultKind, code) => {
    const the = bench('xy-md02');
    the.device.setFault(fault);
    await expect(the.read('sensor.read')).rejects.toMatchObject({ code });
    the.device.setFault('none');
    await expect(the.read('sensor.read')).resolves.toBeDefined();
  });

  it('reads through an adapter that echoes, with and without the setting', async () => {
    for (const adapter_echoes of [true, false]) {
      const the = bench('xy-md02', {}, { adapter_echoes });
      the.device.setFault('echo');
      expect(await the.read('sensor.read')).toMatchObject({ values: { humidity: { value: '48.0' } } });
    }
  });

  it('says by name what the unit refused', async () => {
    const the = bench('waveshare-relay-8');
    const wrongMap = { ...the.context, options: modbus.options.parse({ map: 'xy-md02' }) as JsonObject };
    await expect(modbus.healthCheck(the.link, wrongMap)).rejects.toMatchObject({
      code: 'device_refused',
      message: 'Modbus unit 5 answered "illegal data address" (0x02) to: read input registers 1 to 2.',
      hint: expect.stringContaining('register map'),
    });
  });
});

describe('relay.read', () => {
  it('gives every relay by its number', async () => {
    const the = bench('waveshare-relay-8', { relays_on: [2, 8] });
    expect(await the.read('relay.read')).toEqual({
      relays: [1, 2, 3, 4, 5, 6, 7, 8].map((relay) => ({ relay, on: relay === 2 || relay === 8 })),
      at: now(),
    });
  });
});

describe('relay.set', () => {
  it('plans the frame of the manual without sending anything', () => {
    const the = bench('waveshare-relay-8');
    const plan = the.relaySet().plan({ relay: 1, on: true });
    expect(plan).toMatchObject({ summary: 'Switch relay 1 on', data: { relay: 1, on: true } });
    expect(plan.frames.map(({ bytes }) => toHex(bytes))).toEqual(['05 05 00 00 FF 00 8D BE']);
    expect(plan.frames.every(({ bytes }) => modbus.isHarmless(bytes))).toBe(false);
    expect(the.link.sent).toEqual([]);
  });

  it.each([
    {},
    { relay: 0, on: true },
    { relay: 9, on: true },
    { relay: 1.5, on: true },
    { relay: 1, on: 1 },
    { relay: 1, on: true, all: true },
  ])('refuses %j', (args) => {
    expect(() => bench('waveshare-relay-8').relaySet().plan(args)).toThrow(
      expect.objectContaining({ code: 'invalid_arguments' }),
    );
  });

  it('checks without a harmful frame and remembers the state before', async () => {
    const the = bench('waveshare-relay-8', { relays_on: [3] });
    const tool = the.relaySet();
    expect(await tool.check(the.link, tool.plan({ relay: 3, on: false }))).toEqual({ previous_on: true });
    expect(the.harmful()).toBe(0);
  });

  it('switches once and reads back', async () => {
    const the = bench('waveshare-relay-8');
    const { act, tool } = await switchRelay(the, { relay: 2, on: true });
    const outcome = await act();
    expect(outcome).toEqual({
      outcome: 'applied',
      evidence: 'read_back',
      result: { relay: 2, on: true, previous_on: false, at: now() },
    });
    if (outcome.outcome === 'applied') expect(tool.output.parse(outcome.result)).toEqual(outcome.result);
    expect(the.sent()).toEqual(['05 01 00 00 00 08 3C 48', '05 05 00 01 FF 00 DC 7E', '05 01 00 00 00 08 3C 48']);
    expect(the.device.state()).toMatchObject({
      harmful: [{ sequence: 1, unit: 5, frame: '05 05 00 01 FF 00 DC 7E', effect: 'done' }],
    });
  });

  it('sends nothing harmful without a permit', async () => {
    const the = bench('waveshare-relay-8');
    const tool = the.relaySet();
    const plan = tool.plan({ relay: 2, on: true });
    const witness = await tool.check(the.link, plan);
    await expect(tool.act(the.link, plan, witness)).rejects.toMatchObject({ code: 'frame_not_permitted' });
    expect(the.harmful()).toBe(0);
  });

  it('has failed when the board confirms and does not switch', async () => {
    const the = bench('waveshare-relay-8', { stuck_relays: [2] });
    const { act } = await switchRelay(the, { relay: 2, on: true });
    expect(await act()).toMatchObject({
      outcome: 'failed',
      error: { code: 'device_refused', message: 'Modbus unit 5 confirmed relay 2 on, but reads it back off.' },
    });
  });

  it.each([
    [0x02, 'device_refused'],
    [0x06, 'device_busy'],
  ])('has failed at exception %i, which says that nothing was done', async (code, expected) => {
    const the = answeringException(code);
    expect(await the.act()).toMatchObject({ outcome: 'failed', error: { code: expected } });
  });

  it.each([
    [0x04, 'device_not_ready'],
    [0x05, 'device_busy'],
    [0x0b, 'no_reply'],
    [0x42, 'device_not_ready'],
  ])('is in doubt at exception %i, which does not', async (code, expected) => {
    const error = await answeringException(code)
      .act()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AgentError);
    expect(error).toMatchObject({ code: expected });
  });

  it('is in doubt when an echoing adapter gives only the echo', async () => {
    const the = bench('waveshare-relay-8', {}, { adapter_echoes: true });
    the.device.setFault('echo');
    const { act } = await switchRelay(the, { relay: 1, on: true });
    the.change({ silent: true });
    await expect(act()).rejects.toMatchObject({ code: 'no_reply' });
  });

  it('never takes the echo for proof, even where the setting is missing', async () => {
    const the = bench('waveshare-relay-8');
    the.device.setFault('echo');
    const { act } = await switchRelay(the, { relay: 1, on: true });
    the.change({ silent: true });
    await expect(act()).rejects.toMatchObject({ code: 'no_reply' });
  });
});

describe('relay.set in doubt', () => {
  /** The answer to the write is lost; the board heard it or not. */
  async function doubtful(args: { relay: number; on: boolean }, initial: JsonObject, heard: boolean) {
    const the = bench('waveshare-relay-8', initial);
    const { tool, plan, witness, act } = await switchRelay(the, args);
    if (heard) the.device.setFault('silence');
    else the.change({ silent: true });
    await expect(act()).rejects.toMatchObject({ code: 'no_reply' });
    the.device.setFault('none');
    the.change({ silent: false });
    return { ...the, resolve: () => tool.resolve(the.link, plan, witness) };
  }

  it('happened when the relay is as wanted and was not before', async () => {
    const the = await doubtful({ relay: 4, on: true }, {}, true);
    expect(await the.resolve()).toEqual({ happened: true, evidence: 'read_back' });
    expect(the.harmful()).toBe(1);
  });

  it('did not happen when the relay is as before', async () => {
    const the = await doubtful({ relay: 4, on: true }, {}, false);
    expect(await the.resolve()).toEqual({ happened: false, evidence: 'read_back' });
  });

  it('is settled, with weaker evidence, when the relay was as wanted all along', async () => {
    const the = await doubtful({ relay: 4, on: true }, { relays_on: [4] }, false);
    expect(await the.resolve()).toEqual({ happened: true, evidence: 'status_after' });
  });

  it('stays unknown when someone else switched the relay meanwhile', async () => {
    const the = await doubtful({ relay: 4, on: true }, { relays_on: [4] }, true);
    the.change({ relays: { 4: false } });
    expect(await the.resolve()).toMatchObject({ happened: 'unknown', reason: expect.stringContaining('Relay 4') });
  });

  it('is asked with harmless frames only', async () => {
    const the = await doubtful({ relay: 4, on: true }, {}, true);
    const before = the.link.sent.length;
    await the.resolve();
    expect(the.link.sent.slice(before).every(modbus.isHarmless)).toBe(true);
  });
});

describe('identify', () => {
  it('takes the device identification where there is one', async () => {
    const the = bench('xy-md02', { identification: { vendor: 'Acme', product_code: 'TH-1', revision: '2.1' } });
    expect(await modbus.identify(the.link, the.context)).toEqual({
      manufacturer: 'Acme',
      model: 'TH-1',
      protocolSerial: null,
      details: { unit: 'unit 5', revision: '2.1' },
    });
    expect(the.link.sent).toHaveLength(1);
  });

  it('falls back to a known register', async () => {
    const the = bench('waveshare-relay-8');
    expect(await modbus.identify(the.link, the.context)).toEqual({
      manufacturer: 'Waveshare',
      model: null,
      protocolSerial: null,
      details: { unit: 'unit 5', firmware_version: '2.00' },
    });
  });

  it('falls back also when the unit is silent to the question', async () => {
    const the = bench('xy-md02');
    the.device.setFault('silence', 1);
    expect(await modbus.identify(the.link, the.context)).toMatchObject({
      details: { unit_address: '5', baud_setting: '9600' },
    });
  });

  it('has no answer from a unit that is off', async () => {
    const the = bench('xy-md02', { silent: true });
    await expect(modbus.identify(the.link, the.context)).rejects.toMatchObject({ code: 'no_reply' });
  });

  it('sends nothing but harmless questions', async () => {
    for (const map of ['xy-md02', 'waveshare-relay-8'] as const) {
      const the = bench(map);
      await modbus.identify(the.link, the.context);
      await modbus.healthCheck(the.link, the.context);
      expect(the.harmful()).toBe(0);
    }
  });
});

describe('the line', () => {
  it.each([
    [1_200, 29.2],
    [9_600, 3.65],
    [115_200, 1.75],
  ])('is silent before each frame at %i baud for %f ms', (baud_rate, expected) => {
    const line = { baud_rate, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' } as const;
    expect(modbus.links.serial?.quietBeforeSendMs?.(line)).toBeCloseTo(expected, 1);
  });
});

/** A board that answers every write with one exception. */
function answeringException(code: number) {
  const the = bench('waveshare-relay-8');
  const tool = the.relaySet();
  const plan = tool.plan({ relay: 1, on: true });
  const device = modbusSimulator.create({ units: [{ address: the.unit, map: 'waveshare-relay-8' }] });
  const link = createMemoryLink(
    modbus,
    {
      receive: (bytes, send) =>
        bytes[1] === 0x05 ? send(withCrc(Uint8Array.of(the.unit, 0x85, code))) : device.receive(bytes, send),
      state: () => device.state(),
    },
    { now },
  );
  link.permit(plan);
  return { act: () => tool.act(link, plan, { previous_on: false }) };
}
