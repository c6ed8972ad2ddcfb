import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDescriptor } from './seen-port.ts';
import { readSysfsPorts } from './sysfs-ports.ts';

let root = '';
const roots = () => ({ sys: join(root, 'sys'), dev: join(root, 'dev') });
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** Lays a USB unit into the tree as the kernel does: controller, root hub, device, interface, tty. */
function plugIn(unit: {
  readonly name: string;
  readonly place: string;
  readonly part?: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly usbSerialPort?: string;
  readonly node?: boolean;
}) {
  const controller = 'sys/devices/pci0000:00/0000:00:14.0';
  const part = unit.part ?? '00';
  const device = `${controller}/usb1/${unit.place}`;
  const face = `${device}/${unit.place}:1.${Number.parseInt(part, 16)}`;
  for (const [name, text] of Object.entries(unit.facts)) write(`${device}/${name}`, `${text}\n`);
  write(`${face}/bInterfaceNumber`, `${part}\n`);
  mkdirSync(join(root, 'sys/bus/pci'), { recursive: true });
  if (!existsSync(join(root, controller, 'subsystem'))) {
    symlinkSync(join(root, 'sys/bus/pci'), join(root, controller, 'subsystem'));
  }
  const tty = unit.usbSerialPort === undefined ? face : `${face}/${unit.name}`;
  mkdirSync(join(root, tty), { recursive: true });
  const entry = `sys/class/tty/${unit.name}`;
  mkdirSync(join(root, entry), { recursive: true });
  symlinkSync(join(root, tty), join(root, entry, 'device'));
  if (unit.usbSerialPort !== undefined) write(`${tty}/port_number`, unit.usbSerialPort);
  if (unit.node !== false) write(`dev/${unit.name}`, '');
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sysfs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('serial ports in sysfs', () => {
  it('reads the strings as the device reports them, and its place as udev names it', () => {
    plugIn({
      name: 'ttyUSB0',
      place: '1-1',
      facts: { idVendor: '0403', idProduct: '6001', manufacturer: 'FTDI', product: 'FT232R  USB', serial: 'A B_c' },
    });
    plugIn({
      name: 'ttyACM0',
      place: '1-1.2',
      part: '02',
      facts: { idVendor: '2341', idProduct: '0043', devnum: '7' },
    });
    const ports = readSysfsPorts(roots());
    expect(ports?.map((port) => port.descriptor)).toEqual([
      {
        ...emptyDescriptor,
        vendor_id: '2341',
        product_id: '0043',
        manufacturer: null,
        product: null,
        serial_number: null,
        interface: '02',
        topology: 'pci-0000:00:14.0-usb-0:1.2:1.2',
      },
      {
        ...emptyDescriptor,
        vendor_id: '0403',
        product_id: '6001',
        manufacturer: 'FTDI',
        product: 'FT232R  USB',
        serial_number: 'A B_c',
        interface: '00',
        topology: 'pci-0000:00:14.0-usb-0:1:1.0',
      },
    ]);
    expect(ports?.[0]?.parent).toBe('unit:pci-0000:00:14.0-usb-0:1.2');
  });

  it('tells the ports of one adapter with several ports behind one interface apart', () => {
    const facts = { idVendor: '110a', idProduct: '1450' };
    plugIn({ name: 'ttyUSB0', place: '1-1', facts, usbSerialPort: '0' });
    plugIn({ name: 'ttyUSB1', place: '1-1', part: '00', facts, usbSerialPort: '1' });
    const [one, two] = readSysfsPorts(roots()) ?? [];
    expect(one?.parent).toBe(two?.parent);
    expect([one?.descriptor.interface, two?.descriptor.interface]).toEqual(['00', '00.1']);
    expect(two?.descriptor.topology).toBe('pci-0000:00:14.0-usb-0:1:1.0-port1');
  });

  it('leaves out on-board ports without hardware, consoles, and ports without a node', () => {
    for (const [name, type] of [
      ['ttyS0', '4'],
      ['ttyS1', '0'],
    ] as const) {
      write(`sys/devices/platform/serial8250/${name}/uevent`, '');
      mkdirSync(join(root, `sys/class/tty/${name}`), { recursive: true });
      symlinkSync(join(root, 'sys/devices/platform/serial8250'), join(root, `sys/class/tty/${name}/device`));
      write(`sys/class/tty/${name}/type`, `${type}\n`);
      write(`dev/${name}`, '');
    }
    mkdirSync(join(root, 'sys/class/tty/tty1'), { recursive: true });
    plugIn({ name: 'ttyUSB9', place: '1-1', facts: { idVendor: '0403', idProduct: '6001' }, node: false });
    expect(readSysfsPorts(roots())?.map((port) => port.path)).toEqual([join(root, 'dev/ttyS0')]);
  });

  it('shows a new plug-in by the number the kernel gives it, though name and place are the same', () => {
    plugIn({ name: 'ttyUSB0', place: '1-1', facts: { idVendor: '0403', idProduct: '6001', devnum: '7' } });
    const before = readSysfsPorts(roots())?.[0]?.incarnation;
    write('sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/devnum', '8\n');
    expect(readSysfsPorts(roots())?.[0]?.incarnation).not.toBe(before);
  });

  it('says so when there is no sysfs', () => {
    expect(readSysfsPorts(roots())).toBeNull();
  });
});
