import { encodeHidFrame, type HidFrame, readHidFrame } from '../../../../drivers/kit/hid/index.ts';
import { countedScannerDescriptor } from '../../../../drivers/kit/hid/testing/descriptors.table.ts';
import type { JsonObject } from '../../../../drivers/kit/index.ts';
import type { SimulatedDevice } from '../../../../drivers/kit/simulator/simulated-device.ts';
import { scannerHidSimulator } from '../../../../drivers/scanner-hid/simulator.ts';
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

/** How a HID device answers for its reports; by default it has none to ask for and takes what is set. */
interface HidAnswers {
  /** GET_REPORT; null: stalls. `length` counts the id. */
  get(reportId: number, length: number): Uint8Array | null;
  /** SET_REPORT of a feature (3) or an output (2) report, the id taken off; false: stalls. */
  set(type: number, reportId: number, data: Uint8Array): boolean;
}

const FEATURE = 3;
const noReports: HidAnswers = { get: () => null, set: () => true };

/** Makes a HID device with this report descriptor, not plugged in yet. */
export function makeHidDevice(
  guest: Guest,
  identity: UsbIdentity,
  reportDescriptor: Uint8Array,
  answers: HidAnswers = noReports,
): HidDevice {
  const device = makeUsbDevice(guest, {
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
    control({ type, request, value, length, data }) {
      const reportId = value & 0xff;
      if (type === 0x81 && request === 6 && value >> 8 === REPORT_DESCRIPTOR) return reportDescriptor;
      if (type === 0xa1 && request === 1) return answers.get(reportId, length);
      if (type !== 0x21) return null;
      // SET_IDLE and SET_PROTOCOL are taken.
      const report = reportId === 0 ? data : data.subarray(1);
      return request !== 9 || answers.set(value >> 8, reportId, report) ? new Uint8Array() : null;
    },
    received: () => {},
  });
  return { ...device, report: (bytes) => device.send(IN_ENDPOINT, bytes) };
}

/** A HID device whose firmware is a simulator of a driver's, which speaks in frames of the HID link. */
export interface SimulatedHidDevice extends HidDevice {
  /** Sends what the simulator has to say by itself now. */
  speak(): void;
  /** Does to it what a person could; sends what it makes of that. */
  act(change: JsonObject): void;
}

/** Puts a simulator behind a HID interface with this report descriptor; not plugged in yet. */
export function makeSimulatedHid(
  guest: Guest,
  identity: UsbIdentity,
  reportDescriptor: Uint8Array,
  simulated: SimulatedDevice,
): SimulatedHidDevice {
  const frames = (bytes: Uint8Array): readonly HidFrame[] => {
    const heard: HidFrame[] = [];
    simulated.receive(bytes, (answer) => {
      const reading = readHidFrame(answer);
      if (reading.kind === 'frame') heard.push(reading.frame);
    });
    return heard;
  };
  const ask = (frame: HidFrame) => frames(encodeHidFrame(frame));
  const device = makeHidDevice(guest, identity, reportDescriptor, {
    get(reportId, length) {
      const wanted = Uint8Array.of(length & 0xff, length >> 8);
      const answer = ask({ kind: 'get_feature', reportId, data: wanted }).find(({ kind }) => kind === 'feature');
      if (answer === undefined) return null;
      return reportId === 0 ? answer.data : Buffer.concat([Uint8Array.of(reportId), answer.data]);
    },
    set(type, reportId, data) {
      const kind = type === FEATURE ? 'set_feature' : 'output';
      return ask({ kind, reportId, data }).some((answer) => answer.kind === 'taken');
    },
  });
  const forward = ({ kind, reportId, data }: HidFrame) => {
    if (kind === 'input') device.report(reportId === 0 ? data : Buffer.concat([Uint8Array.of(reportId), data]));
  };
  return {
    ...device,
    async plug() {
      simulated.powerOn?.(() => {});
      await device.plug();
    },
    speak() {
      for (const frame of frames(new Uint8Array())) forward(frame);
    },
    act(change) {
      simulated.change?.(change, (bytes) => {
        const reading = readHidFrame(bytes);
        if (reading.kind === 'frame') forward(reading.frame);
      });
    },
  };
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

/** Makes a scanner in HID POS mode, not plugged in yet: scan with `act({ scan: '4006381333931' })`. */
export function makeHidScanner(guest: Guest, identity: UsbIdentity): SimulatedHidDevice {
  return makeSimulatedHid(guest, identity, countedScannerDescriptor, scannerHidSimulator.create({}));
}
