import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import { agentFolder } from './bench/agent-files.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { createTechnician, type Technician } from './bench/technician.ts';
import { type AcmDevice, makeAcmDevice } from './bench/usb/cdc-acm.ts';

const rules = readFileSync(join(import.meta.dirname, '../../packaging/udev/60-fibric-edge.rules'), 'utf8');

/** Opens a port as the agent does, and holds its line in break. */
const sendBreak = `
  import { openSerialTransport } from './dist/main/hardware/sessions/serial-transport.js';
  const settings = { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' };
  const port = await openSerialTransport(process.argv[1], settings);
  await port.sendBreak(100);
  await port.close();
`;

describeOnKernel('serial lines, on a real kernel', () => {
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

  const scaleOnUsb = (serial: string): AcmDevice =>
    makeAcmDevice(guest, { vendorId: 0x0483, productId: 0x5740, product: 'Scale', serial }, [
      scaleSicsSimulator.create({ gross: '2.50', serial: `S${serial}` }),
    ]);
  const install = async (serial: string, name: string, config: Record<string, string | number> = {}) => {
    const { id } = await technician.present(serial);
    const installed = await agent.api.installConnector({
      listing: 'cn-scale-sics',
      auth: { type: 'none' },
      name,
      config: { device: id, ...config },
    });
    return installed.id;
  };
  const read = (connector: string) => agent.api.callTool(connector, { tool: 'weight.read', arguments: {} });

  it('raises DTR and RTS once at opening, as the system does, and never pulses them; drops them at closing', async () => {
    const scale = scaleOnUsb('LINES01');
    await scale.plug();
    const id = await install('LINES01', 'lines');
    await technician.connected('lines');
    await read(id);
    const opened = scale.events(0).filter((event) => event.startsWith('DTR'));
    expect(opened).toEqual(['DTR on, RTS on']);
    expect(
      scale
        .events(0)
        .filter((event) => !event.startsWith('DTR'))
        .at(-1),
    ).toBe('9600');

    // Detection, reads and the second look of a rescan leave an open port alone.
    const other = scaleOnUsb('LINES02');
    await other.plug();
    await technician.present('LINES02');
    await read(id);
    expect(other.events(0)).not.toContain('DTR on, RTS on');
    expect(scale.events(0).filter((event) => event.startsWith('DTR'))).toEqual(opened);

    await agent.api.removeConnector(id);
    expect(scale.events(0).filter((event) => event.startsWith('DTR'))).toEqual([...opened, 'DTR off, RTS off']);
    await Promise.all([scale.unplug(), other.unplug()]);
  });

  it('notices an unplug though nobody asks for anything', async () => {
    const scale = scaleOnUsb('QUIET01');
    await scale.plug();
    await install('QUIET01', 'quiet');
    await technician.connected('quiet');
    await scale.unplug();
    await eventually('the unplug is noticed', async () => (await technician.connector('quiet')).status === 'error');
    expect((await technician.connector('quiet')).health.reason).toBe('device_unplugged');
    await technician.run('connectors', 'remove', 'quiet', '--yes');
  });

  it('reads a seventh port while six hold their flow control line', async () => {
    const held = ['1', '2', '3', '4', '5', '6'].map((number) => scaleOnUsb(`HELD0${number}`));
    const free = scaleOnUsb('FREE01');
    const connectors: string[] = [];
    for (const [index, scale] of held.entries()) {
      await scale.plug();
      // The first one's call ends by itself; the others wait for as long as the seventh may take on a busy machine.
      const patience: Record<string, number> = index === 0 ? {} : { reply_timeout_ms: 10_000 };
      connectors.push(
        await install(`HELD0${index + 1}`, `held-${index + 1}`, { flow_control: 'rts_cts', ...patience }),
      );
    }
    await free.plug();
    const freeConnector = await install('FREE01', 'free');
    await technician.connected('held-1', 'held-2', 'held-3', 'held-4', 'held-5', 'held-6', 'free');

    for (const scale of held) scale.wrong.holdOutput = true;
    let ended = 0;
    const stuck = connectors.map((id) =>
      read(id).then(
        () => 'answered',
        (error) => {
          ended += 1;
          return error.code as string;
        },
      ),
    );
    expect(await read(freeConnector)).toMatchObject({ output: { value: '2.50' } });
    // They were still waiting: it was read beside them, not after them.
    expect(ended).toBeLessThan(6);
    expect(await stuck[0]).not.toBe('answered');

    for (const scale of held) scale.release();
    await Promise.all(stuck);
    for (const id of connectors) {
      await eventually('a held port works again', () => read(id).then(Boolean, () => false));
    }
    for (const id of [...connectors, freeConnector]) await agent.api.removeConnector(id);
    await Promise.all([...held, free].map((scale) => scale.unplug()));
  });

  it('ends a call whose device vanishes within its answer, and works again after a replug', async () => {
    const scale = scaleOnUsb('DROPS01');
    await scale.plug();
    const id = await install('DROPS01', 'drops');
    await technician.connected('drops');
    await read(id);
    scale.wrong.dropAfterBytes = 0;
    const outcome = await read(id).then(
      () => 'answered',
      (error) => String(error.details?.upstream?.reason ?? error.code),
    );
    expect(outcome).toBe('device_unplugged');
    scale.wrong.dropAfterBytes = Number.POSITIVE_INFINITY;
    await scale.unplug();
    await scale.plug();
    await eventually('it is read again', () => read(id).then(Boolean, () => false));
    await agent.api.removeConnector(id);
    await scale.unplug();
  });

  it('holds a line in break for as long as it is asked to, and pulses no other line for it', async () => {
    const scale = scaleOnUsb('BREAK01');
    await scale.plug();
    const { path } = await technician.present('BREAK01');
    const sent = await guest.control.run([
      'sh',
      '-c',
      `cd ${agentFolder} && exec node --input-type=module -e "$0" ${path}`,
      sendBreak,
    ]);
    expect([sent.code, sent.stderr]).toEqual([0, '']);
    const events = await eventually('the line is let go', async () => {
      const seen = scale.events(0);
      return seen.includes('DTR off, RTS off') && seen;
    });
    expect(events.slice(events.indexOf('DTR on, RTS on'))).toEqual([
      'DTR on, RTS on',
      'break on',
      'break off',
      'DTR off, RTS off',
    ]);
    await scale.unplug();
  });

  it('takes no answer that comes late for the next one, reads one in pieces and past a halt, and ends with a liar', async () => {
    const simulated = scaleSicsSimulator.create({ gross: '2.50', serial: 'SLATE01' });
    const identity = { vendorId: 0x0483, productId: 0x5740, product: 'Scale', serial: 'LATE001' };
    const scale = makeAcmDevice(guest, identity, [simulated]);
    const [IN, OUT] = [0x82, 0x02];
    const reasonOf = (error: unknown) =>
      String((error as { details?: { upstream?: { reason?: string } } }).details?.upstream?.reason);
    await scale.plug();
    const id = await install('LATE001', 'late', { reply_timeout_ms: 1_000 });
    await technician.connected('late');
    const weight = () =>
      eventually('it weighs', async () => {
        const answer = await read(id).catch(() => null);
        return answer?.kind === 'read' ? answer.output['value'] : null;
      });
    const replug = async () => {
      await scale.unplug();
      await technician.absent('LATE001');
      await scale.plug();
      await technician.connected('late');
    };

    scale.wrong.lateMs = 3_000;
    expect(await read(id).catch(reasonOf)).toBe('no_reply');
    scale.wrong.lateMs = 0;
    simulated.change?.({ gross: '3.75' });
    expect(await weight()).toBe('3.75');

    scale.wrong.pieceBytes = 1;
    scale.wrong.halted.add(IN);
    simulated.change?.({ gross: '4.25' });
    expect(await weight()).toBe('4.25');
    scale.wrong.pieceBytes = Number.POSITIVE_INFINITY;

    // The kernel's driver drops what an endpoint refuses, and tells nobody: the scale is silent then.
    scale.wrong.stalled.add(OUT);
    expect(await read(id).catch(reasonOf)).toBe('no_reply');
    scale.wrong.stalled.clear();
    await replug();
    expect(await weight()).toBe('4.25');

    scale.wrong.lieByBytes = 1;
    // What it said may be whole before the lie comes out: then it is the weight, and never another.
    const said = await read(id).then((answer) => (answer.kind === 'read' ? answer.output['value'] : null), reasonOf);
    expect(['4.25', 'device_unplugged', 'no_reply']).toContain(said);
    scale.wrong.lieByBytes = 0;
    await replug();
    expect(await weight()).toBe('4.25');
    await agent.api.removeConnector(id);
    await scale.unplug();
  });

  it('locks its ports against others, and names the program that has one', async () => {
    const scale = scaleOnUsb('LOCKS01');
    await scale.plug();
    const { path } = await technician.present('LOCKS01');
    const id = await install('LOCKS01', 'locks');
    await technician.connected('locks');
    // What programs that lock do: an advisory lock on the node.
    const other = ['flock', '-n', path, 'true'];
    expect((await guest.control.run(other)).code).toBe(1);
    await agent.api.removeConnector(id);
    expect((await guest.control.run(other)).code).toBe(0);

    const holder = await guest.control.start('/tmp/holder.log', ['flock', '--close', path, 'sleep', '600']);
    const again = await install('LOCKS01', 'locks');
    await eventually('the port is known to be held', async () => {
      return (await technician.connector('locks')).health.reason === 'port_busy';
    });
    const { problem } = await technician.present('LOCKS01');
    expect(problem?.message).toContain(`in use by flock (process ${holder})`);
    await guest.control.kill(holder, 'SIGKILL');
    await technician.connected('locks');
    await agent.api.removeConnector(again);
    await scale.unplug();
  });

  it('ends when it is asked to, though a port is held', async () => {
    const scale = scaleOnUsb('STUCK01');
    await scale.plug();
    const id = await install('STUCK01', 'stuck', { flow_control: 'rts_cts' });
    await technician.connected('stuck');
    scale.wrong.holdOutput = true;
    await expect(read(id)).rejects.toBeDefined();
    // Rejects after a minute; without an end of its own it would be there for ever.
    expect(await agent.stop()).toBe(0);
    await scale.unplug();
  });

  it('says which group is missing to an agent without rights, and works with the udev rules alone', async () => {
    agent = await startGuestAgent(guest, { user: 'fibric-edge', dataDir: '/var/lib/fibric-edge/data' });
    technician = createTechnician(agent);
    const scale = scaleOnUsb('RIGHTS1');
    await scale.plug();
    const { path } = await technician.present('RIGHTS1');
    expect(await guest.control.must('stat', '-c', '%U:%G %a', path)).toBe('root:dialout 660\n');
    await install('RIGHTS1', 'rights');
    const refused = await eventually('the missing right is known', async () => {
      const { health } = await technician.connector('rights');
      return health.reason === 'permission_denied' && health;
    });
    expect(refused.hint).toContain('sudo usermod -aG dialout fibric-edge');
    const { stdout } = await agent.edge('doctor');
    expect(stdout).toContain('usermod -aG dialout fibric-edge');

    await guest.control.write('/etc/udev/rules.d/60-fibric-edge.rules', rules);
    await guest.control.must('udevadm', 'control', '--reload');
    await scale.unplug();
    await technician.absent('RIGHTS1');
    await scale.plug();
    await technician.connected('rights');
    const after = await technician.present('RIGHTS1');
    expect(await guest.control.must('stat', '-c', '%U:%G %a', after.path)).toBe('root:fibric-edge 660\n');
    const known = await guest.control.must('udevadm', 'info', '-q', 'property', '-n', after.path);
    expect(known).toContain('ID_MM_DEVICE_IGNORE=1');
    expect(known).toContain('ID_MM_PORT_IGNORE=1');
  });
});
