import type { SimulatedDevice } from '../../../../drivers/kit/simulator/simulated-device.ts';
import type { Guest } from '../guest.ts';
import { attachDevice } from '../wire.ts';
import type { Endpoint, UsbIdentity } from './descriptors.ts';
import { makeUsbDevice, type UsbDevice } from './usb-device.ts';

/** A printer of the USB printer class (Universal Serial Bus Device Class Definition for Printing Devices 1.1). */
export interface PrinterDevice extends UsbDevice {
  /** Everything it was sent since it was made. */
  printed(): Uint8Array;
  /** The three bits of GET_PORT_STATUS. */
  setStatus(status: { readonly paperEmpty: boolean; readonly selected: boolean; readonly error: boolean }): void;
}

/** What kind of printer it is. */
export interface PrinterOptions {
  readonly deviceId: string;
  /** Without a way back it has no IN endpoint, and protocol 1. Default: with. */
  readonly oneWay?: boolean;
  /** The order of the bytes of the id's length; the specification wants the high byte first. */
  readonly idLength?: 'high first' | 'low first' | 'none';
  /** What prints and answers. Absent: it takes all and says nothing. */
  readonly behind?: SimulatedDevice;
}

const GET_DEVICE_ID = 0;
const GET_PORT_STATUS = 1;
const SOFT_RESET = 2;
const OUT_ENDPOINT = 1;

/** Makes a printer, not plugged in yet. */
export function makePrinter(guest: Guest, identity: UsbIdentity, options: PrinterOptions): PrinterDevice {
  const { deviceId, oneWay = false, idLength = 'high first', behind } = options;
  const received: Uint8Array[] = [];
  // Selected, no error: both are active-high but "paper empty" is not (section 4.2.2).
  let status = 0x18;
  let listener = (_bytes: Uint8Array) => {};
  let switchOff = () => {};
  const back: readonly Endpoint[] = oneWay ? [] : [{ address: 0x80 | OUT_ENDPOINT, kind: 'bulk' }];
  const device: UsbDevice = makeUsbDevice(guest, {
    identity,
    kind: [0, 0, 0],
    interfaces: [
      { number: 0, kind: [7, 1, oneWay ? 1 : 2], endpoints: [{ address: OUT_ENDPOINT, kind: 'bulk' }, ...back] },
    ],
    control({ type, request }) {
      if (type === 0xa1 && request === GET_DEVICE_ID) return encodeId(deviceId, idLength);
      if (type === 0xa1 && request === GET_PORT_STATUS) return Uint8Array.of(status);
      return type === 0x21 && request === SOFT_RESET ? new Uint8Array() : null;
    },
    received(_endpoint, bytes) {
      received.push(bytes);
      listener(bytes);
    },
  });
  return {
    ...device,
    async plug() {
      await device.plug();
      if (behind === undefined) return;
      switchOff = attachDevice(
        {
          onData(next) {
            listener = next;
          },
          write: (bytes) => {
            if (!oneWay) device.send(OUT_ENDPOINT, bytes);
          },
        },
        behind,
      );
    },
    async unplug() {
      switchOff();
      await device.unplug();
    },
    printed: () => Buffer.concat(received),
    setStatus({ paperEmpty, selected, error }) {
      status = (paperEmpty ? 0x20 : 0) | (selected ? 0x10 : 0) | (error ? 0 : 0x08);
    },
  };
}

function encodeId(deviceId: string, order: NonNullable<PrinterOptions['idLength']>): Uint8Array {
  const text = Buffer.from(deviceId, 'latin1');
  const [high, low] = [(text.length + 2) >> 8, (text.length + 2) & 0xff];
  if (order === 'none') return text;
  return Buffer.concat([Uint8Array.from(order === 'high first' ? [high, low] : [low, high]), text]);
}
