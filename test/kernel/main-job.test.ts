import { afterAll, beforeAll, expect, it } from 'vitest';
import { modbusSimulator } from '../../drivers/modbus/simulator.ts';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import { connectMcp, makeToken } from '../whole/support/mcp.ts';
import { type FtdiAdapter, makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { createTechnician, type Technician } from './bench/technician.ts';

describeOnKernel('the main job, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  let technician: Technician;
  let token: string;
  const scale = scaleSicsSimulator.create({ gross: '7.125', unit: 'kg', serial: 'B123456789' });
  const bus = modbusSimulator.create({
    units: [
      { address: 1, map: 'waveshare-relay-8' },
      { address: 2, map: 'xy-md02' },
    ],
  });
  let scaleAdapter: FtdiAdapter;
  let busAdapter: FtdiAdapter;

  beforeAll(async () => {
    guest = await bootGuest();
    scaleAdapter = await makeFtdiAdapter(guest, { port: '1', serial: 'A9SCALE1' }, scale);
    busAdapter = await makeFtdiAdapter(guest, { port: '2', serial: 'A9BUS001' }, bus);
    agent = await startGuestAgent(guest);
    technician = createTechnician(agent);
    token = await makeToken(agent);
  });

  afterAll(async () => {
    await guest?.end();
  });

  it('shows each adapter that is plugged in, and says that an adapter is not yet a device', async () => {
    await scaleAdapter.plug();
    const first = await technician.present('A9SCALE1');
    await busAdapter.plug();
    const second = await technician.present('A9BUS001');
    expect(first).toMatchObject({ path: '/dev/ttyUSB0', identity: { confidence: 'serial' } });
    expect(second).toMatchObject({ path: '/dev/ttyUSB1', identity: { confidence: 'serial' } });
    for (const device of [first, second]) {
      expect(device.recognition).toMatchObject({ listing: null, shared_adapter: true });
    }
  });

  it('finds out what is behind an adapter when it is asked to', async () => {
    const { id } = await technician.present('A9SCALE1');
    const report = await technician.run('devices', 'identify', id, '--listing', 'cn-scale-sics');
    expect(report).toMatchObject({ recognised: true, identification: { protocolSerial: 'B123456789' } });
  });

  it('installs and tests a scale and two units of one bus', async () => {
    const scaleDevice = await technician.present('A9SCALE1');
    const busDevice = await technician.present('A9BUS001');
    await technician.run('install', 'cn-scale-sics', '--device', scaleDevice.id, '--name', 'bench-scale');
    const onBus = ['install', 'cn-modbus', '--device', busDevice.id];
    await technician.run(...onBus, 'unit=1', 'map=waveshare-relay-8', '--name', 'relays');
    await technician.run(...onBus, 'unit=2', 'map=xy-md02', '--name', 'climate');
    for (const name of ['bench-scale', 'relays', 'climate']) {
      expect(await technician.run('connectors', 'test', name)).toMatchObject({ status: 'passed' });
    }
  });

  it('answers an MCP client on the host: a weight, and a relay that really switched', async () => {
    await technician.run('connectors', 'set', 'relays', 'policy.relay.set=allow');
    const scaleClient = await connectMcp(agent, (await technician.connector('bench-scale')).id, token);
    const weight = await scaleClient.callTool({ name: 'weight_read', arguments: {} });
    expect(weight.structuredContent).toMatchObject({ value: '7.125', unit: 'kg' });

    const relayClient = await connectMcp(agent, (await technician.connector('relays')).id, token);
    const switched = await relayClient.callTool({ name: 'relay_set', arguments: { relay: 3, on: true } });
    expect(switched.structuredContent).toMatchObject({ outcome: 'applied', sent: true });
    expect(JSON.stringify(bus.state())).toContain('{"relay":3,"on":true}');
    await Promise.all([scaleClient.close(), relayClient.close()]);
  });

  it('says at once that a pulled adapter is gone, and the other one works on', async () => {
    await scaleAdapter.unplug();
    await eventually('the scale is known to be unplugged', async () => {
      const { status, health } = await technician.connector('bench-scale');
      return status === 'error' && health.reason === 'device_unplugged';
    });
    expect(await technician.run('call', 'climate', 'sensor.read')).toBeDefined();
  });

  it('knows each again when they come back under each other’s names', async () => {
    await busAdapter.unplug();
    await technician.absent('A9BUS001');
    await busAdapter.plug();
    expect(await technician.present('A9BUS001')).toMatchObject({ path: '/dev/ttyUSB0' });
    await scaleAdapter.plug();
    expect(await technician.present('A9SCALE1')).toMatchObject({ path: '/dev/ttyUSB1' });
    await technician.connected('bench-scale', 'relays', 'climate');
    expect(await technician.run('call', 'bench-scale', 'weight.read')).toMatchObject({ output: { value: '7.125' } });
    expect(await technician.run('call', 'relays', 'relay.read')).toBeDefined();
  });

  it('uninstalls: the port is free for others, and the MCP server is gone', async () => {
    const { id } = await technician.connector('bench-scale');
    const before = await guest.control.run(['sh', '-c', `ls -l /proc/${agent.pid}/fd | grep -c ttyUSB`]);
    expect(before.stdout.trim()).toBe('2');
    for (const name of ['bench-scale', 'relays', 'climate']) {
      expect(await technician.run('connectors', 'remove', name, '--yes')).toMatchObject({ deleted: true });
    }
    const after = await guest.control.run(['sh', '-c', `ls -l /proc/${agent.pid}/fd | grep -c ttyUSB`]);
    expect(after.stdout.trim()).toBe('0');
    const answer = await fetch(`${agent.url}/mcp/${id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(404);
  });
});
