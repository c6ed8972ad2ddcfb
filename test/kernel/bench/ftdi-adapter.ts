import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { SimulatedDevice } from '../../../drivers/kit/simulator/simulated-device.ts';
import type { Guest } from './guest.ts';
import { within } from './json-lines.ts';
import { attachDevice } from './wire.ts';

/** An FT232 adapter with a device on its cable. It is in the guest's socket whenever it is plugged. */
export interface FtdiAdapter {
  /** Plugs it in; resolves when the virtual socket is connected, some 0.5 s before the port is there. */
  plug(): Promise<void>;
  /** Pulls it out. Idempotent. */
  unplug(): Promise<void>;
  /** Resolves when the guest has gone and everything that it had sent was received. Nothing waits for it while it runs. */
  gone(): Promise<void>;
  /** Unplugs it for good: its socket is free for another. */
  remove(): Promise<void>;
}

/** Where on the machine it goes: `2` is the controller's second socket, `5.1` the first of a hub at `5`. */
export interface AdapterPlace {
  readonly port: string;
  /** Two adapters may claim the same. */
  readonly serial: string;
}

let lastNumber = 0;

/** Makes QEMU's `usb-serial`, 0403:6001, with `device` on its cable; not plugged in yet. */
export async function makeFtdiAdapter(
  { qmp, folder }: Guest,
  { port, serial }: AdapterPlace,
  device: SimulatedDevice,
): Promise<FtdiAdapter> {
  lastNumber += 1;
  const id = `adapter-${lastNumber}`;
  const path = join(folder, `${id}.sock`);
  await qmp.execute('chardev-add', {
    id: `wire-${id}`,
    backend: { type: 'socket', data: { addr: { type: 'unix', data: { path } }, server: true, wait: false } },
  });
  // Without `always-plugged` the connection itself is the plug.
  await qmp.execute('device_add', { driver: 'usb-serial', id, chardev: `wire-${id}`, bus: 'xhci.0', port, serial });
  let socket: Socket | null = null;
  let stop = () => {};

  const unplug = async () => {
    const current = socket;
    socket = null;
    stop();
    if (current === null || current.destroyed) return;
    const closed = once(current, 'close');
    current.destroy();
    await closed;
  };
  return {
    async plug() {
      if (socket !== null) return;
      const current = connect(path);
      socket = current;
      current.on('error', () => current.destroy());
      await within(5_000, `the socket of ${id}`, once(current, 'connect'));
      stop = attachDevice(
        {
          onData: (listener) => void current.on('data', (chunk) => listener(new Uint8Array(Buffer.from(chunk)))),
          write: (bytes) => void (current.destroyed || current.write(bytes)),
        },
        device,
      );
    },
    unplug,
    async gone() {
      const current = socket;
      if (current !== null && !current.closed) await within(5_000, `the end of ${id}`, once(current, 'close'));
      await unplug();
    },
    async remove() {
      await unplug();
      await qmp.execute('device_del', { id });
    },
  };
}

/** Puts a hub of eight sockets into one of the controller's. */
export async function addHub({ qmp }: Guest, port: string): Promise<{ pull(): Promise<void> }> {
  const id = `hub-${port}`;
  await qmp.execute('device_add', { driver: 'usb-hub', id, bus: 'xhci.0', port });
  return { pull: async () => void (await qmp.execute('device_del', { id })) };
}
