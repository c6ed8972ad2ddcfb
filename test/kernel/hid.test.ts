import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  arrayScaleDescriptor,
  featureBytesDescriptor,
  keyboardDescriptor,
} from '../../drivers/kit/hid/testing/descriptors.table.ts';
import { createSimulatedBoard } from '../../drivers/lock-relay/simulator.ts';
import { scaleHidSimulator } from '../../drivers/scale-hid/simulator.ts';
import { connectMcp, makeToken } from '../whole/support/mcp.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { createTechnician, type Technician } from './bench/technician.ts';
import { makeHidDevice, makeHidScanner, makeSimulatedHid, type SimulatedHidDevice } from './bench/usb/hid.ts';

const rules = readFileSync(join(import.meta.dirname, '../../packaging/udev/60-fibric-edge.rules'), 'utf8');
const dymo = { vendorId: 0x0922, productId: 0x8003, manufacturer: 'DYMO', product: 'M10 Scale', serial: 'HS1' };
const usbRelay = { vendorId: 0x16c0, productId: 0x05df, manufacturer: 'www.dcttech.com', product: 'USBRelay2' };

/** How often a scale vanishes within a report; `EDGE_PLUG_CYCLES` for more. */
const cycles = Number(process.env['EDGE_PLUG_CYCLES'] ?? 2);

/** The agent is a service without rights of its own, all the time. */
describeOnKernel('HID devices, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  let technician: Technician;
  let token: string;
  /** Speaks some times a second, as scales do, until it is told to be silent. */
  let talking: NodeJS.Timeout | null = null;

  beforeAll(async () => {
    guest = await bootGuest();
    agent = await startGuestAgent(guest, { user: 'fibric-edge', dataDir: '/var/lib/fibric-edge/data' });
    technician = createTechnician(agent);
    token = await makeToken(agent);
  });
  afterEach(async ({ task }) => {
    hush();
    // What the agent said is all there is to go by afterwards.
    if (task.result?.state === 'fail') process.stderr.write(`${(await agent.output()).slice(-3_000)}\n`);
  });
  afterAll(async () => {
    await guest?.end();
  });

  const talk = (device: SimulatedHidDevice) => {
    hush();
    talking = setInterval(() => device.speak(), 150);
  };
  const hush = () => {
    if (talking !== null) clearInterval(talking);
    talking = null;
  };
  /** Past the time in which a report may be an old one. */
  const settled = () => new Promise((resolve) => setTimeout(resolve, 1_000));
  const present = (product: string, more: (path: string) => boolean = () => true) =>
    eventually(`${product} is there`, async () =>
      (await technician.devices()).find(
        (device) => device.present && device.descriptor.product === product && more(device.path),
      ),
    );
  const call = async (name: string, tool: string, args: Record<string, unknown> = {}) => {
    const client = await connectMcp(agent, (await technician.connector(name)).id, token);
    try {
      return await client.callTool({ name: tool, arguments: args });
    } finally {
      await client.close().catch(() => {});
    }
  };

  const scaleModel = scaleHidSimulator.create({ weight: 1234, unit: 2, status: 4 });
  let scale: SimulatedHidDevice;

  it('recognises a scale by its usage, and says which rule is missing to an agent without rights', async () => {
    scale = makeSimulatedHid(guest, dymo, arrayScaleDescriptor, scaleModel);
    await scale.plug();
    const device = await present('M10 Scale');
    expect(device).toMatchObject({
      bus: 'hid',
      path: '/dev/hidraw0',
      descriptor: { usages: ['008d:0020'], serial_number: 'HS1' },
      identity: { confidence: 'serial' },
      recognition: { listing: 'cn-scale-hid', certainty: 'certain' },
    });
    await technician.run('install', 'cn-scale-hid', '--device', device.id, '--name', 'post');
    const refused = await eventually('the missing right is known', async () => {
      const { health } = await technician.connector('post');
      return health.reason === 'permission_denied' && health;
    });
    expect(refused.hint).toContain('SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0922", ATTRS{idProduct}=="8003"');
  });

  it('weighs once the rules are there', async () => {
    await guest.control.write('/etc/udev/rules.d/60-fibric-edge.rules', rules);
    await guest.control.must('udevadm', 'control', '--reload');
    await scale.unplug();
    await technician.absent('HS1');
    await scale.plug();
    const { path } = await present('M10 Scale');
    expect(await guest.control.must('stat', '-c', '%U:%G %a', path)).toBe('root:fibric-edge 660\n');
    await eventually(
      'it is opened',
      async () => (await technician.connector('post')).health.reason !== 'permission_denied',
    );
    talk(scale);
    expect((await call('post', 'weight_read')).structuredContent).toMatchObject({
      value: '1234',
      unit: 'g',
      stable: true,
      fresh: true,
      status: 'stable',
    });
    scaleModel.change?.({ weight: 7125, unit: 3, exponent: -3, status: 3 });
    expect((await call('post', 'weight_read')).structuredContent).toMatchObject({
      value: '7.125',
      unit: 'kg',
      stable: false,
    });
    expect(await technician.run('connectors', 'test', 'post')).toMatchObject({ status: 'passed' });
    await technician.connected('post');
  });

  it('gives the last word of a scale that has fallen silent with its age, or not at all', async () => {
    hush();
    const old = (await call('post', 'weight_read')).structuredContent as { fresh: boolean; age_ms: number };
    expect(old).toMatchObject({ value: '7.125', fresh: false });
    expect(old.age_ms).toBeGreaterThanOrEqual(1_000);
    const refused = await call('post', 'weight_read', { fresh_only: true });
    expect(refused.isError).toBe(true);
  });

  it('ends a call with "unplugged" when the scale is pulled within it, and is well again after a replug', async () => {
    const reading = call('post', 'weight_read', { wait_stable_ms: 20_000 }).then(JSON.stringify, String);
    await eventually('it is being read', async () => {
      const open = await guest.control.must('sh', '-c', `ls -l /proc/${agent.pid}/fd`);
      return open.includes('/dev/hidraw');
    });
    // The call has to have come that far.
    await settled();
    await scale.unplug();
    expect(await reading).toContain('device_unplugged');
    await technician.absent('HS1');
    scaleModel.change?.({ weight: 42, unit: 2, exponent: 0, status: 2 });
    await scale.plug();
    await present('M10 Scale');
    talk(scale);
    await eventually('it weighs again', async () => {
      const { structuredContent } = await call('post', 'weight_read');
      return (structuredContent as { value?: string } | undefined)?.value === '42';
    });
    await scale.unplug();
  });

  it('opens the right lock of two relay boards that only their serial numbers tell apart', async () => {
    const [left, right] = ['LEFT1', 'RIGHT'].map((serial) =>
      createSimulatedBoard({ board: 'dcttech-2', serial, own_supply: false }, () => performance.now()),
    );
    if (left === undefined || right === undefined) throw new Error('two boards');
    const boards = [left, right].map((model) => makeSimulatedHid(guest, usbRelay, featureBytesDescriptor, model));
    const [leftBoard, rightBoard] = boards;
    if (leftBoard === undefined || rightBoard === undefined) throw new Error('two boards');
    await leftBoard.plug();
    const first = await present('USBRelay2');
    expect(first).toMatchObject({
      bus: 'hid',
      descriptor: { serial_number: null },
      recognition: { listing: 'cn-lock-relay' },
    });
    await rightBoard.plug();
    await present('USBRelay2', (path) => path !== first.path);
    const install = ['install', 'cn-lock-relay', '--device', first.id, '--name', 'door'];
    await technician.run(...install, 'board=dcttech-2', 'accept_agent_timed=true', 'min_interval_ms=0');
    await technician.run('connectors', 'set', 'door', 'policy.access.unlock=allow');
    await technician.connected('door');
    const known = (await technician.devices()).find(({ id }) => id === first.id);
    expect(known?.identity).toMatchObject({ confidence: 'protocol_serial', protocol_serial: 'LEFT1' });

    const opened = await call('door', 'access_unlock', { duration_ms: 500 });
    expect(opened.structuredContent).toMatchObject({ outcome: 'applied', evidence: 'read_back', sent: true });
    expect(left.state()['changes']).toMatchObject([
      { channel: 1, on: true },
      { channel: 1, on: false },
    ]);
    expect(right.state()['changes']).toEqual([]);

    // A board that stalls says no, and nothing moved.
    leftBoard.wrong.stalled.add(0);
    const stalled = await call('door', 'access_unlock', { duration_ms: 500 });
    expect(stalled.structuredContent).toMatchObject({ outcome: 'refused', sent: false });
    leftBoard.wrong.stalled.clear();
    expect(left.state()['change_count']).toBe(2);

    // One that refuses after all what it has done is read back: it has opened, and is closed again.
    leftBoard.wrong.afterSetting = { by: 'stall' };
    const refusedLate = await call('door', 'access_unlock', { duration_ms: 500 });
    expect(refusedLate.structuredContent, JSON.stringify(refusedLate.structuredContent)).toMatchObject({
      ...{ outcome: 'applied', evidence: 'read_back', sent: true },
    });
    expect(left.state()['changes']).toHaveLength(4);

    // One that lets the request time out after it has opened: nobody knows what it did, and it is closed at once.
    leftBoard.wrong.afterSetting = { by: 'delay', ms: 30_000 };
    const opening = call('door', 'access_unlock', { duration_ms: 4_000 });
    await eventually('it is open', async () => left.state()['change_count'] === 5);
    leftBoard.wrong.afterSetting = null;
    const hung = (await opening).structuredContent as { readonly journal_id: string };
    expect(hung).toMatchObject({ outcome: 'unknown', sent: true });
    await eventually('it is closed', async () => left.state()['change_count'] === 6);
    await technician.connected('door');
    await technician.run('journal', 'settle', hung.journal_id, '--happened', '--note', 'saw the door');

    // Another board in its socket is not the one that was installed: nothing is sent to it.
    await leftBoard.unplug();
    await eventually('it is gone', async () =>
      (await technician.devices()).some(({ id, present: here }) => id === first.id && !here),
    );
    const other = createSimulatedBoard({ board: 'dcttech-2', serial: 'OTHER' }, () => performance.now());
    const otherBoard = makeSimulatedHid(guest, usbRelay, featureBytesDescriptor, other);
    await otherBoard.plug();
    await eventually('another board is there', async () =>
      (await technician.devices()).some(({ id, present: here }) => id === first.id && here),
    );
    await eventually('it is noticed', async () => {
      const seen = (await technician.devices()).find(({ id }) => id === first.id);
      return seen?.identity.explanation.includes('It reports the serial number OTHER, but was known as LEFT1');
    });
    const wrong = await call('door', 'access_unlock', { duration_ms: 500 });
    expect(wrong.structuredContent).toMatchObject({ outcome: 'refused', sent: false });
    expect(JSON.stringify(wrong.structuredContent)).toContain('unconfirmed_device');
    expect([other.state()['changes'], right.state()['changes']]).toEqual([[], []]);
    await otherBoard.unplug();
    await rightBoard.unplug();
  });

  it('hears a scanner in HID POS mode: each code once, a long one whole, and again after a replug', async () => {
    const identity = { vendorId: 0x0c2e, productId: 0x0b67, product: 'Vuquest 3310g', serial: 'POS1' };
    const scanner = makeHidScanner(guest, identity);
    await scanner.plug();
    const device = await present('Vuquest 3310g');
    expect(device).toMatchObject({
      problem: null,
      descriptor: { usages: ['008c:0002'] },
      recognition: { listing: 'cn-scanner-hid', certainty: 'certain' },
    });
    await technician.run('install', 'cn-scanner-hid', '--device', device.id, '--name', 'till');
    await technician.connected('till');
    const heard = async (text: string): Promise<boolean> => {
      const answer = JSON.stringify(await technician.run('call', 'till', 'scan.read', 'limit=100'));
      const times = answer.split(`"${text}"`).length - 1;
      expect(times).toBeLessThanOrEqual(1);
      return times === 1;
    };
    let tries = 0;
    /** What comes right after opening may be old, and is not taken. */
    const isHeard = () =>
      eventually('a code is read', () => {
        tries += 1;
        scanner.act({ scan: `TRY-${tries}` });
        return heard(`TRY-${tries}`);
      });
    await isHeard();
    const long = 'https://example.test/'.padEnd(150, 'x');
    scanner.act({ scan: '4006381333931' });
    scanner.act({ scan: long, aim: ']Q1' });
    await eventually('both codes are read', async () => (await heard('4006381333931')) && (await heard(long)));
    await scanner.unplug();
    await technician.absent('POS1');
    expect((await technician.connector('till')).health).toMatchObject({ state: 'error', reason: 'device_unplugged' });
    await scanner.plug();
    await technician.connected('till');
    await isHeard();
    await scanner.unplug();
    await technician.absent('POS1');
  });

  it('shows a scanner that types as one that has to be switched, and installs nothing on it', async () => {
    const identity = { vendorId: 0x0c2e, productId: 0x0b61, product: 'Vuquest 3310g', serial: 'KB1' };
    const scanner = makeHidDevice(guest, identity, keyboardDescriptor);
    const keyboard = makeHidDevice(guest, { vendorId: 0x046d, productId: 0xc31c, product: 'K120' }, keyboardDescriptor);
    await scanner.plug();
    await keyboard.plug();
    const device = await present('Vuquest 3310g');
    expect(device.problem).toMatchObject({ reason: 'unsupported_setting' });
    expect(device.problem?.hint).toContain('PAP131');
    expect(device.recognition.listing).toBeNull();
    await expect(technician.run('install', 'cn-scale-hid', '--device', device.id, '--name', 'keys')).rejects.toThrow(
      'PAP131',
    );
    expect((await technician.devices()).map(({ descriptor }) => descriptor.product)).not.toContain('K120');
    await scanner.unplug();
    await keyboard.unplug();
  });

  it('survives a device that lies about the length of what it sends, and one that vanishes within a report', async () => {
    const liar = makeSimulatedHid(guest, { ...dymo, serial: 'LIAR1' }, arrayScaleDescriptor, scaleModel);
    liar.wrong.lieByBytes = 1;
    await liar.plug();
    await liar.unplug();
    await scale.plug();
    await present('M10 Scale');
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      scale.wrong.dropAfterBytes = 400;
      talk(scale);
      await technician.absent('HS1');
      hush();
      await scale.unplug();
      scale.wrong.dropAfterBytes = Number.POSITIVE_INFINITY;
      await scale.plug();
      talk(scale);
      await eventually('it weighs again', async () => {
        const { structuredContent } = await call('post', 'weight_read');
        return (structuredContent as { fresh?: boolean } | undefined)?.fresh === true;
      });
    }
  });
});
