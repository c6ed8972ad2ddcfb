import type { Descriptor } from '../device.ts';
import { emptyDescriptor, type SeenPort, textOrNull, usbIdOrNull } from './seen-port.ts';

/** A row of `SerialPort.list()`, as loosely as the operating systems fill it. */
export interface ListedPort {
  readonly path: string;
  readonly manufacturer?: string | null | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly pnpId?: string | null | undefined;
  readonly locationId?: string | null | undefined;
  readonly vendorId?: string | null | undefined;
  readonly productId?: string | null | undefined;
}

/** Ports that macOS makes up for itself. */
const builtInOnMac = /^\/dev\/(?:cu|tty)\.(?:Bluetooth-|BLTH|debug-console|wlan-debug)/;

/**
 * Rows of `SerialPort.list()` in our terms: ids in lower case, one row a device (macOS lists `cu.` and `tty.`, Windows
 * repeats Bluetooth ports), no serial numbers that the operating system made up.
 */
export function normaliseListedPorts(platform: NodeJS.Platform, listed: readonly ListedPort[]): readonly SeenPort[] {
  const read = platform === 'win32' ? readWindows : platform === 'darwin' ? readMac : readLinux;
  const paths = new Set(listed.map((row) => row.path));
  const seen = new Map<string, SeenPort>();
  for (const row of listed) {
    if (platform === 'darwin') {
      if (builtInOnMac.test(row.path)) continue;
      if (row.path.startsWith('/dev/tty.') && paths.has(row.path.replace('/dev/tty.', '/dev/cu.'))) continue;
    }
    // Without sysfs nothing tells whether an on-board port has hardware behind it.
    if (platform === 'linux' && /^\/dev\/ttyS\d+$/.test(row.path)) continue;
    if (seen.has(row.path)) continue;
    const descriptor = read(row);
    seen.set(row.path, {
      path: row.path,
      bus: 'serial',
      descriptor,
      parent: unitOf(descriptor),
      declared: false,
      simulated: false,
      incarnation: [row.path, row.pnpId, row.locationId, row.serialNumber].join(':'),
    });
  }
  return [...seen.values()];
}

/** On Linux `pnpId` is the by-id name: `usb-ARM_BBC_micro:bit_9901-if01`, with `-port0` after it for USB serial adapters. */
function readLinux(row: ListedPort): Descriptor {
  const manufacturer = textOrNull(row.manufacturer);
  const serial = textOrNull(row.serialNumber);
  const name = /^usb-(.*)-if([0-9a-f]{2})(?:-port(\d+))?$/i.exec(row.pnpId ?? '');
  let product = name?.[1] ?? null;
  const prefix = manufacturer === null ? null : `${manufacturer.replace(/[^\w.:+@-]/g, '_')}_`;
  if (product !== null && prefix !== null && product.startsWith(prefix)) product = product.slice(prefix.length);
  if (product !== null && serial !== null && product.endsWith(`_${serial}`))
    product = product.slice(0, -serial.length - 1);
  // Without a product name udev puts the product id in its place.
  if (product === row.productId) product = null;
  const port = Number(name?.[3] ?? 0);
  return {
    ...emptyDescriptor,
    vendor_id: usbIdOrNull(row.vendorId),
    product_id: usbIdOrNull(row.productId),
    manufacturer,
    product: textOrNull(product?.replaceAll('_', ' ')),
    serial_number: serial,
    interface: name?.[2] === undefined ? null : port === 0 ? name[2] : `${name[2]}.${port}`,
  };
}

/**
 * On Windows `pnpId` is the instance path: `USB\VID_0D28&PID_0204&MI_01\7&764C891&0&0001`, or with FTDI's driver
 * `FTDIBUS\VID_0403+PID_6001+AL05O8JJA\0000`, whose serial ends in the channel's letter.
 */
function readWindows(row: ListedPort): Descriptor {
  const id = row.pnpId ?? '';
  const ftdi = /^FTDIBUS\\VID_([0-9a-f]{4})\+PID_([0-9a-f]{4})(?:\+([^\\]*?)([A-D])?)?\\/i.exec(id);
  const usb = /^USB(?:CDCACM)?\\VID_([0-9a-f]{4})&PID_([0-9a-f]{4})(?:&MI_([0-9a-f]{2}))?[^\\]*\\(.*)$/i.exec(id);
  const onUsb = ftdi !== null || usb !== null;
  const channel = ftdi?.[4]?.toUpperCase();
  const instance = textOrNull(usb?.[4] ?? ftdi?.[3]);
  const place = textOrNull(row.locationId);
  // An instance that Windows made up hashes the place, except for a function of a composite device, whose place is its device.
  const madeUpPlace =
    instance !== null && !isWindowsSerial(instance) && instance.includes('&') && usb?.[3] === undefined;
  const serial = textOrNull(row.serialNumber) ?? (usb?.[3] === undefined ? instance : null);
  return {
    ...emptyDescriptor,
    vendor_id: usbIdOrNull(row.vendorId) ?? usbIdOrNull(usb?.[1] ?? ftdi?.[1]),
    product_id: usbIdOrNull(row.productId) ?? usbIdOrNull(usb?.[2] ?? ftdi?.[2]),
    manufacturer: textOrNull(row.manufacturer),
    serial_number: onUsb && serial !== null && isWindowsSerial(serial) ? serial : null,
    interface: usb?.[3]?.toLowerCase() ?? (channel === undefined ? null : `0${channel.charCodeAt(0) - 65}`),
    topology: place !== null ? `usb-${place.toLowerCase()}` : madeUpPlace ? `usb-${instance.toLowerCase()}` : null,
  };
}

/** Windows puts `5&79927EA&0&9` or `{serialnum}` where a device has no serial number. */
function isWindowsSerial(text: string): boolean {
  return !/[&{}]/.test(text);
}

/** On macOS `locationId` is the bus and its ports in hex: `14200000`, `0x14200000`, `0xfa200000 / 3`. */
function readMac(row: ListedPort): Descriptor {
  const location = /^(?:0x)?([0-9a-f]{1,8})\b/i.exec(row.locationId?.trim() ?? '')?.[1];
  return {
    ...emptyDescriptor,
    vendor_id: usbIdOrNull(row.vendorId),
    product_id: usbIdOrNull(row.productId),
    manufacturer: textOrNull(row.manufacturer),
    serial_number: textOrNull(row.serialNumber),
    topology: location === undefined ? null : `usb-${location.toLowerCase().padStart(8, '0')}`,
  };
}

/** Interfaces of one unit share its ids and its serial number, or else its place. */
function unitOf({ vendor_id, product_id, serial_number, topology }: Descriptor): string | null {
  if (vendor_id === null) return null;
  if (topology !== null) return `unit:${topology}`;
  return serial_number === null ? null : `unit:${vendor_id}:${product_id}:${serial_number}`;
}
