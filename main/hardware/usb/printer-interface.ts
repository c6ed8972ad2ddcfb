import { readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readAttribute } from '../discovery/usb-facts.ts';
import { sysfsInterface, type UsbInterfacePlace } from './usb-path.ts';

/** One bulk endpoint: its number, without the direction's bit, and its largest packet in bytes. */
export interface BulkEndpoint {
  readonly number: number;
  readonly packetBytes: number;
}

/** What the kernel shows of a plugged-in printer class interface (USB Printing Devices 1.1, section 5). */
export interface PrinterInterface {
  readonly place: UsbInterfacePlace;
  /** The kernel's number of the bus, and of this plug-in on it. */
  readonly bus: number;
  readonly address: number;
  readonly vendorId: string;
  readonly productId: string;
  /** 1: it can't answer, 2: it can, 3: IEEE 1284.4. */
  readonly protocol: number;
  readonly out: BulkEndpoint | null;
  /** Null where it can't answer. */
  readonly in: BulkEndpoint | null;
  /** What holds the interface: `usblp`, `usbfs` for another program, null for nothing. */
  readonly driver: string | null;
  /** The kernel's own printer node, `/dev/usb/lp0`, while its driver holds it. */
  readonly printerNode: string | null;
  /** What is opened: `/dev/bus/usb/001/005`. */
  readonly node: string;
}

const usbFolder = 'bus/usb/devices';

/** The printer class interface at this place; null where there is none. Reads only. */
export function readPrinterInterface(place: UsbInterfacePlace, sys = '/sys'): PrinterInterface | null {
  const folder = join(sys, usbFolder, sysfsInterface(place));
  const device = join(sys, usbFolder, place.device);
  const [bus, address] = [readNumber(device, 'busnum', 10), readNumber(device, 'devnum', 10)];
  if (!isPrinterInterface(folder) || bus === null || address === null) return null;
  const endpoints = list(folder).filter((name) => name.startsWith('ep_'));
  const printer = list(join(folder, 'usbmisc'))[0];
  return {
    place,
    bus,
    address,
    vendorId: readAttribute(device, 'idVendor') ?? '',
    productId: readAttribute(device, 'idProduct') ?? '',
    protocol: readNumber(folder, 'bInterfaceProtocol', 16) ?? 0,
    out: bulkEndpoint(folder, endpoints, 'out'),
    in: bulkEndpoint(folder, endpoints, 'in'),
    driver: linkName(join(folder, 'driver')),
    printerNode: printer === undefined ? null : `/dev/usb/${printer}`,
    node: `/dev/bus/usb/${String(bus).padStart(3, '0')}/${String(address).padStart(3, '0')}`,
  };
}

/** Whether this folder of sysfs is a printer class interface. */
export function isPrinterInterface(folder: string): boolean {
  return readAttribute(folder, 'bInterfaceClass') === '07' && readAttribute(folder, 'bInterfaceSubClass') === '01';
}

function bulkEndpoint(folder: string, names: readonly string[], direction: 'in' | 'out'): BulkEndpoint | null {
  for (const name of [...names].sort()) {
    const endpoint = join(folder, name);
    if (readAttribute(endpoint, 'type') !== 'Bulk' || readAttribute(endpoint, 'direction') !== direction) continue;
    const [address, packet] = [
      readNumber(endpoint, 'bEndpointAddress', 16),
      readNumber(endpoint, 'wMaxPacketSize', 16),
    ];
    // Bits 0 to 10 are the size (USB 2.0, table 9-13).
    if (address !== null && packet !== null) return { number: address & 0x0f, packetBytes: packet & 0x7ff };
  }
  return null;
}

function readNumber(folder: string, name: string, base: 10 | 16): number | null {
  const value = Number.parseInt(readAttribute(folder, name) ?? '', base);
  return Number.isNaN(value) ? null : value;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkName(path: string): string | null {
  try {
    return basename(realpathSync(path));
  } catch {
    return null;
  }
}
