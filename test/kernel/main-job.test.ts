import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrayScaleDescriptor } from '../../drivers/kit/hid/testing/descriptors.table.ts';
import type { Send } from '../../drivers/kit/simulator/simulated-device.ts';
import { modbusSimulator } from '../../drivers/modbus/simulator.ts';
import { printerEscposSimulator } from '../../drivers/printer-escpos/simulator.ts';
import { scaleHidSimulator } from '../../drivers/scale-hid/simulator.ts';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import { scannerSerialSimulator } from '../../drivers/scanner-serial/simulator.ts';
import { connectMcp, makeToken } from '../whole/support/mcp.ts';
import { makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { createTechnician, type Technician } from './bench/technician.ts';
import { makeAcmDevice } from './bench/usb/cdc-acm.ts';
import { makeSimulatedHid, type SimulatedHidDevice } from './bench/usb/hid.ts';
import { makePrinter } from './bench/usb/printer.ts';

/** What a technician plugs in. */
interface Cable {
  plug(): Promise<void>;
  unplug(): Promise<void>;
}

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
      { address: 3, map: 'xy-md02' },
    ],
  });
  const paper = printerEscposSimulator.create({ model: 'TM-T88V' });
  const scanner = scannerSerialSimulator.create({});
  let scannersWire: Send = () => {};
  /** A person pulls the trigger in front of a code. */
  const scan = (code: string) => scanner.change?.({ scan: code }, scannersWire);
  /** By serial number. */
  const cables = new Map<string, Cable>();
  const cable = (serial: string): Cable => {
    const found = cables.get(serial);
    if (found === undefined) throw new Error(`nothing is called ${serial}`);
    return found;
  };
  let letterScale: SimulatedHidDevice;
  let talking: NodeJS.Timeout | undefined;
  const names = ['bench-scale', 'relays', 'climate', 'cellar', 'till', 'post', 'gun'];

  beforeAll(async () => {
    guest = await bootGuest();
    cables.set('A9SCALE1', await makeFtdiAdapter(guest, { port: '1', serial: 'A9SCALE1' }, scale));
    cables.set('A9BUS001', await makeFtdiAdapter(guest, { port: '2', serial: 'A9BUS001' }, bus));
    cables.set(
      'PRN00001',
      makePrinter(
        guest,
        { vendorId: 0x04b8, productId: 0x0e15, manufacturer: 'EPSON', product: 'TM-T88V', serial: 'PRN00001' },
        { deviceId: 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;', behind: paper },
      ),
    );
    const vuquest = {
      vendorId: 0x0c2e,
      productId: 0x0b6a,
      manufacturer: 'Honeywell',
      product: '3310g',
      serial: 'SCAN0001',
    };
    cables.set('SCAN0001', makeAcmDevice(guest, vuquest, [{ ...scanner, powerOn: (send) => (scannersWire = send) }]));
    const dymo = {
      vendorId: 0x0922,
      productId: 0x8003,
      manufacturer: 'DYMO',
      product: 'M10 Scale',
      serial: 'HIDSCALE',
    };
    const grams = scaleHidSimulator.create({ weight: 1234, unit: 2, status: 4 });
    letterScale = makeSimulatedHid(guest, dymo, arrayScaleDescriptor, grams);
    cables.set('HIDSCALE', letterScale);
    // As such scales do, some times a second.
    talking = setInterval(() => letterScale.speak(), 250);
    agent = await startGuestAgent(guest);
    technician = createTechnician(agent);
    token = await makeToken(agent);
  });

  afterAll(async () => {
    clearInterval(talking);
    await guest?.end();
  });

  /** Calls a tool as an MCP client on the host does. */
  const call = async (connector: string, name: string, args: Record<string, unknown> = {}) => {
    const client = await connectMcp(agent, (await technician.connector(connector)).id, token);
    try {
      return (await client.callTool({ name, arguments: args })).structuredContent;
    } finally {
      await client.close();
    }
  };
  const openNodes = async (part: string) => {
    const count = await guest.control.run(['sh', '-c', `ls -l /proc/${agent.pid}/fd | grep -c ${part}`]);
    return Number(count.stdout);
  };

  it('shows what is plugged in: a printer says what it is, an adapter is not yet a device', async () => {
    for (const each of cables.values()) await each.plug();
    const first = await technician.present('A9SCALE1');
    const second = await technician.present('A9BUS001');
    expect(first).toMatchObject({ path: '/dev/ttyUSB0', identity: { confidence: 'serial' } });
    expect(second).toMatchObject({ path: '/dev/ttyUSB1', identity: { confidence: 'serial' } });
    for (const device of [first, second]) {
      expect(device.recognition).toMatchObject({ listing: null, shared_adapter: true });
    }
    expect(await technician.present('PRN00001')).toMatchObject({
      bus: 'usb_printer',
      recognition: { listing: 'cn-printer-escpos', certainty: 'certain' },
    });
    expect(await technician.present('SCAN0001')).toMatchObject({
      path: '/dev/ttyACM0',
      recognition: { listing: 'cn-scanner-serial' },
    });
    expect(await technician.present('HIDSCALE')).toMatchObject({
      bus: 'hid',
      recognition: { listing: 'cn-scale-hid' },
    });
  });

  it('finds out what is behind an adapter when it is asked to', async () => {
    const { id } = await technician.present('A9SCALE1');
    const report = await technician.run('devices', 'identify', id, '--listing', 'cn-scale-sics');
    expect(report).toMatchObject({ recognised: true, identification: { protocolSerial: 'B123456789' } });
  });

  it('installs and tests all of them: three units of one bus among them', async () => {
    const install = async (listing: string, serial: string, name: string, ...config: readonly string[]) => {
      const { id } = await technician.present(serial);
      await technician.run('install', listing, '--device', id, ...config, '--name', name);
    };
    await install('cn-scale-sics', 'A9SCALE1', 'bench-scale');
    await install('cn-modbus', 'A9BUS001', 'relays', 'unit=1', 'map=waveshare-relay-8');
    await install('cn-modbus', 'A9BUS001', 'climate', 'unit=2', 'map=xy-md02');
    await install('cn-modbus', 'A9BUS001', 'cellar', 'unit=3', 'map=xy-md02');
    await install('cn-printer-escpos', 'PRN00001', 'till');
    await install('cn-scale-hid', 'HIDSCALE', 'post');
    await install('cn-scanner-serial', 'SCAN0001', 'gun');
    for (const name of names) {
      expect(await technician.run('connectors', 'test', name)).toMatchObject({ status: 'passed' });
    }
    expect(paper.state()['receipts_total']).toBe(0);
  });

  it('answers an MCP client on the host, and what it did is really done', async () => {
    await technician.run('connectors', 'set', 'relays', 'policy.relay.set=allow');
    await technician.run('connectors', 'set', 'till', 'policy.receipt.print=allow');
    expect(await call('bench-scale', 'weight_read')).toMatchObject({ value: '7.125', unit: 'kg' });
    expect(await call('cellar', 'sensor_read')).toBeDefined();
    expect(await call('post', 'weight_read')).toMatchObject({ value: '1234', unit: 'g' });
    await eventually('a code that is scanned is heard', async () => {
      scan('4006381333931');
      return JSON.stringify(await call('gun', 'scan_read')).includes('4006381333931');
    });
    expect(await call('relays', 'relay_set', { relay: 3, on: true })).toMatchObject({ outcome: 'applied', sent: true });
    expect(JSON.stringify(bus.state())).toContain('{"relay":3,"on":true}');
    const content = [{ type: 'text', text: 'One coffee' }];
    expect(await call('till', 'receipt_print', { content })).toMatchObject({
      outcome: 'applied',
      evidence: 'device_ack',
    });
    expect(paper.state()).toMatchObject({
      receipts_total: 1,
      receipts: [{ text: expect.stringContaining('One coffee') }],
    });
  });

  it('shows the bytes of each kind of wire, once somebody asked for them', async () => {
    const recorded = ['bench-scale', 'post', 'till', 'gun'];
    const ids = await Promise.all(recorded.map(async (name) => (await technician.connector(name)).id));
    for (const id of ids) await agent.api.recordWire(id, { recording: true });
    await call('bench-scale', 'weight_read');
    await call('post', 'weight_read');
    await technician.run('call', 'till', 'printer.read');
    const textOf = async (id: string, direction: 'in' | 'out') => {
      const { entries } = await agent.api.getWireLog(id);
      const bytes = entries.flatMap((entry) => (entry.direction === direction ? entry.hex.split(' ') : []));
      return Buffer.from(bytes.join(''), 'hex').toString('latin1');
    };
    const [scaleId = '', postId = '', tillId = '', gunId = ''] = ids;
    await eventually('the scan is in the log', async () => {
      scan('4006381333931');
      return (await textOf(gunId, 'in')).includes('4006381333931');
    });
    await eventually('the weight is in the log', async () => (await textOf(scaleId, 'in')).includes('7.125'));
    expect(await textOf(scaleId, 'out')).toContain('SI\r\n');
    await eventually('a report is in the log', async () => (await textOf(postId, 'in')).length > 0);
    // DLE EOT, the status that is asked for at once.
    await eventually('the status is in the log', async () => (await textOf(tillId, 'out')).includes('\x10\x04'));
    for (const id of ids) await agent.api.recordWire(id, { recording: false });
  });

  it('says at once what was pulled, and the others work on', async () => {
    const gone = [
      ['A9SCALE1', 'bench-scale'],
      ['PRN00001', 'till'],
      ['HIDSCALE', 'post'],
      ['SCAN0001', 'gun'],
    ] as const;
    for (const [serial] of gone) await cable(serial).unplug();
    for (const [, name] of gone) {
      await eventually(`${name} is known to be unplugged`, async () => {
        const { status, health } = await technician.connector(name);
        return status === 'error' && health.reason === 'device_unplugged';
      });
    }
    expect(await technician.run('call', 'climate', 'sensor.read')).toBeDefined();
  });

  it('knows each again when they come back, adapters under each other’s names', async () => {
    await cable('A9BUS001').unplug();
    await technician.absent('A9BUS001');
    await cable('A9BUS001').plug();
    expect(await technician.present('A9BUS001')).toMatchObject({ path: '/dev/ttyUSB0' });
    for (const serial of ['A9SCALE1', 'PRN00001', 'HIDSCALE', 'SCAN0001']) await cable(serial).plug();
    expect(await technician.present('A9SCALE1')).toMatchObject({ path: '/dev/ttyUSB1' });
    await technician.connected(...names);
    expect(await technician.run('call', 'bench-scale', 'weight.read')).toMatchObject({ output: { value: '7.125' } });
    expect(await technician.run('call', 'relays', 'relay.read')).toBeDefined();
    expect(await technician.run('call', 'till', 'printer.read')).toMatchObject({ output: { ready: true } });
    expect(paper.state()['receipts_total']).toBe(1);
    await eventually('a code that is scanned now is heard', async () => {
      scan('AGAIN');
      return JSON.stringify(await technician.run('call', 'gun', 'scan.read', 'limit=1')).includes('AGAIN');
    });
  });

  it('uninstalls: the devices are free for others, and the MCP server is gone', async () => {
    const { id } = await technician.connector('bench-scale');
    expect(await openNodes('ttyUSB')).toBe(2);
    expect(await openNodes('hidraw')).toBe(1);
    expect(await openNodes('ttyACM')).toBe(1);
    expect(await openNodes('/dev/bus/usb')).toBe(1);
    for (const name of names) {
      expect(await technician.run('connectors', 'remove', name, '--yes')).toMatchObject({ deleted: true });
    }
    expect(await openNodes('ttyUSB')).toBe(0);
    expect(await openNodes('hidraw')).toBe(0);
    expect(await openNodes('ttyACM')).toBe(0);
    expect(await openNodes('/dev/bus/usb')).toBe(0);
    expect(await guest.control.must('sh', '-c', 'ls /dev/usb | grep -c lp')).toBe('1\n');
    const answer = await fetch(`${agent.url}/mcp/${id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(404);
  });
});
