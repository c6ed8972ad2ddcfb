import type { AgentError, Identification } from '../../../drivers/kit/index.ts';
import type { Device, DeviceProblem, PortHolder } from '../device.ts';
import type { PrinterNotes } from '../usb/claimed-printer.ts';

/** What sessions must know of devices; detection answers. */
export interface KnownDevices {
  get(deviceId: string): Device | undefined;
  /** Of a HID interface; null off HID and where the system does not show it. */
  reportDescriptor(deviceId: string): Uint8Array | null;
  /** Looks at the machine again; resolves when what {@link KnownDevices.get} gives is as new as that. */
  rescan(): Promise<void>;
  setProblem(deviceId: string, problem: DeviceProblem | null): unknown;
  /** The system's own driver was taken off it, or (null) given back. Resolves when that is stored. */
  recordBorrowed(deviceId: string, driver: string | null): Promise<void>;
  /** The IEEE 1284 id that a printer was asked for. */
  recordPrinterId(deviceId: string, id: string): void;
  /** `listing`: as whose device it answered. */
  recordIdentification(deviceId: string, identification: Identification, listing: string): Promise<Device>;
}

/** What explains a port that can't be opened. */
export interface PortExplanations {
  findPortHolder(path: string): Promise<PortHolder | null>;
  explainPermission(path: string): Promise<DeviceProblem>;
}

/** Where unexpected but harmless things are told. Never a secret, never a payload. */
export type LogLine = (line: string) => void;

/** What a device's problem is, out of the error that showed it. */
export function problemOf(error: AgentError): DeviceProblem {
  return { reason: error.code, message: error.message, hint: error.hint ?? '' };
}

/** Where a printer on the USB printer class has its notes. */
export function printerNotes(
  devices: Pick<KnownDevices, 'recordBorrowed' | 'recordPrinterId'>,
  portId: string,
): PrinterNotes {
  return {
    borrowed: (driver) => devices.recordBorrowed(portId, driver),
    deviceId: (id) => devices.recordPrinterId(portId, id),
  };
}
