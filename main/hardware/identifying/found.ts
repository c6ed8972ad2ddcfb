import {
  describeSerialSettings,
  type FirstAnswer,
  type FirstWay,
  type Identification,
  type JsonObject,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { IdentifyReport } from '../identify-report.ts';
import type { PlannedAttempt } from './plan-questions.ts';

/** What detection keeps of an identification. */
export interface FoundDevices {
  get(deviceId: string): Device | undefined;
  /** Of a HID interface, where it is known. */
  reportDescriptor(deviceId: string): Uint8Array | null;
  ensureUnit(portDeviceId: string, unit: number): Promise<Device>;
  recordIdentification(deviceId: string, identification: Identification, listing: string): Promise<Device>;
  /** With what it answered: line settings and options, for whoever installs it. */
  recordFound(deviceId: string, found: { readonly listing: string; readonly config: JsonObject }): Promise<Device>;
}

/** Keeps what was found with the device; on a bus with the unit that answered, and the line with its port. */
export async function keep(
  devices: FoundDevices,
  device: Device,
  { driver, way }: PlannedAttempt,
  { identification, options }: FirstAnswer,
): Promise<Partial<IdentifyReport>> {
  const listing = driver.id;
  const portId = device.unit === null ? device.id : (device.parent ?? device.id);
  const answered = way.unit === null ? device : await devices.ensureUnit(portId, way.unit);
  const line: JsonObject = way.line === null ? {} : { ...way.line };
  await devices.recordIdentification(answered.id, identification, listing);
  if (portId !== answered.id) await devices.recordFound(portId, { listing, config: line });
  const kept = await devices.recordFound(answered.id, { listing, config: { ...line, ...options } });
  return { device: kept, listing, recognised: true, identification, config: configFound(way, options) };
}

/** What to install it with. */
export function configFound({ line, unit }: FirstWay, options: JsonObject): JsonObject {
  return { ...(line === null ? {} : line), ...options, ...(unit === null ? {} : { unit }) };
}

/** `9600 8N1`; null where there is no serial line. */
export function lineOf({ line }: Pick<FirstWay, 'line'>): string | null {
  return line === null ? null : describeSerialSettings({ ...line, flow_control: 'none' });
}
