import type { Guest } from '../guest.ts';
import { type UsbIdentity, word } from './descriptors.ts';
import { makeUsbDevice, type UsbDevice } from './usb-device.ts';

const HID_DESCRIPTOR = 0x21;
const REPORT_DESCRIPTOR = 0x22;
const IN_ENDPOINT = 1;

/** A device of the HID class that sends reports (Device Class Definition for HID 1.11). */
export interface HidDevice extends UsbDevice {
  report(bytes: Uint8Array): void;
}

/** Makes a HID device with this report descriptor; `feature` answers for feature and input reports that are asked for. */
export function makeHidDevice(
  guest: Guest,
  identity: UsbIdentity,
  reportDescriptor: Uint8Array,
  feature: (reportId: number) => Uint8Array | null = () => null,
): HidDevice {
  const device = makeUsbDevice(guest.usbPort, {
    identity,
    kind: [0, 0, 0],
    interfaces: [
      {
        number: 0,
        kind: [3, 0, 0],
        extra: [9, HID_DESCRIPTOR, ...word(0x0111), 0, 1, REPORT_DESCRIPTOR, ...word(reportDescriptor.length)],
        endpoints: [{ address: 0x80 | IN_ENDPOINT, kind: 'interrupt' }],
      },
    ],
    control({ type, request, value }) {
      if (type === 0x81 && request === 6 && value >> 8 === REPORT_DESCRIPTOR) return reportDescriptor;
      if (type === 0xa1 && request === 1) return feature(value & 0xff);
      // SET_IDLE, SET_PROTOCOL, SET_REPORT are taken.
      return type === 0x21 ? new Uint8Array() : null;
    },
    received: () => {},
  });
  return { ...device, report: (bytes) => device.send(IN_ENDPOINT, bytes) };
}

/** Usage page 0x8D, usage 0x20: report 3 is status, unit, exponent and a 16-bit weight (HID Point of Sale Usage Tables 1.02, section 4). */
const scaleReports = Uint8Array.from([
  ...[0x05, 0x8d, 0x09, 0x20, 0xa1, 0x01, 0x85, 0x03],
  ...[0x05, 0x8d, 0x09, 0x70, 0x75, 0x08, 0x95, 0x01, 0x15, 0x01, 0x25, 0x08, 0x81, 0x02],
  ...[0x09, 0x50, 0x15, 0x00, 0x25, 0x0c, 0x81, 0x02],
  ...[0x09, 0x41, 0x15, 0x80, 0x25, 0x7f, 0x81, 0x02],
  ...[0x09, 0x40, 0x75, 0x10, 0x95, 0x01, 0x15, 0x00, 0x26, 0xff, 0x7f, 0x81, 0x02],
  0xc0,
]);

/** A HID scale. */
export interface HidScale extends HidDevice {
  /** Puts a weight on it: in units of 10^exponent of the unit with this code (2: gram, 3: kilogram). */
  weigh(weight: number, unit?: number, exponent?: number): void;
}

/** Makes a HID scale, not plugged in yet. */
export function makeHidScale(guest: Guest, identity: UsbIdentity): HidScale {
  const device = makeHidDevice(guest, identity, scaleReports);
  const STABLE = 4;
  return {
    ...device,
    weigh: (weight, unit = 2, exponent = 0) =>
      device.report(Uint8Array.from([3, STABLE, unit, exponent & 0xff, ...word(weight)])),
  };
}

const DATA_BYTES = 56;
/** Usage page 0x8C, usage 2: report 2 is a length, an AIM identifier, the data and whether it goes on (section 3). */
const scannerReports = Uint8Array.from([
  ...[0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x85, 0x02],
  ...[0x09, 0x12, 0xa1, 0x02, 0x09, 0xff, 0x75, 0x08, 0x95, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x81, 0x02],
  ...[0x09, 0xfb, 0x95, 0x03, 0x81, 0x02],
  ...[0x09, 0xfe, 0x95, DATA_BYTES, 0x82, 0x02, 0x01],
  ...[0x09, 0xfc, 0x95, 0x01, 0x81, 0x02, 0xc0],
  0xc0,
]);

/** A scanner in HID POS mode. */
export interface HidScanner extends HidDevice {
  /** Scans a code: as many reports as it takes. */
  scan(text: string, aim?: string): void;
}

/** Makes a HID POS scanner, not plugged in yet. */
export function makeHidScanner(guest: Guest, identity: UsbIdentity): HidScanner {
  const device = makeHidDevice(guest, identity, scannerReports);
  return {
    ...device,
    scan(text, aim = ']E0') {
      const data = Buffer.from(text, 'latin1');
      for (let start = 0; start < data.length; start += DATA_BYTES) {
        const part = data.subarray(start, start + DATA_BYTES);
        const filled = Buffer.concat([part, Buffer.alloc(DATA_BYTES - part.length)]);
        const goesOn = start + DATA_BYTES < data.length ? 1 : 0;
        device.report(
          Buffer.concat([Uint8Array.of(2, part.length), Buffer.from(aim, 'latin1'), filled, Uint8Array.of(goesOn)]),
        );
      }
    },
  };
}
