import type { Guest } from '../guest.ts';
import type { UsbIdentity } from './descriptors.ts';
import { makeUsbDevice, type UsbDevice } from './usb-device.ts';

/** A printer of the USB printer class, bidirectional (Universal Serial Bus Device Class Definition for Printing Devices 1.1). */
export interface PrinterDevice extends UsbDevice {
  /** Everything it was sent since it was made. */
  printed(): Uint8Array;
  /** The three bits of GET_PORT_STATUS. */
  setStatus(status: { readonly paperEmpty: boolean; readonly selected: boolean; readonly error: boolean }): void;
}

const GET_DEVICE_ID = 0;
const GET_PORT_STATUS = 1;
const SOFT_RESET = 2;
const OUT_ENDPOINT = 1;

/** Makes a printer with this IEEE 1284 id; `answer` says what it sends back for what it got. Not plugged in yet. */
export function makePrinter(
  guest: Guest,
  identity: UsbIdentity,
  deviceId: string,
  answer: (bytes: Uint8Array) => Uint8Array | null = () => null,
): PrinterDevice {
  const received: Uint8Array[] = [];
  // Selected, no error: both are active-high but "paper empty" is not (section 4.2.2).
  let status = 0x18;
  const device: UsbDevice = makeUsbDevice(guest.usbPort, {
    identity,
    kind: [0, 0, 0],
    interfaces: [
      {
        number: 0,
        kind: [7, 1, 2],
        endpoints: [
          { address: OUT_ENDPOINT, kind: 'bulk' },
          { address: 0x80 | OUT_ENDPOINT, kind: 'bulk' },
        ],
      },
    ],
    control({ type, request }) {
      if (type === 0xa1 && request === GET_DEVICE_ID) {
        const text = Buffer.from(deviceId, 'latin1');
        const length = text.length + 2;
        // The one number of USB with its high byte first.
        return Buffer.concat([Uint8Array.of(length >> 8, length & 0xff), text]);
      }
      if (type === 0xa1 && request === GET_PORT_STATUS) return Uint8Array.of(status);
      return type === 0x21 && request === SOFT_RESET ? new Uint8Array() : null;
    },
    received(_endpoint, bytes) {
      received.push(bytes);
      const said = answer(bytes);
      if (said !== null) device.send(OUT_ENDPOINT, said);
    },
  });
  return {
    ...device,
    printed: () => Buffer.concat(received),
    setStatus({ paperEmpty, selected, error }) {
      status = (paperEmpty ? 0x20 : 0) | (selected ? 0x10 : 0) | (error ? 0 : 0x08);
    },
  };
}
