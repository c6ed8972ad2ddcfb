import { afterAll, beforeAll, expect, it } from 'vitest';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import type { DeviceObject } from '../../main/api/schemas/index.ts';
import { agentFolder } from './bench/agent-files.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { createTechnician, type Technician } from './bench/technician.ts';
import { type BridgeAdapter, type BridgeChip, makeBridge } from './bench/usb/bridge.ts';
import { ch341 } from './bench/usb/ch341.ts';
import { cp210x } from './bench/usb/cp210x.ts';
import { pl2303 } from './bench/usb/pl2303.ts';

/** Opens a port without locking it and prints its modem lines. */
const showLines = `
  const { SerialPort } = require('serialport');
  SerialPort.binding.open({ path: process.argv[1], baudRate: 9600, lock: false }).then(async (port) => {
    console.log(JSON.stringify(await port.get()));
    await port.close();
  });
`;

describeOnKernel('bridge chips, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  let technician: Technician;
  beforeAll(async () => {
    guest = await bootGuest();
    agent = await startGuestAgent(guest);
    technician = createTechnician(agent);
  });
  afterAll(async () => {
    await guest?.end();
  });

  const adapterWith = (chip: BridgeChip): BridgeAdapter =>
    makeBridge(guest, chip, scaleSicsSimulator.create({ gross: '2.50', serial: 'S1' }));
  const hex = (id: number) => id.toString(16).padStart(4, '0');
  const isOf = ({ identity }: BridgeChip, { descriptor, present: isHere }: DeviceObject) =>
    isHere &&
    descriptor.vendor_id === hex(identity.vendorId) &&
    descriptor.product_id === hex(identity.productId) &&
    descriptor.serial_number === (identity.serial ?? null);
  const present = (chip: BridgeChip) =>
    eventually(`${chip.identity.product} is there`, async () =>
      (await technician.devices()).find((device) => isOf(chip, device)),
    );
  const install = async (device: string, name: string, config: Record<string, string | number>) => {
    const { id } = await agent.api.installConnector({
      listing: 'cn-scale-sics',
      auth: { type: 'none' },
      name,
      config: { device, ...config },
    });
    return id;
  };
  const read = (connector: string) => agent.api.callTool(connector, { tool: 'weight.read', arguments: {} });
  const lines = async (path: string) => {
    const shown = await guest.control.run(['sh', '-c', `cd ${agentFolder} && exec node -e "$0" ${path}`, showLines]);
    if (shown.code !== 0) throw new Error(shown.stderr);
    return JSON.parse(shown.stdout);
  };

  it.each([
    ['CP2102', () => cp210x('CP0001'), '19200 7E2'],
    // 48 MHz / (2^6 * 39): the nearest that it can divide.
    ['CH340', () => ch341(), '19231 7E2'],
    ['PL2303', () => pl2303(), '19200 7E2'],
  ])('a scale behind a %s is read at its settings, and survives the cable', async (name, make, line) => {
    const chip = make();
    const adapter = adapterWith(chip);
    await adapter.plug();
    const device = await present(chip);
    expect(device.recognition).toMatchObject({ shared_adapter: true, listing: null });

    adapter.setModemLines({ cts: true, dsr: false, dcd: true });
    expect(await lines(device.path)).toMatchObject({ cts: true, dsr: false, dcd: true });
    adapter.setModemLines({ cts: false, dsr: true, dcd: false });
    expect(await lines(device.path)).toMatchObject({ cts: false, dsr: true, dcd: false });
    const before = adapter.events().length;

    const id = await install(device.id, name, { baud_rate: 19_200, data_bits: 7, parity: 'even', stop_bits: 2 });
    await technician.connected(name);
    expect(await read(id)).toMatchObject({ output: { value: '2.50' } });
    expect(adapter.line()).toBe(line);
    const raised = adapter
      .events()
      .slice(before)
      .filter((event) => event.startsWith('DTR'));
    expect(raised).toEqual(['DTR on, RTS on']);

    await adapter.unplug();
    await eventually('the unplug is noticed', async () => (await technician.connector(name)).status === 'error');
    expect((await technician.connector(name)).health.reason).toBe('device_unplugged');
    await adapter.plug();
    await technician.connected(name);
    expect(await read(id)).toMatchObject({ output: { value: '2.50' } });
    expect(adapter.line()).toBe(line);
    await agent.api.removeConnector(id);
    await eventually('its lines are dropped', async () => adapter.events().at(-1)?.startsWith('DTR off'));
    await adapter.unplug();
  });

  it.each([
    ['CP2101', () => cp210x('CP0002', 'CP2101'), { data_bits: 7, parity: 'even' }, 'data_bits', '7', '8'],
    ['CP2102-fast', () => cp210x('CP0003'), { baud_rate: 2_000_000 }, 'baud_rate', '2000000', '1000000'],
    ['PL2303-H', () => pl2303('H'), { baud_rate: 2_000_000 }, 'baud_rate', '2000000', '1228800'],
    ['CH340-clone', () => ch341({ refusesLine: 'always' }), { baud_rate: 19_200 }, 'baud_rate', '19200', '9600'],
  ])(
    'names what a %s can’t be set to, and does not use it otherwise',
    async (name, make, config, setting, wanted, got) => {
      const chip = make();
      const adapter = adapterWith(chip);
      await adapter.plug();
      const { id: device } = await present(chip);
      const id = await install(device, name, config);
      const { reason, message, hint } = await eventually('the refusal is known', async () => {
        const { health } = await technician.connector(name);
        return health.reason === 'unsupported_setting' && health;
      });
      expect(reason).toBe('unsupported_setting');
      expect(message).toContain(`${wanted} was refused, it stayed at ${got}`);
      expect(hint).toContain(`${setting} ${got}`);
      await agent.api.removeConnector(id);
      await adapter.unplug();
    },
  );

  it('a CH340 that refused a speed once is used when it takes it', async () => {
    const chip = ch341({ refusesLine: 'once' });
    const adapter = adapterWith(chip);
    await adapter.plug();
    const { id: device } = await present(chip);
    const id = await install(device, 'CH340-late', { baud_rate: 19_200 });
    await technician.connected('CH340-late');
    expect(adapter.events()).toContain('a speed was refused');
    expect(await read(id)).toMatchObject({ output: { value: '2.50' } });
    expect(adapter.line()).toBe('19231 8N1');
    await agent.api.removeConnector(id);
    await adapter.unplug();
  });

  it('two CH340s, which only their sockets tell apart, are both read, and found again', async () => {
    const chip = ch341();
    const scales = ['1.00', '2.00'].map((gross) => ({
      gross,
      adapter: makeBridge(guest, ch341(), scaleSicsSimulator.create({ gross, serial: `S${gross}` })),
      name: `twin-${gross}`,
    }));
    const connectors = new Map<string, string>();
    const readBoth = async () => {
      for (const { gross, name } of scales) {
        await technician.connected(name);
        expect(await read(connectors.get(name) ?? '')).toMatchObject({ output: { value: gross } });
      }
    };
    const seen = new Set<string>();
    for (const { adapter, name } of scales) {
      await adapter.plug();
      const device = await eventually(`${name} is there`, async () =>
        (await technician.devices()).find((each) => isOf(chip, each) && !seen.has(each.id)),
      );
      seen.add(device.id);
      connectors.set(name, await install(device.id, name, {}));
    }
    await readBoth();
    // One at a time, or which of them has which socket is not known.
    for (const { adapter, name } of scales) {
      await adapter.unplug();
      await eventually('the unplug is noticed', async () => (await technician.connector(name)).status === 'error');
      await adapter.plug();
      await readBoth();
    }
    for (const id of connectors.values()) await agent.api.removeConnector(id);
    for (const { adapter } of scales) await adapter.unplug();
  });

  it.each([
    ['CP2102', () => cp210x('CP0004')],
    ['PL2303', () => pl2303()],
  ])('a %s heeds the flow control that was asked for', async (name, make) => {
    const chip = make();
    const adapter = adapterWith(chip);
    await adapter.plug();
    const { id: device } = await present(chip);
    const id = await install(device, name, { flow_control: 'rts_cts' });
    await technician.connected(name);
    expect(await read(id)).toMatchObject({ output: { value: '2.50' } });
    expect(
      adapter
        .events()
        .filter((event) => event.startsWith('flow'))
        .at(-1),
    ).toBe('flow control rts_cts');
    await agent.api.removeConnector(id);
    await adapter.unplug();
  });
});
