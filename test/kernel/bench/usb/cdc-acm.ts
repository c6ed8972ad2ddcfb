import type { SimulatedDevice } from '../../../../drivers/kit/simulator/simulated-device.ts';
import type { Guest } from '../guest.ts';
import { attachDevice } from '../wire.ts';
import { type Interface, type UsbIdentity, word } from './descriptors.ts';
import { makeUsbDevice, type UsbDevice, type UsbModel } from './usb-device.ts';

/** What the host set on one of its ports, in order: `9600`, `DTR on, RTS on`. */
export type LineEvents = readonly string[];

/** A device with one or more CDC-ACM ports (USB class definitions for communication devices, PSTN 1.2). */
export interface AcmDevice extends UsbDevice {
  /** What was set on the port with this number, since it was plugged in. */
  events(port: number): LineEvents;
}

const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const SEND_BREAK = 0x23;

/** Makes a device with a port for each of `behind`, each with that device on it; not plugged in yet. */
export function makeAcmDevice(guest: Guest, identity: UsbIdentity, behind: readonly SimulatedDevice[]): AcmDevice {
  const listeners = behind.map(() => (_bytes: Uint8Array) => {});
  let events: string[][] = behind.map(() => []);
  const coding = behind.map(() => Uint8Array.of(...word(9600), 0, 0, 0, 0, 8));
  let stops: (() => void)[] = [];

  const model: UsbModel = {
    identity,
    // With several functions the host groups interfaces by their associations.
    kind: behind.length === 1 ? [2, 0, 0] : [0xef, 2, 1],
    interfaces: behind.flatMap((_, port) => acmInterfaces(port, behind.length > 1)),
    control({ type, request, value, index, data }) {
      const port = index >> 1;
      if (type === 0x21 && request === SET_LINE_CODING) {
        coding[port] = Uint8Array.from(data);
        events[port]?.push(`${Buffer.from(data).readUInt32LE(0)}`);
        return new Uint8Array();
      }
      if (type === 0xa1 && request === GET_LINE_CODING) return coding[port] ?? null;
      if (type === 0x21 && request === SET_CONTROL_LINE_STATE) {
        events[port]?.push(`DTR ${value & 1 ? 'on' : 'off'}, RTS ${value & 2 ? 'on' : 'off'}`);
        return new Uint8Array();
      }
      if (type !== 0x21 || request !== SEND_BREAK) return null;
      // A duration, or FFFF: until it is told to end, with 0 (PSTN 1.2, section 6.3.13).
      events[port]?.push(`break ${value === 0xffff ? 'on' : value === 0 ? 'off' : `${value} ms`}`);
      return new Uint8Array();
    },
    received: (endpoint, bytes) => listeners[dataPort(endpoint)]?.(bytes),
  };
  const device = makeUsbDevice(guest, model);
  const stop = () => {
    for (const each of stops) each();
    stops = [];
  };
  return {
    ...device,
    events: (port) => events[port] ?? [],
    async plug() {
      stop();
      events = behind.map(() => []);
      await device.plug();
      stops = behind.map((simulated, port) =>
        attachDevice(
          {
            onData: (listener) => {
              listeners[port] = listener;
            },
            write: (bytes) => device.send(dataEndpoint(port), bytes),
          },
          simulated,
        ),
      );
    },
    async unplug() {
      stop();
      await device.unplug();
    },
  };
}

const dataEndpoint = (port: number) => port * 2 + 2;
const dataPort = (endpoint: number) => (endpoint - 2) / 2;

function acmInterfaces(port: number, isComposite: boolean): readonly Interface[] {
  const [control, data] = [port * 2, port * 2 + 1];
  const functional = [
    ...[5, 0x24, 0, 0x10, 1],
    ...[5, 0x24, 1, 0, data],
    // Has line coding and line state, and can send a break (PSTN 1.2, table 4).
    ...[4, 0x24, 2, 6],
    ...[5, 0x24, 6, control, data],
  ];
  return [
    {
      number: control,
      kind: [2, 2, 1],
      extra: functional,
      endpoints: [{ address: 0x80 | (port * 2 + 1), kind: 'interrupt' }],
      ...(isComposite ? { before: [8, 11, control, 2, 2, 2, 1, 0] } : {}),
    },
    {
      number: data,
      kind: [10, 0, 0],
      endpoints: [
        { address: dataEndpoint(port), kind: 'bulk' },
        { address: 0x80 | dataEndpoint(port), kind: 'bulk' },
      ],
    },
  ];
}
