import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Descriptor } from '../device.ts';
import { emptyDescriptor, textOrNull, usbIdOrNull } from './seen-port.ts';

/** Where the kernel shows its devices; another folder in tests. */
export interface SysfsRoots {
  readonly sys: string;
  readonly dev: string;
}

/** What sysfs shows of the USB interface and device that something hangs on. */
export interface UsbFacts {
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  readonly interface: string | null;
  /** Where the unit is plugged in: `pci-0000:00:14.0-usb-0:1.2`. */
  readonly place: string;
  /** The same of the interface: `pci-0000:00:14.0-usb-0:1.2:1.0`. */
  readonly topology: string;
  /** Grows with each plug-in, so that a quick replug shows. */
  readonly deviceNumber: string | null;
}

/**
 * Climbs from a folder of sysfs (a tty's, a hidraw's, a USB interface's own) to its USB interface and USB device; null
 * off USB. `portNumber` is for adapters with several ports behind one interface.
 */
export function readUsbFacts(device: string, portNumber: string | null = null): UsbFacts | null {
  let interfaceFolder: string | null = null;
  for (let folder = device; folder !== dirname(folder); folder = dirname(folder)) {
    if (interfaceFolder === null && readAttribute(folder, 'bInterfaceNumber') !== null) interfaceFolder = folder;
    const vendorId = readAttribute(folder, 'idVendor');
    if (vendorId === null) continue;
    const place = usbPlace(folder);
    const interfaceNumber = interfaceFolder === null ? null : readAttribute(interfaceFolder, 'bInterfaceNumber');
    const setting = interfaceFolder === null ? '' : (/:\d+\.\d+$/.exec(interfaceFolder)?.[0] ?? '');
    // Adapters with several ports behind one interface number their ports.
    const extraPort = portNumber === null || Number(portNumber) === 0 ? null : Number(portNumber);
    return {
      vendorId,
      productId: readAttribute(folder, 'idProduct'),
      manufacturer: readAttribute(folder, 'manufacturer'),
      product: readAttribute(folder, 'product'),
      serial: readAttribute(folder, 'serial'),
      interface: extraPort === null ? interfaceNumber : `${interfaceNumber ?? '00'}.${extraPort}`,
      place,
      topology: `${place}${setting}${extraPort === null ? '' : `-port${extraPort}`}`,
      deviceNumber: readAttribute(folder, 'devnum'),
    };
  }
  return null;
}

/** The facts as a device's descriptor. */
export function usbDescriptor(usb: UsbFacts): Descriptor {
  return {
    ...emptyDescriptor,
    vendor_id: usbIdOrNull(usb.vendorId),
    product_id: usbIdOrNull(usb.productId),
    manufacturer: textOrNull(usb.manufacturer),
    product: textOrNull(usb.product),
    serial_number: textOrNull(usb.serial),
    interface: usb.interface,
    topology: usb.topology,
  };
}

/** The physical unit: what all interfaces of one USB device have in common. */
export function usbUnit({ place }: Pick<UsbFacts, 'place'>): string {
  return `unit:${place}`;
}

/** `pci-0000:00:14.0-usb-0:1.2` for `.../0000:00:14.0/usb1/1-1/1-1.2`: the controller and the ports on the way, as udev's path_id names them. */
function usbPlace(usbDevice: string): string {
  let root = usbDevice;
  while (root !== dirname(root) && !/^usb\d+$/.test(basename(root))) root = dirname(root);
  const controller = dirname(root);
  const subsystem = basename(linkTarget(join(controller, 'subsystem')) ?? 'platform');
  const ports = basename(usbDevice).replace(/^\d+-/, '');
  return `${subsystem}-${basename(controller)}-usb-0:${ports}`;
}

/** A text attribute of sysfs, without its line end; null where there is none. */
export function readAttribute(folder: string, name: string): string | null {
  const path = join(folder, name);
  // Most are asked for on the way up where they are not, and an error takes much longer to make than this.
  if (!existsSync(path)) return null;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function linkTarget(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}
