import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ListedPort, normaliseListedPorts } from './listed-port.ts';
import type { SeenPort } from './seen-port.ts';

const reports: readonly { id: string; os: string; ports: readonly ListedPort[] }[] = JSON.parse(
  readFileSync(new URL('./fixtures/serial-listings.json', import.meta.url), 'utf8'),
);
const platforms: Readonly<Record<string, NodeJS.Platform>> = {
  linux: 'linux',
  windows: 'win32',
  macos: 'darwin',
  wsl: 'linux',
};

function portsOf(id: string): readonly SeenPort[] {
  const report = reports.find((each) => each.id === id);
  if (report === undefined) throw new Error(`no report ${id}`);
  return normaliseListedPorts(platforms[report.os] ?? 'linux', report.ports);
}
const first = (id: string) => portsOf(id)[0]?.descriptor;

describe('what SerialPort.list() reports', () => {
  it.each(reports.map((report) => report.id))('%s gives clean descriptors, each path once', (id) => {
    const ports = portsOf(id);
    expect(new Set(ports.map((port) => port.path)).size).toBe(ports.length);
    for (const { descriptor } of ports) {
      for (const part of [descriptor.vendor_id, descriptor.product_id]) expect(part ?? '0001').toMatch(/^[0-9a-f]{4}$/);
      expect([descriptor.vendor_id, descriptor.product_id]).not.toContain('0000');
      expect(descriptor.serial_number ?? 'none').not.toMatch(/[&{}]|^$/);
      expect(Object.values(descriptor)).not.toContain('');
    }
  });

  it('on Windows, takes no made-up instance for a serial number, and keeps it as the place', () => {
    const ch340 = portsOf('win-ftdi-ch340-com14')[1]?.descriptor;
    expect(ch340).toMatchObject({
      vendor_id: '1a86',
      product_id: '7523',
      serial_number: null,
      topology: 'usb-port_#0009.hub_#0001',
    });
    expect(first('win-ezcoo-ch340')).toMatchObject({ serial_number: null });
  });

  it("on Windows, reads FTDI's own bus: ids, the serial number without the channel's letter, the channel", () => {
    expect(first('win-ftdi-scale-1220')).toMatchObject({
      vendor_id: '0403',
      product_id: '6001',
      serial_number: 'A51MAMME',
      interface: '00',
    });
    expect(first('win-ftdi-com9')).toMatchObject({ serial_number: 'AL05O8JJ', interface: '00' });
    const made = normaliseListedPorts('win32', [
      { path: 'COM3', pnpId: 'FTDIBUS\\VID_0403+PID_6001+5&2A3B&0&2\\0000' },
    ]);
    expect(made[0]?.descriptor).toMatchObject({ vendor_id: '0403', serial_number: null, topology: 'usb-5&2a3b&0&2' });
  });

  it('on Windows, knows a function of a composite device, whose instance is no place', () => {
    expect(first('win-microbit')).toMatchObject({ interface: '01', serial_number: null, topology: null });
  });

  it('on Windows, shows a Bluetooth port that is listed five times once, without USB ids', () => {
    expect(portsOf('win-cp210x-dummy-and-bt').map((port) => port.path)).toEqual(['COM6', 'COM3', 'COM4']);
    expect(portsOf('win-com1-and-bt').map((port) => port.descriptor.vendor_id)).toEqual([null, null, null]);
    expect(first('win-amt-sol')).toMatchObject({ vendor_id: null, product_id: null });
  });

  it('on macOS, shows one device of a cu and tty pair, and none of the built-in ports', () => {
    expect(portsOf('mac-flora-pair').map((port) => port.path)).toEqual(['/dev/cu.usbmodem1411']);
    expect(portsOf('mac-zero-ids')).toEqual([]);
    expect(first('mac-ftdi-pair-short-id')).toMatchObject({ vendor_id: '0403', product_id: '6001' });
    expect(first('mac-cp210x-slab')).toMatchObject({ vendor_id: '10c4', topology: 'usb-14200000' });
    expect(first('mac-ids-with-names')).toMatchObject({ vendor_id: '05ac', topology: 'usb-fa200000' });
  });

  it('on Linux, reads product and interface out of the by-id name, and trusts no product name in place of an id', () => {
    expect(first('linux-arduino-doc')).toMatchObject({
      serial_number: '752303138333518011C1',
      interface: '00',
      product: null,
    });
    expect(first('linux-coin-acceptor')).toMatchObject({ product: 'EMP 8xx.14', product_id: null });
    expect(first('linux-microbit')).toMatchObject({ interface: '01' });
    expect(first('linux-jlink')).toMatchObject({ serial_number: '00012345678' });
    expect(first('linux-microchip-after')).toMatchObject({ vendor_id: '04d8', product_id: null });
  });

  it('on Linux, leaves out on-board ports of which nothing is known', () => {
    expect(
      normaliseListedPorts('linux', [{ path: '/dev/ttyS0' }, { path: '/dev/ttyUSB0' }]).map((port) => port.path),
    ).toEqual(['/dev/ttyUSB0']);
  });
});
