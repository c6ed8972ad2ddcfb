import { afterEach, describe, expect, it } from 'vitest';
import { drivers } from '../../drivers/index.ts';
import { AgentError, type JsonObject, type Plan } from '../../drivers/kit/index.ts';
import { type Bench, openBench, ticket } from './testing/bench.ts';

const scale = (name = 'scale', options: JsonObject = {}) => ({ name, listing: 'cn-scale-sics', options });
const relays = (address: number) => ({ address, map: 'waveshare-relay-8' });
const bus = (...addresses: number[]) => ({
  name: 'bus',
  listing: 'cn-modbus',
  options: { units: addresses.map(relays) },
});
const relayConfig = { map: 'waveshare-relay-8' };

let bench: Bench;
afterEach(() => bench.close());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => AgentError.from(error).code,
  );
const read = (connectorId: string, tool: string, args: JsonObject = {}, deadlineMs?: number) =>
  bench.side.read({ connectorId, tool, arguments: args, ...ticket(deadlineMs) });
const prepared = async (connectorId: string, tool: string, args: JsonObject): Promise<Plan> => {
  const { plan } = await bench.side.prepare({ connectorId, tool, arguments: args });
  if (plan === null) throw new Error('no plan');
  return plan;
};
const received = (name: string) => bench.device(name).describe()['received_count'];
const elapsedMs = async (work: () => Promise<unknown>) => {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
};

describe('a bound scale', () => {
  it('is identified when its port opens, and read', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    expect(await bench.until(id, 'ready')).toMatchObject({ identification: { protocolSerial: 'B000000001' } });
    expect(await read(id, 'weight.read')).toMatchObject({ value: '0.00', unit: 'g' });
    const [device] = await bench.side.devices();
    expect(device?.identity.protocol_serial).toBe('B000000001');
  });

  it('waits with a call that comes while the port is being opened', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    await bench.side.healthCheck({ connectorId: id, insist: true, ...ticket() });
    expect(bench.events.at(-1)).toMatchObject({ type: 'transaction', connectorId: id, error: null });
  });

  it('shares one exchange among identical reads', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    await bench.until(id, 'ready');
    const before = Number(received('scale'));
    const values = await Promise.all(Array.from({ length: 20 }, () => read(id, 'weight.read')));
    expect(new Set(values.map((value) => value['at'])).size).toBe(1);
    expect(Number(received('scale')) - before).toBe('SI\r\n'.length);
  });

  it('gives no late reply to the next caller', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    await bench.until(id, 'ready');
    bench.device('scale').setFault('silence', 1);
    expect(await codeOf(read(id, 'weight.read', {}, 50))).toBe('deadline_exceeded');
    bench.device('scale').change({ gross: '12.48' });
    expect(await read(id, 'weight.read')).toMatchObject({ value: '12.48' });
  });

  it('ends a call that is called off, and goes on with the next', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    await bench.until(id, 'ready');
    bench.device('scale').setFault('silence', 1);
    const own = ticket();
    const before = received('scale');
    const reading = codeOf(bench.side.read({ connectorId: id, tool: 'weight.read', arguments: {}, ...own }));
    await expect.poll(() => received('scale'), { interval: 2 }).not.toBe(before);
    await bench.side.cancel({ callId: own.callId });
    expect(await reading).toBe('cancelled');
    expect(await read(id, 'weight.read')).toMatchObject({ value: '0.00' });
  });

  it('says no_reply, and that the transaction failed, when it is silent', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics', { reply_timeout_ms: 200 });
    await bench.until(id, 'ready');
    bench.device('scale').setFault('silence');
    expect(await codeOf(read(id, 'weight.read'))).toBe('no_reply');
    expect(bench.events.at(-1)).toMatchObject({ type: 'transaction', error: { code: 'no_reply' } });
    bench.device('scale').setFault('none');
    expect(await codeOf(read(id, 'weight.read'))).toBe('resolved');
  });

  it('is refused when it is another unit than was bound, and works when the right one is back', async () => {
    bench = await openBench([scale('scale', { serial: 'B1' })]);
    const id = await bench.bind('scale', 'cn-scale-sics', {}, { protocolSerial: 'B2' });
    await bench.until(id, 'unavailable', 'wrong_device');
    expect(await codeOf(read(id, 'weight.read'))).toBe('wrong_device');
    const openTurn = bench.side.openTurn({ connectorId: id, ...ticket() });
    expect(await codeOf(openTurn)).toBe('wrong_device');
    await bench.side.unbind({ connectorId: id });
    await bench.bind('scale', 'cn-scale-sics', {}, { protocolSerial: 'B1' });
    expect(await bench.until(id, 'ready')).toMatchObject({ identification: { protocolSerial: 'B1' } });
  });
});

describe('a cable', () => {
  it('that is pulled makes the binding unavailable at once and ends the read; put back, all works by itself', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    await bench.until(id, 'ready');
    bench.device('scale').setFault('silence');
    const reading = codeOf(read(id, 'weight.read'));
    const pulled = bench.nextEvent(
      (event) => event.type === 'binding_changed' && event.binding.state === 'unavailable',
    );
    const unplugged = bench.device('scale').unplug();
    expect(await pulled).toMatchObject({
      binding: { error: { code: 'device_unplugged' } },
      causeId: expect.stringMatching(/^cause_/),
    });
    expect(await elapsedMs(async () => expect(await reading).toBe('device_unplugged'))).toBeLessThan(100);
    expect(await codeOf(read(id, 'weight.read'))).toBe('device_unplugged');
    await unplugged;
    bench.device('scale').setFault('none');
    await bench.device('scale').plug();
    const backMs = await elapsedMs(async () => {
      await bench.until(id, 'ready');
      expect(await read(id, 'weight.read')).toMatchObject({ value: '0.00' });
    });
    expect(backMs).toBeLessThan(1_000);
  });

  it('that is pulled from two devices together is one cause', async () => {
    bench = await openBench([scale('left'), scale('right')]);
    const ids = [await bench.bind('left', 'cn-scale-sics'), await bench.bind('right', 'cn-scale-sics')];
    for (const id of ids) await bench.until(id, 'ready');
    const gone = ids.map((id) =>
      bench.nextEvent(
        (event) =>
          event.type === 'binding_changed' && event.connectorId === id && event.binding.state === 'unavailable',
      ),
    );
    await Promise.all([bench.device('left').unplug(), bench.device('right').unplug()]);
    const causes = (await Promise.all(gone)).map((event) => (event.type === 'binding_changed' ? event.causeId : null));
    expect(causes[0]).not.toBeNull();
    expect(causes[1]).toBe(causes[0]);
  });
});

describe('a bus', () => {
  it('serves a living unit while another is dead, which is asked again only later', async () => {
    bench = await openBench([bus(1)]);
    const alive = await bench.bind('bus', 'cn-modbus', relayConfig, { unit: 1 });
    const dead = await bench.bind('bus', 'cn-modbus', relayConfig, { unit: 9 });
    await bench.until(alive, 'ready');
    // Its first answer is followed once by the question who it is.
    const asked = bench.nextEvent((event) => event.type === 'binding_changed' && event.connectorId === alive);
    await read(alive, 'relay.read');
    await asked;
    const silent = read(dead, 'relay.read');
    const waiting = read(dead, 'relay.read', {}, 4_000);
    expect(await codeOf(silent)).toBe('no_reply');
    expect(await codeOf(waiting)).toBe('no_reply');
    const before = received('bus');
    await expect(read(dead, 'relay.read')).rejects.toMatchObject({
      code: 'no_reply',
      details: { asked_again_at: expect.any(String) },
    });
    expect(received('bus')).toBe(before);
    const turn = bench.side.openTurn({ connectorId: dead, ...ticket() });
    expect(await codeOf(turn)).toBe('no_reply');
    for (let round = 0; round < 5; round += 1) await read(alive, 'relay.read');
    const check = bench.side.healthCheck({ connectorId: dead, insist: true, ...ticket() });
    expect(await codeOf(check)).toBe('no_reply');
    expect(Number(received('bus'))).toBeGreaterThan(Number(before) + 5 * 8);
  });

  it('has one speed: a unit that wants another is told, and works once it is alone', async () => {
    bench = await openBench([bus(1, 2)]);
    const first = await bench.bind('bus', 'cn-modbus', relayConfig, { unit: 1 });
    await bench.until(first, 'ready');
    const second = await bench.bind('bus', 'cn-modbus', { ...relayConfig, baud_rate: 19_200 }, { unit: 2 });
    await bench.until(second, 'unavailable', 'unsupported_setting');
    await bench.side.unbind({ connectorId: first });
    await bench.until(second, 'ready');
    expect(await codeOf(read(second, 'relay.read'))).toBe('resolved');
  });

  it('is not shared with another kind of device, and no address is bound twice', async () => {
    bench = await openBench([bus(1)]);
    const first = await bench.bind('bus', 'cn-modbus', relayConfig, { unit: 1 });
    await bench.until(first, 'ready');
    const again = bench.bind('bus', 'cn-modbus', relayConfig, { unit: 1, connectorId: 'cn_other' });
    expect(await codeOf(again)).toBe('state_conflict');
    const other = await bench.bind('bus', 'cn-scale-sics', {}, { connectorId: 'cn_scale' });
    await bench.until(other, 'unavailable', 'state_conflict');
    expect(await codeOf(bench.bind('bus', 'cn-modbus', relayConfig, { connectorId: 'cn_none' }))).toBe(
      'invalid_parameter',
    );
  });
});

describe('a side effect', () => {
  const act = async (turnId: string, plan: Plan, permit: string) => {
    const witness = await bench.side.check({ turnId, tool: 'relay.set', plan });
    return bench.side.act({ turnId, tool: 'relay.set', plan, witness, permit });
  };
  const writes = (name = 'bus') => bench.device(name).state()['harmful'];
  const openRelays = async () => {
    bench = await openBench([bus(1)]);
    const id = await bench.bind('bus', 'cn-modbus', relayConfig, { unit: 1 });
    await bench.until(id, 'ready');
    return id;
  };

  it('is applied once, with a permit for exactly its plan', async () => {
    const id = await openRelays();
    const plan = await prepared(id, 'relay.set', { relay: 2, on: true });
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    const permit = bench.permits.mint('j1', plan);
    expect(await act(turnId, plan, permit)).toMatchObject({ outcome: 'applied', sent: true, evidence: 'read_back' });
    expect(await act(turnId, plan, permit)).toMatchObject({
      outcome: 'failed',
      sent: false,
      error: { code: 'frame_not_permitted' },
    });
    await bench.side.closeTurn({ turnId });
    expect(writes()).toHaveLength(1);
  });

  it('sends nothing with the permit of another plan, or in a turn that is over', async () => {
    const id = await openRelays();
    const plan = await prepared(id, 'relay.set', { relay: 2, on: true });
    const other = await prepared(id, 'relay.set', { relay: 3, on: true });
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    expect(await act(turnId, plan, bench.permits.mint('j1', other))).toMatchObject({ outcome: 'failed', sent: false });
    await bench.side.closeTurn({ turnId });
    const witness = { previous_on: false };
    const late = { turnId, tool: 'relay.set', plan, witness, permit: bench.permits.mint('j2', plan) };
    expect(await bench.side.act(late)).toMatchObject({ outcome: 'failed', sent: false, error: { code: 'closed' } });
    expect(writes()).toHaveLength(0);
  });

  it('keeps the turn from others until it is closed, or its time is up', async () => {
    const id = await openRelays();
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    expect(await codeOf(read(id, 'relay.read', {}, 30))).toBe('deadline_exceeded');
    await bench.side.closeTurn({ turnId });
    await read(id, 'relay.read');
    await bench.side.openTurn({ connectorId: id, ...ticket(60) });
    expect(await codeOf(read(id, 'relay.read'))).toBe('resolved');
  });

  it('is unknown when the device is unplugged after the first byte, and can be resolved afterwards', async () => {
    const id = await openRelays();
    const plan = await prepared(id, 'relay.set', { relay: 1, on: true });
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    const witness = await bench.side.check({ turnId, tool: 'relay.set', plan });
    bench.device('bus').setFault('silence');
    const permit = bench.permits.mint('j1', plan);
    const answer = bench.side.act({ turnId, tool: 'relay.set', plan, witness, permit });
    await expect.poll(() => writes(), { interval: 2 }).toHaveLength(1);
    await bench.device('bus').unplug();
    expect(await answer).toMatchObject({ outcome: 'unknown', sent: true, error: { code: 'device_unplugged' } });
    await bench.side.closeTurn({ turnId });
    bench.device('bus').setFault('none');
    await bench.device('bus').plug();
    await bench.until(id, 'ready');
    const next = await bench.side.openTurn({ connectorId: id, ...ticket() });
    expect(await bench.side.resolve({ turnId: next.turnId, tool: 'relay.set', plan, witness })).toMatchObject({
      happened: true,
    });
    await bench.side.closeTurn(next);
    expect(writes()).toHaveLength(1);
  });

  it('is unknown when no answer comes, and failed when it never left', async () => {
    const id = await openRelays();
    const plan = await prepared(id, 'relay.set', { relay: 1, on: true });
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    const witness = await bench.side.check({ turnId, tool: 'relay.set', plan });
    bench.device('bus').setFault('silence', 1);
    const doubtful = { turnId, tool: 'relay.set', plan, witness, permit: bench.permits.mint('j1', plan) };
    expect(await bench.side.act(doubtful)).toMatchObject({
      outcome: 'unknown',
      sent: true,
      error: { code: 'no_reply' },
    });
    await bench.device('bus').unplug();
    const absent = { ...doubtful, permit: bench.permits.mint('j2', plan) };
    expect(await bench.side.act(absent)).toMatchObject({ outcome: 'failed', sent: false });
    await bench.side.closeTurn({ turnId });
  });

  it('is waited for when its connector is removed', async () => {
    const id = await openRelays();
    const plan = await prepared(id, 'relay.set', { relay: 1, on: true });
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    const witness = await bench.side.check({ turnId, tool: 'relay.set', plan });
    const permit = bench.permits.mint('j1', plan);
    const answer = bench.side.act({ turnId, tool: 'relay.set', plan, witness, permit });
    const reading = codeOf(read(id, 'relay.read'));
    await bench.side.unbind({ connectorId: id });
    expect(await answer).toMatchObject({ outcome: 'applied' });
    expect(await reading).toBe('closed');
    expect(await codeOf(bench.side.bindingState({ connectorId: id }))).toBe('closed');
  });
});

describe('a port that no connector owns', () => {
  it('gets not one byte, unless it is asked who it is; and is free again then', async () => {
    bench = await openBench([scale('bound'), scale('free')]);
    const id = await bench.bind('bound', 'cn-scale-sics');
    await bench.until(id, 'ready');
    await read(id, 'weight.read');
    expect(received('free')).toBe(0);
    const deviceId = await bench.deviceId('free');
    const report = await bench.side.identify({
      deviceId,
      listing: 'cn-scale-sics',
      config: {},
      dryRun: false,
      ...ticket(),
    });
    expect(report).toMatchObject({ recognised: true, identification: { protocolSerial: 'B000000001' }, error: null });
    expect(report.exchanges[0]).toMatchObject({ sent: '49 34 0D 0A', received: expect.stringMatching(/0D 0A$/) });
    const owner = await bench.bind('free', 'cn-scale-sics');
    await bench.until(owner, 'ready');
    const again = await bench.side.identify({
      deviceId,
      listing: 'cn-scale-sics',
      config: {},
      dryRun: false,
      ...ticket(),
    });
    expect(again.recognised).toBe(true);
  });

  it('is reported as silent with what was sent', async () => {
    bench = await openBench([scale()]);
    bench.device('scale').setFault('silence');
    const deviceId = await bench.deviceId('scale');
    const config = { reply_timeout_ms: 200 };
    const report = await bench.side.identify({
      deviceId,
      listing: 'cn-scale-sics',
      config,
      dryRun: false,
      ...ticket(),
    });
    expect(report).toMatchObject({ recognised: false, identification: null, error: { code: 'no_reply' } });
    expect(report.exchanges.length).toBeGreaterThan(0);
  });
});

describe('ports', () => {
  it('beyond the limit are refused with that reason, until one is free', async () => {
    bench = await openBench([scale('one'), scale('two')], { maxPorts: 1 });
    const first = await bench.bind('one', 'cn-scale-sics');
    await bench.until(first, 'ready');
    const second = await bench.bind('two', 'cn-scale-sics');
    await bench.until(second, 'unavailable', 'port_limit');
    await bench.side.unbind({ connectorId: first });
    await bench.until(second, 'ready');
  });

  it('that another program holds are taken as soon as they are free', async () => {
    bench = await openBench([scale()]);
    const { openSerialTransport } = await import('./sessions/serial-transport.ts');
    const settings = { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' } as const;
    const other = await openSerialTransport(bench.path('scale'), settings);
    const id = await bench.bind('scale', 'cn-scale-sics');
    const state = await bench.until(id, 'unavailable', 'port_busy');
    expect(state).toMatchObject({ error: { details: { pid: expect.any(Number), holder: expect.any(String) } } });
    const [device] = await bench.side.devices();
    expect(device?.problem).toMatchObject({ reason: 'port_busy' });
    await other.close();
    await bench.until(id, 'ready');
    const [after] = await bench.side.devices();
    expect(after?.problem).toBeNull();
  });
});

describe('configuration', () => {
  it('is completed with the defaults of listing and line', async () => {
    bench = await openBench([]);
    const config = await bench.side.checkConfig({ listing: 'cn-modbus', config: { ...relayConfig, parity: 'even' } });
    expect(config).toMatchObject({ baud_rate: 9600, parity: 'even', map: 'waveshare-relay-8', reply_timeout_ms: 300 });
    expect(await bench.side.checkConfig({ listing: 'cn-modbus', config })).toEqual(config);
  });

  it.each([
    [{ map: 'waveshare-relay-8', speed: 9600 }, 'config.speed'],
    [{ map: 'nothing' }, 'config.map'],
    [{ map: 'waveshare-relay-8', data_bits: 9 }, 'config.data_bits'],
    [{}, 'config.map'],
  ])('%j is refused naming %s', async (config, parameter) => {
    bench = await openBench([]);
    const checked = bench.side.checkConfig({ listing: 'cn-modbus', config });
    await expect(checked).rejects.toMatchObject({ code: 'invalid_parameter', details: { parameter } });
  });

  it('and tools are described as strict schemas that survive a boundary', async () => {
    bench = await openBench([]);
    const listings = await bench.side.listings();
    expect(listings.map((listing) => listing.id)).toEqual(drivers.map((driver) => driver.id));
    const modbus = listings.find((listing) => listing.id === 'cn-modbus');
    expect(modbus?.links).toEqual(['serial']);
    expect(modbus?.config_schema).toMatchObject({
      additionalProperties: false,
      properties: { device: {}, unit: { minimum: 1, maximum: 247 }, baud_rate: { default: 9600 }, map: {} },
      required: ['device', 'unit', 'map'],
    });
    const tools = await bench.side.describeTools({
      listing: 'cn-modbus',
      config: relayConfig,
      unit: 1,
      link: 'serial',
    });
    expect(tools.map((tool) => [tool.capability, tool.side_effect, tool.best_evidence])).toEqual([
      ['relay.read', false, null],
      ['relay.set', true, 'read_back'],
    ]);
    expect(tools[1]?.input_schema).toMatchObject({ additionalProperties: false, required: ['relay', 'on'] });
    expect(await codeOf(bench.side.checkConfig({ listing: 'cn-nothing', config: {} }))).toBe('not_found');
  });

  it('of arguments is checked before anything is sent', async () => {
    bench = await openBench([scale()]);
    const id = await bench.bind('scale', 'cn-scale-sics');
    const prepare = (tool: string, args: JsonObject) =>
      codeOf(bench.side.prepare({ connectorId: id, tool, arguments: args }));
    expect(await prepare('weight.read', { mode: 'fast' })).toBe('invalid_arguments');
    expect(await prepare('weight.read', { extra: 1 })).toBe('invalid_arguments');
    expect(await prepare('weight.write', {})).toBe('unknown_tool');
    expect(await bench.side.prepare({ connectorId: id, tool: 'weight.read', arguments: {} })).toEqual({
      arguments: { include_tare: false },
      plan: null,
    });
    expect(await codeOf(read(id, 'scale.zero'))).toBe('unknown_tool');
  });
});
