import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseUsbPath, usbPath } from './usb-path.ts';

it('reads the place of an interface, and nothing else', () => {
  expect(parseUsbPath('usb:1-1.2:1.0')).toEqual({ device: '1-1.2', configuration: 1, interface: 0 });
  for (const other of [
    '/dev/ttyUSB0',
    'usb:',
    'usb:1-1',
    'usb:1:1.0',
    'usb:1-1:1',
    'usb:1-1:1.0/..',
    'usb:1-1:256.0',
  ]) {
    expect(parseUsbPath(other)).toBeNull();
  }
});

it('writes what it reads', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const place = fc.record({
    device: fc
      .tuple(byte, fc.array(byte, { minLength: 1, maxLength: 6 }))
      .map(([bus, ports]) => `${bus}-${ports.join('.')}`),
    configuration: byte,
    interface: byte,
  });
  fc.assert(fc.property(place, (each) => void expect(parseUsbPath(usbPath(each))).toEqual(each)));
});

it('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseUsbPath(`usb:${text}`)));
});
