import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readPrinterInterface } from '../usb/printer-interface.ts';
import { parseUsbPath } from '../usb/usb-path.ts';
import { listUsbPrinters, readUsbPrinters } from './usb-printers.ts';

let root = '';
const sys = () => join(root, 'sys');
const controller = 'devices/pci0000:00/0000:00:14.0';
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(sys(), path)), { recursive: true });
  writeFileSync(join(sys(), path), `${text}\n`);
};
const link = (target: string, path: string) => {
  mkdirSync(dirname(join(sys(), path)), { recursive: true });
  symlinkSync(join(sys(), target), join(sys(), path));
};

/** Lays a printer into the tree as the kernel does. */
function plugIn(
  place: string,
  options: { readonly kind?: readonly [string, string, string]; readonly driver?: string },
) {
  const [cls, subclass, protocol] = options.kind ?? ['07', '01', '02'];
  const device = `${controller}/usb1/${place}`;
  const face = `${device}/${place}:1.0`;
  const facts = { idVendor: '04b8', idProduct: '0e15', product: 'TM-T88V', serial: 'P1', busnum: '1', devnum: '7' };
  for (const [name, text] of Object.entries(facts)) write(`${device}/${name}`, text);
  for (const [name, text] of Object.entries({
    bInterfaceNumber: '00',
    bInterfaceClass: cls,
    bInterfaceSubClass: subclass,
    bInterfaceProtocol: protocol,
  })) {
    write(`${face}/${name}`, text);
  }
  const endpoint = (name: string, address: string, type: string, direction: string) => {
    write(`${face}/${name}/bEndpointAddress`, address);
    write(`${face}/${name}/type`, type);
    write(`${face}/${name}/direction`, direction);
    write(`${face}/${name}/wMaxPacketSize`, '0200');
  };
  endpoint('ep_02', '02', 'Bulk', 'out');
  if (protocol !== '01') endpoint('ep_81', '81', 'Bulk', 'in');
  mkdirSync(join(sys(), 'bus/pci'), { recursive: true });
  if (options.driver !== undefined) {
    mkdirSync(join(sys(), 'bus/usb/drivers', options.driver), { recursive: true });
    link(`bus/usb/drivers/${options.driver}`, `${face}/driver`);
  }
  if (options.driver === 'usblp') {
    write(`${face}/ieee1284_id`, 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;');
    write(`${face}/usbmisc/lp0/dev`, '180:0');
  }
  link(device, `bus/usb/devices/${place}`);
  link(face, `bus/usb/devices/${place}:1.0`);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'printers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('finds printers by the class of their interface, with the id that the system’s driver has read', () => {
  plugIn('1-1.2', { driver: 'usblp' });
  plugIn('1-3', { kind: ['03', '01', '02'] });
  link(`${controller}`, `${controller}/usb1/subsystem`);
  const [printer, ...others] = readUsbPrinters({ sys: sys() });
  expect(others).toEqual([]);
  expect(printer).toMatchObject({
    path: 'usb:1-1.2:1.0',
    bus: 'usb_printer',
    descriptor: {
      vendor_id: '04b8',
      product_id: '0e15',
      serial_number: 'P1',
      interface: '00',
      ieee1284_id: 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;',
    },
  });
  expect(printer?.descriptor.topology).toMatch(/-usb-0:1\.2:1\.0$/);
  expect(printer?.parent).toMatch(/^unit:.*-usb-0:1\.2$/);
});

it('is the same plug-in with and without the system’s driver, and another after a replug', () => {
  plugIn('1-1', { driver: 'usblp' });
  const before = readUsbPrinters({ sys: sys() })[0];
  rmSync(join(sys(), `${controller}/usb1/1-1/1-1:1.0/driver`));
  rmSync(join(sys(), `${controller}/usb1/1-1/1-1:1.0/ieee1284_id`));
  const taken = readUsbPrinters({ sys: sys() })[0];
  expect(taken?.incarnation).toBe(before?.incarnation);
  expect(taken?.descriptor.ieee1284_id).toBeNull();
  write(`${controller}/usb1/1-1/devnum`, '8');
  expect(readUsbPrinters({ sys: sys() })[0]?.incarnation).not.toBe(before?.incarnation);
});

it('is empty without USB, and on systems where printers are the print system’s', async () => {
  expect(readUsbPrinters({ sys: sys() })).toEqual([]);
  expect(await listUsbPrinters('win32')).toEqual([]);
  expect(await listUsbPrinters('darwin')).toEqual([]);
});

it('tells how a printer is opened, who has it, and whether it can answer', () => {
  plugIn('1-1', { driver: 'usblp' });
  plugIn('1-2', { kind: ['07', '01', '01'] });
  const read = (path: string) => {
    const place = parseUsbPath(path);
    return place === null ? null : readPrinterInterface(place, sys());
  };
  expect(read('usb:1-1:1.0')).toMatchObject({
    bus: 1,
    address: 7,
    protocol: 2,
    out: { number: 2, packetBytes: 512 },
    in: { number: 1, packetBytes: 512 },
    driver: 'usblp',
    printerNode: '/dev/usb/lp0',
    node: '/dev/bus/usb/001/007',
  });
  expect(read('usb:1-2:1.0')).toMatchObject({ protocol: 1, in: null, driver: null, printerNode: null });
  expect(read('usb:1-9:1.0')).toBeNull();
});
