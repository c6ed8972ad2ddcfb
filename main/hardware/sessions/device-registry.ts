import type { AgentError, Identification } from '../../../drivers/kit/index.ts';
import type { Device, DeviceProblem, PortHolder } from '../device.ts';

/** What sessions must know of devices; detection answers. */
export interface KnownDevices {
  get(deviceId: string): Device | undefined;
  /** Of a HID interface; null off HID and where the system does not show it. */
  reportDescriptor(deviceId: string): Uint8Array | null;
  /** Looks at the machine again; resolves when what {@link KnownDevices.get} gives is as new as that. */
  rescan(): Promise<void>;
  setProblem(deviceId: string, problem: DeviceProblem | null): unknown;
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
