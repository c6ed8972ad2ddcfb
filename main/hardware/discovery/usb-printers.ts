import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isPrinterInterface } from '../usb/printer-interface.ts';
import { parseUsbPath } from '../usb/usb-path.ts';
import { type SeenPort, textOrNull } from './seen-port.ts';
import { readAttribute, readUsbFacts, type SysfsRoots, usbDescriptor, usbUnit } from './usb-facts.ts';

/**
 * The printer class interfaces (class 7, subclass 1) of a Linux machine out of `/sys/bus/usb/devices`; empty where there
 * is no USB. The IEEE 1284 id is there while the kernel's own driver (usblp) has read it. Opens nothing.
 *
 * Synchronous, as the reading of serial ports is, and for the same reason.
 */
export function readUsbPrinters(roots: Pick<SysfsRoots, 'sys'> = { sys: '/sys' }): readonly SeenPort[] {
  const folder = join(roots.sys, 'bus/usb/devices');
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return [...names].sort().flatMap((name) => readPrinter(folder, name) ?? []);
}

/** The same, as the other lists are asked. On Windows and macOS printers are the print system's, and none is listed. */
export async function listUsbPrinters(platform: NodeJS.Platform = process.platform): Promise<readonly SeenPort[]> {
  return platform === 'linux' ? readUsbPrinters() : [];
}

function readPrinter(folder: string, name: string): SeenPort | null {
  const path = `usb:${name}`;
  if (parseUsbPath(path) === null || !isPrinterInterface(join(folder, name))) return null;
  try {
    const device = realpathSync(join(folder, name));
    const usb = readUsbFacts(device);
    if (usb === null) return null;
    return {
      path,
      bus: 'usb_printer',
      descriptor: { ...usbDescriptor(usb), ieee1284_id: textOrNull(readAttribute(device, 'ieee1284_id')) },
      parent: usbUnit(usb),
      declared: false,
      simulated: false,
      // Not what the kernel's driver adds: it comes and goes while the printer stays.
      incarnation: `${device}:${usb.deviceNumber ?? ''}`,
    };
  } catch {
    // It went away while it was read.
    return null;
  }
}
