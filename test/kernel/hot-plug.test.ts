import { afterAll, beforeAll, expect, it } from 'vitest';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import { addHub, type FtdiAdapter, makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
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

    expect(after.ports).toBe(1);
    expect(after.descriptors).toBe(before.descriptors);
    expect(after.children).toBe(before.children);
    expect(after.residentKib - before.residentKib).toBeLessThan(32 * 1024);
    expect(await agent.output()).not.toMatch(/Warning|MaxListeners/);
    expect(delays.plug.length).toBe(CYCLES);
    expect(delays.unplug.length).toBe(CYCLES);
    console.log(
      `from udev's event to the stream's, ms: ${JSON.stringify(delays)}; memory, KiB: ${before.residentKib} to ${after.residentKib}`,
    );
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
});
