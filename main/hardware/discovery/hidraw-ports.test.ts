import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  countedScannerDescriptor,
  featureBytesDescriptor,
  keyboardDescriptor,
  mouseDescriptor,
  variableScaleDescriptor,
} from '../../../drivers/kit/hid/testing/descriptors.table.ts';
import { readHidrawPorts } from './hidraw-ports.ts';
import { keyboardObstacle } from './keyboard-scanner.ts';

let root = '';
const roots = () => ({ sys: join(root, 'sys'), dev: join(root, 'dev') });
const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
let number = 0;

/** Lays the interfaces of one unit into the tree as the kernel does: device, interfaces, HID devices, hidraw nodes. */
function plugIn(
  place: string,
  facts: Readonly<Record<string, string>>,
  interfaces: readonly Uint8Array[],
  bus = '0003',
): void {
  const controller = 'sys/devices/pci0000:00/0000:00:14.0';
  const device = `${controller}/usb1/${place}`;
  for (const [name, text] of Object.entries(facts)) write(`${device}/${name}`, `${text}\n`);
  mkdirSync(join(root, 'sys/bus/pci'), { recursive: true });
  if (!existsSync(join(root, controller, 'subsystem'))) {
    symlinkSync(join(root, 'sys/bus/pci'), join(root, controller, 'subsystem'));
  }
  for (const [index, reportDescriptor] of interfaces.entries()) {
    const face = `${device}/${place}:1.${index}`;
    write(`${face}/bInterfaceNumber`, `0${index}\n`);
    const hid = `${face}/${bus}:0922:8003.000${number}`;
    write(`${hid}/report_descriptor`, reportDescriptor);
    const entry = `sys/class/hidraw/hidraw${number}`;
    mkdirSync(join(root, entry), { recursive: true });
    symlinkSync(join(root, hid), join(root, entry, 'device'));
    write(`dev/hidraw${number}`, '');
    number += 1;
  }
}
const seen = () => readHidrawPorts(roots());

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hidraw-'));
  number = 0;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const scale = { idVendor: '0922', idProduct: '8003', manufacturer: 'DYMO', product: 'M10 Scale', serial: '22159' };

describe('HID interfaces in sysfs', () => {
  it('shows a scale with its strings, its usage, its place and its report descriptor', () => {
    plugIn('1-1.2', scale, [variableScaleDescriptor]);
    expect(seen()).toMatchObject([
      {
        path: join(root, 'dev/hidraw0'),
        bus: 'hid',
        parent: 'unit:pci-0000:00:14.0-usb-0:1.2',
        descriptor: {
          vendor_id: '0922',
          product_id: '8003',
          product: 'M10 Scale',
          serial_number: '22159',
          interface: '00',
          topology: 'pci-0000:00:14.0-usb-0:1.2:1.0',
          usages: ['008d:0020'],
        },
        reportDescriptor: variableScaleDescriptor,
      },
    ]);
  });

  it('never shows keyboards and mice, nor what their makers put beside them', () => {
    plugIn('1-1', { idVendor: '046d', idProduct: 'c31c', product: 'USB Keyboard' }, [
      keyboardDescriptor,
      featureBytesDescriptor,
    ]);
    plugIn('1-2', { idVendor: '046d', idProduct: 'c077', product: 'USB Optical Mouse' }, [mouseDescriptor]);
    expect(seen()).toEqual([]);
  });

  it("shows a maker's own interface where nobody types with the unit: a relay board", () => {
    plugIn('1-1', { idVendor: '16c0', idProduct: '05df', product: 'USBRelay2' }, [featureBytesDescriptor]);
    expect(seen()).toMatchObject([{ descriptor: { usages: ['ff00:0001'], serial_number: null } }]);
  });

  it('shows a scanner that types, says that it can not be used so, and how it is switched', () => {
    plugIn('1-1', { idVendor: '0c2e', idProduct: '0b61', product: 'Vuquest 3310g' }, [
      keyboardDescriptor,
      featureBytesDescriptor,
    ]);
    plugIn('1-2', { idVendor: '1234', idProduct: '5678', product: 'USB BarCode Scanner' }, [keyboardDescriptor]);
    const obstacles = seen().map(({ descriptor }) => [descriptor.product, keyboardObstacle(descriptor)?.hint]);
    expect(obstacles).toEqual([
      ['Vuquest 3310g', expect.stringContaining('PAP131')],
      ['USB BarCode Scanner', expect.stringContaining('USB HID POS')],
    ]);
  });

  it('has no quarrel with the same scanner once it is switched', () => {
    plugIn('1-1', { idVendor: '0c2e', idProduct: '0b67' }, [countedScannerDescriptor]);
    expect(seen().map(({ descriptor }) => [descriptor.usages, keyboardObstacle(descriptor)])).toEqual([
      [['008c:0002'], null],
    ]);
  });

  it('leaves out what hangs on Bluetooth, and what has a descriptor that can not be read', () => {
    plugIn('1-1', scale, [variableScaleDescriptor], '0005');
    plugIn('1-2', scale, [variableScaleDescriptor.subarray(0, 9)]);
    expect(seen()).toEqual([]);
  });

  it('shows a new plug-in by the number the kernel gives it', () => {
    plugIn('1-1', { ...scale, devnum: '7' }, [variableScaleDescriptor]);
    const before = seen()[0]?.incarnation;
    write('sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/devnum', '8\n');
    expect(seen()[0]?.incarnation).not.toBe(before);
  });

  it('finds nothing where there is no such folder', () => {
    expect(seen()).toEqual([]);
  });
});
