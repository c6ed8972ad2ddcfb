import type { PrinterPortStatus } from '../../../drivers/kit/index.ts';

/** Class requests of printers (USB Printing Devices 1.1, section 4.2). SOFT_RESET is never sent: it drops what is being printed. */
export const GET_DEVICE_ID = 0;
export const GET_PORT_STATUS = 1;
/** What is asked for: longer ids are cut, as the kernel's driver does. */
export const DEVICE_ID_BYTES = 1_023;

/**
 * The IEEE 1284 id out of the answer to GET_DEVICE_ID: two bytes of length, high byte first and counting themselves, then
 * `KEY:value;` pairs. Firmware that puts the low byte first, leaves the length out, or counts wrongly is common: what
 * arrived counts. Null when there is no id in it.
 */
export function decodeDeviceId(bytes: Uint8Array): string | null {
  const [first = 0, second = 0] = bytes;
  const lengths = [(first << 8) | second, (second << 8) | first];
  const isPlausible = (length: number) => length > 2 && length <= bytes.length;
  const length = lengths.find((each) => each === bytes.length) ?? lengths.find(isPlausible) ?? bytes.length;
  const hasLength = lengths.some(isPlausible) || !isText(first) || !isText(second);
  // One that does not count the length itself is two short.
  const end = hasLength && length + 2 === bytes.length ? bytes.length : length;
  const text = Buffer.from(bytes.subarray(hasLength ? 2 : 0, end)).toString('latin1');
  const id = text.replace(/\0.*$/s, '').trim();
  return /^[^:;]+:/.test(id) ? id : null;
}

function isText(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** The answer to GET_PORT_STATUS: bit 5 paper empty, bit 4 selected, bit 3 not error; null for an empty answer. */
export function decodePortStatus(bytes: Uint8Array): PrinterPortStatus | null {
  const [status] = bytes;
  if (status === undefined) return null;
  return { paperEmpty: (status & 0x20) !== 0, selected: (status & 0x10) !== 0, error: (status & 0x08) === 0 };
}
