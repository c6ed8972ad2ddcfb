import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { emptyDescriptor, type SeenPort, textOrNull, usbIdOrNull } from './seen-port.ts';

/** Where the kernel shows its devices; another folder in tests. */
export interface SysfsRoots {
  readonly sys: string;
  readonly dev: string;
}

/** Names of ports with a UART or a bus behind them: `ttyS0`, `ttyUSB0`, `ttyACM0`, `ttyAMA0`, `rfcomm0`; not `tty1`, `ptmx`. */
const portName = /^(tty[A-Z]\w*|rfcomm\d+)$/;

/**
 * The serial ports of a Linux machine out of `/sys/class/tty`, or null where there is none. On-board ports without
 * hardware (`type` 0, PORT_UNKNOWN in the kernel's serial_core.h) and ports without a device node are left out.
 *
 * Reads are synchronous: the kernel answers from memory, and the thread pool may be full of ports that wait for flow
 * control at the moment a cable is pulled.
 */
export function readSysfsPorts(roots: SysfsRoots = { sys: '/sys', dev: '/dev' }): readonly SeenPort[] | null {
  const folder = join(roots.sys, 'class/tty');
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  return names
    .filter((name) => portName.test(name))
    .sort()
    .flatMap((name) => readPort(roots, folder, name) ?? []);
}

function readPort(roots: SysfsRoots, folder: string, name: string): SeenPort | null {
  try {
    const entry = join(folder, name);
    const device = realpathSync(join(entry, 'device'));
    if (attribute(entry, 'type') === '0') return null;
    const path = join(roots.dev, name);
    const node = lstatSync(path);
    const usb = readUsb(device, attribute(entry, 'port_number') ?? attribute(device, 'port_number'));
    return {
      path,
      bus: 'serial',
      descriptor: {
        ...emptyDescriptor,
        vendor_id: usbIdOrNull(usb?.vendorId),
        product_id: usbIdOrNull(usb?.productId),
        manufacturer: textOrNull(usb?.manufacturer),
        product: textOrNull(usb?.product),
        serial_number: textOrNull(usb?.serial),
        interface: usb?.interface ?? null,
        topology: usb?.topology ?? null,
      },
      parent: usb === null ? null : `unit:${usb.place}`,
      declared: false,
      simulated: false,
      incarnation: `${device}:${usb?.deviceNumber ?? ''}:${node.ino}`,
    };
  } catch {
    // No hardware behind the name, or it went away while it was read.
    return null;
  }
}

interface UsbFacts {
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  readonly interface: string | null;
  readonly place: string;
  readonly topology: string;
  /** Grows with each plug-in, so that a quick replug shows. */
  readonly deviceNumber: string | null;
}

/** Climbs from the tty to its USB interface and USB device; null off USB. */
function readUsb(device: string, portNumber: string | null): UsbFacts | null {
  let interfaceFolder: string | null = null;
  for (let folder = device; folder !== dirname(folder); folder = dirname(folder)) {
    if (interfaceFolder === null && attribute(folder, 'bInterfaceNumber') !== null) interfaceFolder = folder;
    const vendorId = attribute(folder, 'idVendor');
    if (vendorId === null) continue;
    const place = usbPlace(folder);
    const interfaceNumber = interfaceFolder === null ? null : attribute(interfaceFolder, 'bInterfaceNumber');
    const setting = interfaceFolder === null ? '' : (/:\d+\.\d+$/.exec(interfaceFolder)?.[0] ?? '');
    // Adapters with several ports behind one interface number their ports.
    const extraPort = portNumber === null || Number(portNumber) === 0 ? null : Number(portNumber);
    return {
      vendorId,
      productId: attribute(folder, 'idProduct'),
      manufacturer: attribute(folder, 'manufacturer'),
      product: attribute(folder, 'product'),
      serial: attribute(folder, 'serial'),
      interface: extraPort === null ? interfaceNumber : `${interfaceNumber ?? '00'}.${extraPort}`,
      place,
      topology: `${place}${setting}${extraPort === null ? '' : `-port${extraPort}`}`,
      deviceNumber: attribute(folder, 'devnum'),
    };
  }
  return null;
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

function attribute(folder: string, name: string): string | null {
  try {
    return readFileSync(join(folder, name), 'utf8').trim();
  } catch {
    return null;
  }
}

function linkTarget(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
