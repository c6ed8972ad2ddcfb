import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SimulatedDevice } from '../../drivers/kit/simulator/simulated-device.ts';
import { agentFolder } from './bench/agent-files.ts';
import { type FtdiAdapter, makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { rulesOfPackage } from './bench/rules-of-package.ts';
import { createTechnician, type Technician } from './bench/technician.ts';
import { makeHidScale } from './bench/usb/hid.ts';
import { makePrinter } from './bench/usb/printer.ts';

const ownRules = readFileSync(join(import.meta.dirname, '../../packaging/udev/60-fibric-edge.rules'), 'utf8');
const mute: SimulatedDevice = { receive: () => {}, state: () => ({}) };

/** Takes the adapter with this serial number from the kernel's driver, as brltty does, and keeps it. */
const takeOverUsb = `import { usb } from 'usb';
process.title = 'brltty';
const device = (await usb.getDevices()).find(({ serialNumber }) => serialNumber === process.argv[2]);
await device.open();
await device.detachKernelDriver(0).catch(() => {});
await device.claimInterface(0);
setInterval(() => {}, 60_000);
`;

describeOnKernel('other programs and rights, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  let technician: Technician;
  let adapter: FtdiAdapter;
  beforeAll(async () => {
    guest = await bootGuest();
    agent = await startGuestAgent(guest);
    technician = createTechnician(agent);
    adapter = await makeFtdiAdapter(guest, { port: '1', serial: 'A9STOLEN' }, mute);
  });
  afterAll(async () => {
    await guest?.end();
  });

  const properties = (node: string) => guest.control.must('udevadm', 'info', '-q', 'property', '-n', node);
  const replug = async () => {
    await adapter.unplug();
    await technician.absent('A9STOLEN');
    await adapter.plug();
    return technician.present('A9STOLEN');
  };
  const placeRules = async () => {
    await guest.control.write('/etc/udev/rules.d/60-fibric-edge.rules', ownRules);
    await guest.control.must('udevadm', 'control', '--reload');
  };
  const rights = (node: string) => guest.control.must('stat', '-c', '%U:%G %a', node);
  /** Whether the service's user may open it for reading and writing. */
  const opens = async (node: string) => {
    const { code } = await guest.control.run(['su', 'fibric-edge', '-s', '/bin/sh', '-c', `exec 3<>${node}`]);
    return code === 0;
  };
  const checkOf = async (id: RegExp) => {
    const { checks } = await agent.api.runDoctor();
    return checks.find((check) => id.test(check.id));
  };

  it('leave a device nobody but root may open to the service once its rules are there, and to who is signed in', async () => {
    // A relay board by its shared ids and its maker's name, and a printer that a driver knows.
    const hid = makeHidScale(guest, { vendorId: 0x16c0, productId: 0x05df, manufacturer: 'www.dcttech.com' });
    const printer = makePrinter(
      guest,
      { vendorId: 0x04b8, productId: 0x0e15, serial: 'P1' },
      { deviceId: 'MFG:EPSON;' },
    );
    const nodeOf = (subsystem: string, match: string) =>
      eventually(`the node of ${match}`, async () => {
        const { stdout } = await guest.control.run(['sh', '-c', findNode(subsystem, match)]);
        return stdout.trim();
      });
    await Promise.all([hid.plug(), printer.plug()]);
    const before = [await nodeOf('hidraw', '16c0'), await nodeOf('usb', '04b8')] as const;
    expect(await Promise.all(before.map(rights))).toEqual(['root:root 600\n', 'root:lp 664\n']);
    expect(await Promise.all(before.map(opens))).toEqual([false, false]);

    await placeRules();
    await Promise.all([hid.unplug(), printer.unplug()]);
    for (const node of before) {
      await eventually(`${node} is gone`, async () => (await guest.control.run(['test', '-e', node])).code !== 0);
    }
    await Promise.all([hid.plug(), printer.plug()]);
    const after = [await nodeOf('hidraw', '16c0'), await nodeOf('usb', '04b8')] as const;
    for (const node of after) {
      await eventually(`${node} is the service's`, async () => (await rights(node)) === 'root:fibric-edge 660\n');
      // What the login service gives to whoever sits at the machine (systemd's 73-seat-late.rules).
      expect(await properties(node)).toMatch(/^CURRENT_TAGS=.*:uaccess:/m);
    }
    expect(await Promise.all(after.map(opens))).toEqual([true, true]);
    await Promise.all([hid.unplug(), printer.unplug()]);
    await guest.control.must('rm', '/etc/udev/rules.d/60-fibric-edge.rules');
    await guest.control.must('udevadm', 'control', '--reload');
  });

  it('Debian’s ModemManager would look at an adapter, and is told not to by our rules', async () => {
    const rules = rulesOfPackage('modemmanager');
    expect([...rules.keys()]).toContain('80-mm-candidate.rules');
    for (const [name, text] of rules) await guest.control.write(`/lib/udev/rules.d/${name}`, text);
    await guest.control.must('udevadm', 'control', '--reload');
    await adapter.plug();
    const without = await technician.present('A9STOLEN');
    expect(await properties(without.path)).toMatch(/^ID_MM_CANDIDATE=1$/m);
    expect(await properties(without.path)).not.toMatch(/IGNORE/);

    await placeRules();
    const { path } = await replug();
    const known = await properties(path);
    for (const word of [
      'ID_MM_CANDIDATE=1',
      'ID_MM_DEVICE_IGNORE=1',
      'ID_MM_PORT_IGNORE=1',
      'CURRENT_TAGS=:uaccess:',
    ]) {
      expect(known).toContain(word);
    }
    const unit = await guest.control.must('sh', '-c', 'grep -l A9STOLEN /sys/bus/usb/devices/*/serial');
    const device = await guest.control.must('udevadm', 'info', '-q', 'property', '-p', join(unit.trim(), '..'));
    expect(device).toContain('ID_MM_DEVICE_IGNORE=1');
  });

  it('ModemManager is named where it has a port, with the command that keeps it off', async () => {
    const { path, id } = await technician.present('A9STOLEN');
    // A stand-in: another program of that name with the port open and locked.
    await guest.control.must('cp', '/bin/flock', '/usr/bin/ModemManager');
    const holder = await guest.control.start('/tmp/mm.log', ['ModemManager', '--close', path, 'sleep', '600']);
    const config = { device: id };
    await agent.api.installConnector({ listing: 'cn-scale-sics', auth: { type: 'none' }, name: 'held', config });
    const check = await eventually('the doctor names it', async () => {
      const found = await checkOf(new RegExp(`^device:${id}$`));
      // Who holds it is looked up after it is known to be held.
      return found?.message.includes('ModemManager') === true && found.command !== null && found;
    });
    expect(check).toMatchObject({ result: 'error', command: expect.stringContaining('60-fibric-edge.rules') });
    expect(check.message).toContain(`ModemManager (process ${holder})`);
    expect(await checkOf(/^modem-manager$/)).toMatchObject({ result: 'attention' });
    await technician.run('connectors', 'remove', 'held', '--yes');
    await guest.control.kill(holder, 'SIGKILL');
  });

  it('brltty is named where it has taken an adapter from the kernel, with what keeps it off on this system', async () => {
    // Debian's package has no rules of its own: there is nothing that ours could keep from acting.
    expect([...rulesOfPackage('brltty').keys()]).toEqual([]);
    await guest.control.write(`${agentFolder}/take-over-usb.mjs`, takeOverUsb);
    await guest.control.must('ln', '-s', '/usr/bin/node', '/usr/bin/brltty');
    const thief = await guest.control.start('/tmp/brltty.log', [
      'brltty',
      `${agentFolder}/take-over-usb.mjs`,
      'A9STOLEN',
    ]);
    await technician.absent('A9STOLEN').catch(async (error: Error) => {
      throw new Error(`${error.message}: ${await guest.control.read('/tmp/brltty.log')}`);
    });
    const check = await checkOf(/^brltty$/);
    expect(check).toMatchObject({ title: 'brltty', result: 'error', command: 'sudo systemctl mask --now brltty' });
    expect(check?.message).toMatch(new RegExp(`\\(0403:6001, at [\\d.-]+\\) by brltty \\(process ${thief}\\)`));
    expect((await agent.edge('doctor')).stdout).toContain('by brltty');

    await guest.control.write('/lib/udev/rules.d/85-brltty.rules', '# Ubuntu has its rules under this name.\n');
    expect((await checkOf(/^brltty$/))?.command).toContain('ln -s /dev/null /etc/udev/rules.d/85-brltty.rules');
    await guest.control.kill(thief, 'SIGKILL');
    expect((await replugged()).path).toMatch(/^\/dev\/ttyUSB/);
  });

  /** The thief is gone: with the next plug the kernel's driver has it again. */
  const replugged = async () => {
    await adapter.unplug();
    await adapter.plug();
    return technician.present('A9STOLEN');
  };
});

/** A shell command that prints the node of the device whose USB vendor is `vendor`. */
function findNode(subsystem: string, vendor: string): string {
  return subsystem === 'hidraw'
    ? `for n in /sys/class/hidraw/*; do grep -q "HID_ID=0003:0000${vendor.toUpperCase()}" $n/device/uevent 2>/dev/null && echo /dev/$(basename $n); done; true`
    : `for n in /sys/bus/usb/devices/*; do [ "$(cat $n/idVendor 2>/dev/null)" = ${vendor} ] && echo /dev/$(sed -n 's/^DEVNAME=//p' $n/uevent); done; true`;
}
