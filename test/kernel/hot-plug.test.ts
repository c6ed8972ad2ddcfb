import { afterAll, beforeAll, expect, it } from 'vitest';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import { addHub, type FtdiAdapter, makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { followLosses } from './bench/losses.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { measureTiming } from './bench/plug-timing.ts';
import { readResources } from './bench/resources.ts';
import { createTechnician, type Technician } from './bench/technician.ts';

/** 200 on demand. */
const CYCLES = Number(process.env['EDGE_PLUG_CYCLES'] ?? 20);

describeOnKernel('hot-plug, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  let technician: Technician;
  let adapter: FtdiAdapter;
  const scale = scaleSicsSimulator.create({ gross: '1.50', serial: 'B500' });

  beforeAll(async () => {
    guest = await bootGuest();
    adapter = await makeFtdiAdapter(guest, { port: '1', serial: 'A9CYCLES' }, scale);
    // Half a second before its port is there, and while the agent begins to look.
    const starting = startGuestAgent(guest);
    await adapter.plug();
    agent = await starting;
    technician = createTechnician(agent);
  });

  afterAll(async () => {
    await guest?.end();
  });

  it('has what was plugged in while it started', async () => {
    expect(await technician.present('A9CYCLES')).toMatchObject({ path: '/dev/ttyUSB0' });
  });

  it(`is usable after each of ${CYCLES} plug cycles, and leaks nothing`, {
    timeout: 60_000 + CYCLES * 15_000,
  }, async () => {
    const device = await technician.present('A9CYCLES');
    await technician.run('install', 'cn-scale-sics', '--device', device.id, '--name', 'cycled');
    const { id } = await technician.connector('cycled');
    const read = () => agent.api.callTool(id, { tool: 'weight.read', arguments: {} });
    const cycle = async () => {
      await adapter.unplug();
      await eventually(
        'the pull is noticed',

        async () => (await technician.connector('cycled')).status === 'error',
      );
      await adapter.plug();
      await technician.connected('cycled');
      expect(await read()).toMatchObject({ output: { value: '1.50' } });
    };
    const timing = await measureTiming(guest);
    // The first one loads what is loaded when first needed.
    await cycle();
    const before = await readResources(guest, agent.pid);
    for (let count = 1; count < CYCLES; count += 1) await cycle();
    const after = await readResources(guest, agent.pid);
    const delays = await timing.end();

    console.log(
      `from udev's event to the stream's, ms: ${JSON.stringify(delays)}; before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`,
    );
    expect(after.ports).toBe(1);
    expect(after.descriptors).toBe(before.descriptors);
    expect(after.children).toBe(before.children);
    expect(after.residentKib - before.residentKib).toBeLessThan(32 * 1024);
    expect(await agent.output()).not.toMatch(/Warning|MaxListeners/);
    expect(delays.plug.length).toBe(CYCLES);
    expect(delays.unplug.length).toBe(CYCLES);
    // Its identity survived every cycle.
    expect((await technician.devices()).filter((each) => each.descriptor.serial_number === 'A9CYCLES')).toHaveLength(1);
  });

  it('loses what hangs on a pulled hub and nothing else, and never shows the hub', async () => {
    const hub = await addHub(guest, '5');
    const serials = ['A9HUB001', 'A9HUB002', 'A9HUB003'];
    for (const [index, serial] of serials.entries()) {
      const behind = await makeFtdiAdapter(guest, { port: `5.${index + 1}`, serial }, scaleSicsSimulator.create({}));
      await behind.plug();
    }
    for (const serial of serials) {
      const { descriptor } = await technician.present(serial);
      expect(descriptor.topology).toMatch(/usb-0:5\.\d:1\.0$/);
    }
    const devices = await technician.devices();
    expect(devices.every(({ path }) => /^\/dev\/tty(USB|S)\d+$/.test(path))).toBe(true);
    await hub.pull();
    for (const serial of serials) await technician.absent(serial);
    expect(await technician.present('A9CYCLES')).toBeDefined();
  });

  it('gives all that hung on a pulled hub one cause; another hub and a single device at the same moment have theirs', async () => {
    const groups = [['A9LEFT01', 'A9LEFT02', 'A9LEFT03'], ['A9RIGHT1', 'A9RIGHT2'], ['A9SINGLE']] as const;
    const [left, right] = [await addHub(guest, '6'), await addHub(guest, '7')];
    const adapters: FtdiAdapter[] = [];
    for (const [group, serials] of groups.entries()) {
      for (const [index, serial] of serials.entries()) {
        const port = group === 2 ? '8' : `${6 + group}.${index + 1}`;
        const each = await makeFtdiAdapter(
          guest,
          { port, serial },
          scaleSicsSimulator.create({ serial: `B${serial}` }),
        );
        await each.plug();
        adapters.push(each);
        const { id } = await technician.present(serial);
        await agent.api.installConnector({
          ...{ listing: 'cn-scale-sics', name: serial, auth: { type: 'none' }, config: { device: id } },
        });
      }
    }
    await technician.connected(...groups.flat());
    const causes = await followLosses(agent, groups.flat());

    await Promise.all([left.pull(), right.pull(), adapters.at(-1)?.unplug()]);
    for (const serial of groups.flat()) await technician.absent(serial);
    for (const serial of groups.flat()) {
      await eventually(`${serial} is in error`, async () => (await technician.connector(serial)).status === 'error');
    }
    const told = await causes.end();
    const idsOf = (serials: readonly string[]) => new Set(serials.flatMap((serial) => told.get(serial) ?? []));
    for (const serials of groups) {
      for (const serial of serials) {
        const { health } = await technician.connector(serial);
        expect(health).toMatchObject({ reason: 'device_unplugged', cause_id: expect.stringMatching(/^cause_/) });
        // Of the device's event and of the connector's, which the port's own end may have brought about.
        expect([...idsOf([serial])]).toEqual([health.cause_id]);
      }
      expect(idsOf(serials).size).toBe(1);
    }
    expect(idsOf(groups.flat()).size).toBe(groups.length);
  });
});
