import type { SimulatedDevice } from '../../../../drivers/kit/simulator/simulated-device.ts';
import type { Guest } from '../guest.ts';
import { attachDevice } from '../wire.ts';
import type { Interface, UsbIdentity } from './descriptors.ts';
import { makeUsbDevice, type Setup, type UsbDevice } from './usb-device.ts';

/** Lines that the device behind the chip drives. */
export interface ModemLines {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
  readonly ring: boolean;
}

/** What a chip's model does with what its driver asked for. */
export interface BridgeRegisters {
  /** The line was set: `9600 8N1`. */
  setLine(line: string): void;
  /** The host's own lines. */
  setControl(dtr: boolean, rts: boolean): void;
  /** Anything else worth telling: `break on`, `flow control rts_cts`. */
  note(event: string): void;
  modemLines(): ModemLines;
}

/** One kind of bridge chip: what its Linux driver asks of it. */
export interface BridgeChip {
  readonly identity: UsbIdentity;
  /** Class, subclass, protocol of the whole device. */
  readonly kind: readonly [number, number, number];
  readonly interface: Interface;
  /** The endpoint numbers of its data. */
  readonly dataIn: number;
  readonly dataOut: number;
  /** A request of the driver's: its answer, or null to stall. */
  control(setup: Setup, registers: BridgeRegisters): Uint8Array | null;
  /** How it tells of its modem lines by itself; absent: it is asked. */
  readonly status?: { readonly endpoint: number; encode(lines: ModemLines): Uint8Array };
}

/** An adapter with this chip, and a device on its cable. */
export interface BridgeAdapter extends UsbDevice {
  /** Everything that was set since it was plugged in, in order; what stayed the same is left out. */
  events(): readonly string[];
  /** How its line is set now: `9600 8N1`; null while it was never set. */
  line(): string | null;
  /** The device drives its lines so. */
  setModemLines(lines: Partial<ModemLines>): void;
}

/** Makes an adapter, not plugged in yet. */
export function makeBridge(guest: Guest, chip: BridgeChip, behind: SimulatedDevice): BridgeAdapter {
  let received = (_bytes: Uint8Array) => {};
  let events: string[] = [];
  let line: string | null = null;
  let control = 'DTR off, RTS off';
  let modem: ModemLines = { cts: true, dsr: true, dcd: false, ring: false };
  let stop = () => {};

  const tellModem = () => {
    if (chip.status !== undefined) device.send(chip.status.endpoint, chip.status.encode(modem));
  };
  const registers: BridgeRegisters = {
    setLine(next) {
      if (next !== line) events.push(next);
      line = next;
    },
    setControl(dtr, rts) {
      const next = `DTR ${dtr ? 'on' : 'off'}, RTS ${rts ? 'on' : 'off'}`;
      if (next !== control) events.push(next);
      control = next;
      if (dtr) tellModem();
    },
    note: (event) => void events.push(event),
    modemLines: () => modem,
  };
  const device: UsbDevice = makeUsbDevice(guest, {
    identity: chip.identity,
    kind: chip.kind,
    interfaces: [chip.interface],
    control: (setup) => chip.control(setup, registers),
    received: (endpoint, bytes) => {
      if (endpoint === chip.dataOut) received(bytes);
    },
  });
  return {
    ...device,
    events: () => events,
    line: () => line,
    setModemLines(lines) {
      modem = { ...modem, ...lines };
      tellModem();
    },
    async plug() {
      stop();
      [events, line, control] = [[], null, 'DTR off, RTS off'];
      await device.plug();
      stop = attachDevice(
        {
          onData: (listener) => {
            received = listener;
          },
          write: (bytes) => device.send(chip.dataIn, bytes),
        },
        behind,
      );
    },
    async unplug() {
      stop();
      await device.unplug();
    },
  };
}

/** `9600 8N1`, from the parts as the chips number them. */
export function describeLine(baudRate: number, dataBits: number, parity: string, stopBits: string): string {
  return `${Math.round(baudRate)} ${dataBits}${parity}${stopBits}`;
}
