import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A machine's `/sys` and `/dev` in a folder, with one USB adapter that comes and goes. */
export interface PretendedPort {
  /** Where the kernel would make its node: a wire goes here. */
  readonly node: string;
  /** Lays it into `/sys`, as the kernel has it before udev tells of it. */
  add(): void;
  remove(): void;
}

const controller = 'sys/devices/pci0000:00/0000:00:14.0';
const unit = `${controller}/usb1/1-1`;
const face = `${unit}/1-1:1.0`;

/** Makes it in `root`, not there yet. */
export function makePretendedPort(root: string): PretendedPort {
  const write = (path: string, text: string) => writeFileSync(join(root, path), `${text}\n`);
  for (const folder of ['sys/class/tty', 'sys/bus/pci', controller, 'dev'])
    mkdirSync(join(root, folder), { recursive: true });
  symlinkSync(join(root, 'sys/bus/pci'), join(root, controller, 'subsystem'));
  let plugs = 0;
  return {
    node: join(root, 'dev/ttyUSB0'),
    add() {
      plugs += 1;
      mkdirSync(join(root, face, 'ttyUSB0'), { recursive: true });
      const facts = { idVendor: '0403', idProduct: '6001', serial: 'A9BENCH1', devnum: String(plugs) };
      for (const [name, text] of Object.entries(facts)) write(`${unit}/${name}`, text);
      write(`${face}/bInterfaceNumber`, '00');
      write(`${face}/ttyUSB0/port_number`, '0');
      mkdirSync(join(root, 'sys/class/tty/ttyUSB0'));
      symlinkSync(join(root, face, 'ttyUSB0'), join(root, 'sys/class/tty/ttyUSB0/device'));
    },
    remove() {
      rmSync(join(root, 'sys/class/tty/ttyUSB0'), { recursive: true, force: true });
      rmSync(join(root, unit), { recursive: true, force: true });
    },
  };
}

/** A monitor's output that is written by hand; a child of whoever reads it passes it on. */
export interface PretendedMonitor {
  readonly command: readonly [string, ...string[]];
  /** Begins to write: resolves when the reader has it open. */
  open(): void;
  /** One event of the tty, with those of its interface before it, as udevadm(8) prints them; returns when it was written. */
  tell(action: 'add' | 'remove'): number;
}

/** A monitor over the named pipe `path`, which is made. */
export function makePretendedMonitor(path: string): PretendedMonitor {
  execFileSync('mkfifo', [path]);
  let file = -1;
  return {
    command: ['cat', path],
    open() {
      // Waits for the reader.
      file = openSync(path, 'w');
      writeSync(
        file,
        'monitor will print the received events for:\nUDEV - the event which udev sends out after rule processing\n\n',
      );
    },
    tell(action) {
      const devpath = '/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0';
      const blocks = [
        `UDEV  [1.0] ${action}     ${devpath} (usb)\nACTION=${action}\nDEVPATH=${devpath}\nSUBSYSTEM=usb\nDEVTYPE=usb_interface\nINTERFACE=255/255/255\n`,
        `UDEV  [1.0] ${action}     ${devpath}/ttyUSB0/tty/ttyUSB0 (tty)\nACTION=${action}\nDEVPATH=${devpath}/ttyUSB0/tty/ttyUSB0\nSUBSYSTEM=tty\nDEVNAME=/dev/ttyUSB0\n`,
      ];
      const at = performance.now();
      writeSync(file, `${blocks.join('\n')}\n`);
      return at;
    },
  };
}
