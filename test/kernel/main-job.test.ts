import { afterAll, beforeAll, expect, it } from 'vitest';
import { modbusSimulator } from '../../drivers/modbus/simulator.ts';
import { scaleSicsSimulator } from '../../drivers/scale-sics/simulator.ts';
import { connectMcp, makeToken } from '../whole/support/mcp.ts';
import { eventually } from '../whole/support/wires.ts';
import { type FtdiAdapter, makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';

interface ShownDevice {
  readonly id: string;
  readonly path: string;
  readonly present: boolean;
  readonly unit: number | null;
  readonly identity: { readonly confidence: string; readonly needs_confirmation: boolean };
  readonly recognition: { readonly shared_adapter: boolean };
  readonly descriptor: { readonly serial_number: string | null };
}

describeOnKernel('the main job, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  const scale = scaleSicsSimulator.create({ gross: '7.125' });
  const units = modbusSimulator.create({ units: [{ address: 1, map: 'waveshare-relay-8' }] });
  let scaleAdapter: FtdiAdapter;
  let busAdapter: FtdiAdapter;

  beforeAll(async () => {
    guest = await bootGuest();
    scaleAdapter = await makeFtdiAdapter(guest, { port: '1', serial: 'A9SCALE1' }, scale);
    busAdapter = await makeFtdiAdapter(guest, { port: '2', serial: 'A9BUS001' }, units);
    agent = await startGuestAgent(guest);
  }, 180_000);

  afterAll(async () => {
    await guest?.end();
  });

  const run = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await agent.edge(...args, '--json');
    if (code !== 0) throw new Error(`fibric-edge ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  };
  const devices = async () => (await run('devices')) as readonly ShownDevice[];
  const present = (serial: string) =>
    eventually(`the adapter ${serial} is listed`, 10_000, async () =>
      (await devices()).find((device) => device.descriptor.serial_number === serial && device.present),
    );

  it('recognises', async () => {
    console.log(guest.bootedInMs, await agent.output());
    await Promise.all([scaleAdapter.plug(), busAdapter.plug()]);
    console.log(await present('A9SCALE1'));
    console.log(await present('A9BUS001'));
  });
});
