import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { printerEscpos } from '../../drivers/printer-escpos/index.ts';
import { printerEscposSimulator } from '../../drivers/printer-escpos/simulator.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { createTechnician, type Technician } from './bench/technician.ts';
import { makePrinter, type PrinterDevice } from './bench/usb/printer.ts';

const rules = readFileSync(join(import.meta.dirname, '../../packaging/udev/60-fibric-edge.rules'), 'utf8');
const deviceId = 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;DES:EPSON TM-T88V;';
const service = { user: 'fibric-edge', dataDir: '/var/lib/fibric-edge/data' } as const;

/** A receipt of some thousand bytes: it has a logo. */
const content = [
  { type: 'text', text: 'Corner Cafe' },
  { type: 'qr', data: 'https://example.com/r/1187', module_dots: 8 },
  { type: 'text', text: 'Thank you, and come again soon. '.repeat(160) },
];

/** The agent is the service's: no root, and what the udev rules give it. */
describeOnKernel('a printer on the USB printer class, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  let technician: Technician;
  const paper = printerEscposSimulator.create({ model: 'TM-T88V', serial: 'TILL1', process_id: true });
  let printer: PrinterDevice;

  beforeAll(async () => {
    guest = await bootGuest();
    agent = await startGuestAgent(guest, service);
    technician = createTechnician(agent);
    const identity = {
      vendorId: 0x04b8,
      productId: 0x0e15,
      manufacturer: 'EPSON',
      product: 'TM-T88V',
      serial: 'PRN0001',
    };
    printer = makePrinter(guest, identity, { deviceId, behind: paper });
  });
  afterAll(async () => {
    if (process.env['EDGE_SHOW'] !== undefined) process.stderr.write(`${await agent?.output()}\n`);
    await guest?.end();
  });

  const shell = async (command: string) => (await guest.control.run(['sh', '-c', command])).stdout.trim();
  /** What the kernel has the interface for: `usblp`, `usbfs`, or nothing. */
  const driverOf = async (path: string) =>
    shell(`basename "$(readlink /sys/bus/usb/devices/${path.replace('usb:', '')}/driver)"`);
  const receipts = () => Number(paper.state()['receipts_total']);
  const till = () => technician.connector('till');
  const print = async (key: string) => {
    const { id } = await till();
    const args = { content, idempotency_key: key };
    const answer = await agent.api.callTool(id, { tool: 'receipt.print', arguments: args });
    if (answer.kind !== 'effect' || answer.result.journal_id === null) throw new Error('no effect');
    return { ...answer.result, journal_id: answer.result.journal_id };
  };
  const read = async (name = 'till') => {
    const { id } = await technician.connector(name);
    const answer = await agent.api.callTool(id, { tool: 'printer.read', arguments: {} });
    return answer.kind === 'read' ? answer.output : null;
  };
  /** Its state, as soon as it says one: on a busy machine an answer may take longer than is waited for. */
  const state = () => eventually('it says how it is', () => read().catch(() => null));
  const reasonOf = (error: unknown) =>
    String((error as { details?: { upstream?: { reason?: string } } }).details?.upstream?.reason);
  const replug = async () => {
    await technician.absent('PRN0001');
    await printer.unplug();
    await printer.plug();
    await technician.connected('till');
  };
  /** A person looks at the paper. */
  const settle = (journalId: string) =>
    technician.run('journal', 'settle', journalId, '--did-not-happen', '--note', 'looked at the paper');

  it('is recognised by its ids and by what it says of itself, and stays with the system until it is installed', async () => {
    await printer.plug();
    const device = await eventually('its id is read', async () => {
      const found = await technician.present('PRN0001');
      return found.descriptor.ieee1284_id === null ? null : found;
    });
    expect(device.descriptor.ieee1284_id).toBe(deviceId);
    expect(device).toMatchObject({ bus: 'usb_printer', identity: { confidence: 'serial' } });
    expect(device.path).toMatch(/^usb:\d+-\d+:1\.0$/);
    expect(device.recognition).toMatchObject({ listing: 'cn-printer-escpos', certainty: 'certain' });
    expect(await driverOf(device.path)).toBe('usblp');

    // An office printer is told apart by what it speaks.
    const office = makePrinter(
      guest,
      { vendorId: 0x04f9, productId: 0x0042, product: 'HL-L2350DW', serial: 'OFFICE1' },
      { deviceId: 'MFG:Brother;CMD:PJL,HBP,URF;MDL:HL-L2350DW;CLS:PRINTER;' },
    );
    await office.plug();
    const other = await eventually('the office printer is there', async () => {
      const found = await technician.present('OFFICE1');
      return found.descriptor.ieee1284_id === null ? null : found;
    });
    expect(other.recognition).toMatchObject({ listing: null, candidates: [] });
    await office.unplug();
  });

  it('says which right is missing, and with the udev rules works without a restart', async () => {
    const { id, path } = await technician.present('PRN0001');
    await technician.run('install', 'cn-printer-escpos', '--device', id, '--name', 'till');
    const refused = await eventually('the missing right is known', async () => {
      const { health } = await till();
      return health.reason === 'permission_denied' && health;
    });
    expect(refused.hint).toMatch(/usermod -aG \w+ fibric-edge/);
    expect(await driverOf(path)).toBe('usblp');

    await guest.control.write('/etc/udev/rules.d/60-fibric-edge.rules', rules);
    await guest.control.must('udevadm', 'control', '--reload');
    await printer.unplug();
    await technician.absent('PRN0001');
    await printer.plug();
    await technician.connected('till');
    expect(await technician.run('connectors', 'test', 'till')).toMatchObject({ status: 'passed' });
    expect(await driverOf((await technician.present('PRN0001')).path)).toBe('usbfs');
    expect((await technician.present('PRN0001')).recognition.listing).toBe('cn-printer-escpos');
  });

  it('prints a receipt once: every byte that was planned, and the printer confirms it', async () => {
    await technician.run('connectors', 'set', 'till', 'policy.receipt.print=allow', 'policy.drawer.open=allow');
    const done = await print('order-1');
    expect(done).toMatchObject({ outcome: 'applied', sent: true, evidence: 'device_ack' });
    expect(await print('order-1')).toMatchObject({ deduplicated: true, journal_id: done.journal_id });
    expect(receipts()).toBe(1);
    const planned = printerEscpos
      .tools({ options: {}, link: 'usb_printer', unit: null, settings: null, reportDescriptor: null })
      .flatMap((tool) => (tool.capability === 'receipt.print' && tool.sideEffect ? tool.plan({ content }).frames : []));
    const [frame] = planned;
    if (frame === undefined) throw new Error('no plan');
    const arrived = Buffer.from(printer.printed());
    expect(frame.bytes.length).toBeGreaterThan(4_096);
    expect(arrived.indexOf(frame.bytes)).toBeGreaterThan(0);
    expect(arrived.indexOf(frame.bytes, arrived.indexOf(frame.bytes) + 1)).toBe(-1);
  });

  it('reads its state, and sends no receipt to one without paper', async () => {
    expect(await state()).toMatchObject({ ready: true, paper: 'ok', told_by: 'printer' });
    paper.change?.({ paper: 'out' });
    expect(await state()).toMatchObject({ ready: false, paper: 'out' });
    const before = printer.printed().length;
    expect(await print('order-2')).toMatchObject({ outcome: 'refused', sent: false });
    expect(printer.printed().length - before).toBeLessThan(100);
    paper.change?.({ paper: 'ok' });
  });

  it('takes no answer that comes late for that of the next question', async () => {
    paper.change?.({ paper: 'out' });
    printer.wrong.lateMs = 2_500;
    expect(await read().catch(reasonOf)).toBe('no_reply');
    // What it says now comes at once, and before that what it was asked for then.
    printer.wrong.lateMs = 0;
    paper.change?.({ paper: 'ok' });
    expect(await state()).toMatchObject({ ready: true, paper: 'ok' });
  });

  it('reads answers that come byte by byte, and those behind an endpoint that was halted', async () => {
    printer.wrong.pieceBytes = 1;
    printer.wrong.halted.add(0x81);
    expect(await print('order-pieces')).toMatchObject({ outcome: 'applied', evidence: 'device_ack' });
    expect(printer.wrong.halted.size).toBe(0);
    printer.wrong.pieceBytes = Number.POSITIVE_INFINITY;
  });

  it('is in error while each answer is refused, and well again after it', async () => {
    printer.wrong.stalled.add(0x81);
    expect(await read().catch(reasonOf)).not.toBe('undefined');
    await eventually('it is in error', async () => (await till()).status === 'error');
    printer.wrong.stalled.clear();
    await technician.connected('till');
    expect(await state()).toMatchObject({ ready: true });
  });

  it.each(['vanishes within an answer', 'says that an answer is longer than it is'])(
    'ends a call when it %s, and is read again after a replug',
    async (how) => {
      if (how.startsWith('vanishes')) printer.wrong.dropAfterBytes = 0;
      else printer.wrong.lieByBytes = 1;
      expect(await read().catch(reasonOf)).toMatch(/^(device_unplugged|no_reply)$/);
      printer.wrong.dropAfterBytes = Number.POSITIVE_INFINITY;
      printer.wrong.lieByBytes = 0;
      await printer.unplug();
      await replug();
      expect(await state()).toMatchObject({ ready: true, paper: 'ok' });
    },
  );

  it.each(['halt', 'vanish'] as const)(
    'leaves a receipt in doubt that broke off by %s, and never repeats it',
    async (by) => {
      const before = receipts();
      printer.wrong.breakWithin = { bytes: 700, by };
      const doubtful = await print(`order-${by}`);
      expect(doubtful).toMatchObject({ outcome: 'unknown', sent: true });
      expect(JSON.stringify(doubtful)).toMatch(/At most 4096 of its \d{4} bytes can have left/);
      expect(await print(`order-${by}`)).toMatchObject({ outcome: 'unknown', deduplicated: true });
      if (by === 'vanish') await replug();
      else await technician.connected('till');
      // What it had taken is not a receipt, and what follows is no repeat.
      expect(receipts()).toBe(before);
      paper.change?.({ power_cycle: true });
      await settle(doubtful.journal_id);
      expect(await print(`order-after-${by}`)).toMatchObject({ outcome: 'applied' });
      expect(receipts()).toBe(before + 1);
    },
  );

  it('ends a wait for a printer that takes no more, and tells how far it came', async () => {
    const before = Number(paper.state()['drawer_pulses_total']);
    // Questions are three bytes long, the pulse is five.
    printer.wrong.breakWithin = { bytes: 3, by: 'hold' };
    const { id } = await till();
    const answer = await agent.api.callTool(id, { tool: 'drawer.open', arguments: {} });
    if (answer.kind !== 'effect' || answer.result.journal_id === null) throw new Error('no effect');
    expect(answer.result).toMatchObject({
      outcome: 'unknown',
      sent: true,
      error: { message: expect.stringContaining('At most 5 of its 5 bytes can have left') },
    });
    printer.release();
    paper.change?.({ power_cycle: true });
    await technician.connected('till');
    await settle(answer.result.journal_id);
    expect(await read()).toMatchObject({ ready: true });
    // What was held never came: the part on its way was taken back with the claim.
    expect(paper.state()['drawer_pulses_total']).toBe(before);
  });

  it('gives the kernel’s driver back at once when it is uninstalled, and after a kill at the next start', async () => {
    const { path } = await technician.present('PRN0001');
    await guest.control.run(['kill', '-9', String(agent.pid)]);
    await eventually('the interface is free', async () => (await driverOf(path)) !== 'usbfs');
    expect(await shell('ls /dev/usb 2>/dev/null')).toBe('');
    agent = await startGuestAgent(guest, service);
    technician = createTechnician(agent);
    await technician.connected('till');
    expect(await shell('cat /var/lib/fibric-edge/data/logs/*')).toContain(
      `The system's driver was given back to the printer at ${path}`,
    );
    expect(await driverOf(path)).toBe('usbfs');
    await technician.run('connectors', 'remove', 'till', '--yes');
    expect(await driverOf(path)).toBe('usblp');
    expect(await shell('ls /dev/usb')).toBe('lp0');
  }, 300_000);

  it('takes a printer from no program, and names the one that has it', async () => {
    const { path, id } = await technician.present('PRN0001');
    const holding = 'exec 3<>/dev/usb/lp0; exec sleep 600';
    const holder = await guest.control.start('/tmp/holder.log', ['su', 'fibric-edge', '-s', '/bin/sh', '-c', holding]);
    await eventually('it is held', () => shell('pidof sleep'));
    await technician.run('install', 'cn-printer-escpos', '--device', id, '--name', 'till');
    await eventually('the printer is known to be held', async () => (await till()).health.reason === 'port_busy');
    expect(await driverOf(path)).toBe('usblp');
    const { problem } = await technician.present('PRN0001');
    expect(problem?.message).toMatch(/in use by sleep \(process \d+\)/);
    await guest.control.kill(holder, 'SIGKILL');
    await technician.connected('till');
    await technician.run('connectors', 'remove', 'till', '--yes');
    await printer.unplug();
  });

  it('knows of a printer without a way back what its port tells, and no more', async () => {
    const mute = makePrinter(
      guest,
      { vendorId: 0x04b8, productId: 0x0e03, product: 'TM-T20', serial: 'MUTE001' },
      { deviceId, oneWay: true, idLength: 'low first' },
    );
    await mute.plug();
    const { id } = await technician.present('MUTE001');
    await technician.run('install', 'cn-printer-escpos', '--device', id, '--name', 'mute');
    const asked = await eventually('it can’t be asked', async () => {
      const { health } = await technician.connector('mute');
      return health.reason === 'unsupported_setting' && health;
    });
    expect(asked.hint).toContain('answers to false');
    await technician.run('connectors', 'set', 'mute', 'answers=false', 'policy.receipt.print=allow');
    await technician.connected('mute');
    expect(await read('mute')).toMatchObject({ ready: true, paper: 'not_out', cover: 'unknown', told_by: 'port' });
    mute.setStatus({ paperEmpty: true, selected: true, error: true });
    expect(await read('mute')).toMatchObject({ ready: false, paper: 'out' });
    const call = ['call', 'mute', 'receipt.print', '--args', JSON.stringify({ content })];
    await expect(technician.run(...call)).rejects.toThrow('its paper is out');
    mute.setStatus({ paperEmpty: false, selected: true, error: false });
    expect(await technician.run(...call)).toMatchObject({ result: { outcome: 'applied', evidence: 'transmitted' } });
    await mute.unplug();
  });
});
