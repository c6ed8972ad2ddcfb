import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Debian's own: others lack its bindings. */
const python = '/usr/bin/python3';
const canPretend =
  spawnSync('umockdev-wrapper', [python, '-c', "import gi; gi.require_version('UMockdev', '1.0')"]).status === 0;
if (!canPretend) {
  process.stderr.write(
    'skipped: a pretended machine: umockdev is missing: apt-get install umockdev python3-gi gir1.2-umockdev-1.0 udev\n',
  );
}

type Shown = readonly (readonly [path: string, serial: string | null, topology: string])[];

const controller = '/devices/pci0000:00/0000:00:14.0';
const root = `P: ${controller}\nE: SUBSYSTEM=pci\n\nP: ${controller}/usb1\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nA: idVendor=1d6b\\n\nA: idProduct=0002\\n\n\n`;
const portFolder = (socket: number, name: string) => `${controller}/usb1/1-${socket}/1-${socket}:1.0/${name}`;

/** An adapter with its port, as umockdev(1) describes devices. */
function adapter(socket: number, name: string, serial: string | null): string {
  const device = `${controller}/usb1/1-${socket}`;
  return [
    `P: ${device}`,
    ...['E: SUBSYSTEM=usb', 'E: DEVTYPE=usb_device', 'A: idVendor=0403\\n', 'A: idProduct=6001\\n'],
    ...(serial === null ? [] : [`A: serial=${serial}\\n`]),
    ...[
      '',
      `P: ${device}/1-${socket}:1.0`,
      'E: SUBSYSTEM=usb',
      'E: DEVTYPE=usb_interface',
      'A: bInterfaceNumber=00\\n',
    ],
    ...['', `P: ${portFolder(socket, name)}`, 'E: SUBSYSTEM=usb-serial', 'A: port_number=0\\n'],
    ...['', `P: ${portFolder(socket, name)}/tty/${name}`, `N: ${name}`, 'E: SUBSYSTEM=tty', `E: DEVNAME=/dev/${name}`],
    ...[`A: dev=188:${socket}\\n`, `L: device=../../../${name}`, '', ''],
  ].join('\n');
}

describe.skipIf(!canPretend)('a pretended machine', () => {
  let machine: ChildProcess;
  let last = '';
  let wake = () => {};
  beforeEach(() => {
    const watcher = join(import.meta.dirname, 'testing', 'watch-pretended-machine.ts');
    const driver = join(import.meta.dirname, 'testing', 'pretended-machine.py');
    machine = spawn('umockdev-wrapper', [python, driver, process.execPath, watcher], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (machine.stdout === null) throw new Error('no output');
    createInterface({ input: machine.stdout }).on('line', (line) => {
      last = line;
      wake();
    });
  });
  afterEach(async () => {
    machine.stdin?.end();
    await once(machine, 'exit');
  });

  const tell = (command: { readonly add: string } | { readonly remove: string }) =>
    machine.stdin?.write(`${JSON.stringify(command)}\n`);
  const shows = async (expected: Shown) => {
    const wanted = JSON.stringify(expected);
    while (last !== wanted) await new Promise<void>((resolve) => (wake = resolve));
    expect(last).toBe(wanted);
  };
  const place = (socket: number) => `pci-0000:00:14.0-usb-0:${socket}:1.0`;

  it('is listed as udev tells of it: twins by their places, a missing serial number as none, and what is gone is gone', async () => {
    await shows([]);
    tell({ add: root + adapter(1, 'ttyUSB0', 'TWIN7') });
    await shows([['/dev/ttyUSB0', 'TWIN7', place(1)]]);
    tell({ add: adapter(2, 'ttyUSB1', 'TWIN7') + adapter(3, 'ttyUSB2', null) });
    await shows([
      ['/dev/ttyUSB0', 'TWIN7', place(1)],
      ['/dev/ttyUSB1', 'TWIN7', place(2)],
      ['/dev/ttyUSB2', null, place(3)],
    ]);
    tell({ remove: `/sys${portFolder(1, 'ttyUSB0')}/tty/ttyUSB0` });
    tell({ add: adapter(4, 'ttyUSB3', 'A9LATER1') });
    await shows([
      ['/dev/ttyUSB1', 'TWIN7', place(2)],
      ['/dev/ttyUSB2', null, place(3)],
      ['/dev/ttyUSB3', 'A9LATER1', place(4)],
    ]);
  });
});
