import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findTakenAdapters } from './taken-adapters.ts';

let sys = '';
beforeEach(() => {
  sys = mkdtempSync(join(tmpdir(), 'sys-'));
});
afterEach(() => rmSync(sys, { recursive: true, force: true }));

function addDevice(place: string, id: string, driver: string) {
  const devices = join(sys, 'bus/usb/devices');
  const driverFolder = join(sys, 'bus/usb/drivers', driver);
  for (const folder of [join(devices, place), join(devices, `${place}:1.0`), driverFolder]) {
    mkdirSync(folder, { recursive: true });
  }
  const [vendor, product] = id.split(':');
  writeFileSync(join(devices, place, 'idVendor'), `${vendor}\n`);
  writeFileSync(join(devices, place, 'idProduct'), `${product}\n`);
  writeFileSync(join(devices, place, 'busnum'), '1\n');
  writeFileSync(join(devices, place, 'devnum'), '12\n');
  symlinkSync(driverFolder, join(devices, `${place}:1.0`, 'driver'));
}

it('names an adapter that a program holds through usbfs, and no other', () => {
  addDevice('1-1', '1a86:7523', 'usbfs');
  addDevice('1-2', '0403:6001', 'ftdi_sio');
  // A camera is free to be used so.
  addDevice('1-3', '046d:0825', 'usbfs');
  expect(findTakenAdapters(sys)).toEqual([
    { place: '1-1', id: '1a86:7523', product: 'WCH CH340', node: '/dev/bus/usb/001/012' },
  ]);
});

it('is empty where there is no USB', () => {
  expect(findTakenAdapters(join(sys, 'nowhere'))).toEqual([]);
});
