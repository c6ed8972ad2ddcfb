import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedDevice, SimulatorModel } from '../../../drivers/kit/simulator/simulated-device.ts';
import { modbusSimulator } from '../../../drivers/modbus/simulator.ts';
import { printerEscposSimulator } from '../../../drivers/printer-escpos/simulator.ts';
import { type FtdiAdapter, makeFtdiAdapter } from '../../kernel/bench/ftdi-adapter.ts';
import { bootGuest } from '../../kernel/bench/guest.ts';
import { type GuestAgent, startGuestAgent } from '../../kernel/bench/guest-agent.ts';
import { createTechnician, type Technician } from '../../kernel/bench/technician.ts';
import type { Load } from '../loads/load.ts';
import { receipts } from '../loads/receipts.ts';
import { relays } from '../loads/relays.ts';
import { type DiskMoment, serveDisk } from './disk-server.ts';
import { type CacheLoss, createVolatileDisk } from './volatile-disk.ts';

const DISK_BYTES = 64 << 20;
/** Where the agent's data lies in the guest. */
const DATA_FOLDER = '/var/lib/edge';

/** At which steps of the machine the power may go: those of its disk, and bytes that have just reached a device. */
export type MachineMoment = DiskMoment | 'wire';

/** A machine that is on, with its agent and both devices ready. */
export interface PoweredMachine {
  readonly agent: GuestAgent;
  readonly technician: Technician;
  /** From the start of the guest until both devices were ready. */
  readonly upInMs: number;
  /** From now on its disk keeps nothing, whatever it is told. */
  lie(): void;
  /** The power goes, now. What had left the machine still arrives; resolves when all of it has. */
  cut(random: () => number): Promise<CacheLoss>;
}

/** A machine whose memory forgets and whose disk may, with devices that have their own supply and outlive it. */
export interface Machine {
  readonly loads: readonly Load[];
  stateOf(load: Load): ReturnType<SimulatedDevice['state']>;
  /** Told of every {@link MachineMoment} while the machine is on. */
  onMoment: (moment: MachineMoment) => void;
  /** Boots from the disk as it is; installs the connectors the first time. */
  powerOn(): Promise<PoweredMachine>;
  /** Ends everything; idempotent. */
  close(): Promise<void>;
}

interface Fixture {
  readonly load: Load;
  readonly model: SimulatorModel;
  readonly serial: string;
  readonly port: string;
  readonly config: Readonly<Record<string, string | number>>;
}

const fixtures: readonly Fixture[] = [
  { load: receipts, model: printerEscposSimulator, serial: 'A9RECEIPT', port: '1', config: {} },
  {
    load: relays,
    model: modbusSimulator,
    serial: 'A9RELAYS1',
    port: '2',
    config: { unit: 1, map: 'waveshare-relay-8' },
  },
];

/** Makes a machine that is off, with an empty file system. */
export function makeMachine(): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'edge-power-'));
  const disk = createVolatileDisk(emptyFileSystem(folder));
  const devices = fixtures.map((fixture) => ({
    ...fixture,
    device: fixture.model.create(fixture.load.device.simulator),
  }));
  let boots = 0;
  let switchOff: () => Promise<void> = async () => {};

  const machine: Machine = {
    loads: fixtures.map(({ load }) => load),
    stateOf(load) {
      const found = devices.find((each) => each.load === load);
      if (found === undefined) throw new Error(`no device of ${load.name}`);
      return found.device.state();
    },
    onMoment: () => {},
    async powerOn() {
      boots += 1;
      const socket = join(folder, `disk-${boots}.sock`);
      const server = await serveDisk(socket, disk, (moment) => machine.onMoment(moment));
      const startedAt = performance.now();
      const guest = await bootGuest({ diskSocket: socket }).catch(async (error: unknown) => {
        await server.close();
        throw error;
      });
      switchOff = async () => {
        await guest.end();
        await server.close();
      };
      await guest.control.must('modprobe', '-a', 'virtio_blk', 'ext4');
      await guest.control.must('mkdir', '-p', DATA_FOLDER);
      await guest.control.must('mount', '-t', 'ext4', '/dev/vda', DATA_FOLDER);
      const adapters: FtdiAdapter[] = [];
      for (const { device, port, serial } of devices) {
        const adapter = await makeFtdiAdapter(
          guest,
          { port, serial },
          watched(device, () => machine.onMoment('wire')),
        );
        await adapter.plug();
        adapters.push(adapter);
      }
      const agent = await startGuestAgent(guest);
      const technician = createTechnician(agent);
      if (boots === 1) for (const fixture of fixtures) await install(agent, technician, fixture);
      await technician.connected(...fixtures.map(({ load }) => load.connector));
      return {
        agent,
        technician,
        upInMs: Math.round(performance.now() - startedAt),
        lie: () => disk.lie(),
        async cut(random) {
          server.freeze();
          const loss = disk.cut(random);
          await guest.cutPower();
          for (const adapter of adapters) await adapter.gone();
          await server.close();
          return loss;
        },
      };
    },
    async close() {
      await switchOff();
      switchOff = async () => {};
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return machine;
}

async function install(agent: GuestAgent, technician: Technician, { load, serial, config }: Fixture): Promise<void> {
  const { id } = await technician.present(serial);
  await agent.api.installConnector({
    listing: load.device.listing,
    auth: { type: 'none' },
    name: load.connector,
    config: { device: id, ...config },
  });
  await technician.run('connectors', 'set', load.connector, 'policy.default=allow');
}

/** The same device; `onBytes` is told after it has received some. */
function watched(device: SimulatedDevice, onBytes: () => void): SimulatedDevice {
  return {
    ...device,
    receive(bytes, send) {
      device.receive(bytes, send);
      onBytes();
    },
  };
}

function emptyFileSystem(folder: string): Uint8Array {
  const image = join(folder, 'empty.img');
  writeFileSync(image, '');
  truncateSync(image, DISK_BYTES);
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', image], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  });
  const content = readFileSync(image);
  rmSync(image);
  return content;
}
