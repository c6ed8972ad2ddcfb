import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseReportDescriptor, topLevelUsages } from '../../../drivers/kit/hid/index.ts';
import { shownInterfaces } from './hid-usages.ts';
import { isKeyboardScanner } from './keyboard-scanner.ts';
import type { SeenPort } from './seen-port.ts';
import { readUsbFacts, type SysfsRoots, usbDescriptor, usbUnit } from './usb-facts.ts';

/** `0003:0922:8003.0001`: the bus (3 is USB), vendor, product, and a number. Bluetooth hangs on a USB adapter, too. */
const onUsb = /^0003:[0-9A-F]{4}:[0-9A-F]{4}\.[0-9A-F]{4}$/;

/**
 * The HID interfaces of a Linux machine that a driver may open, out of `/sys/class/hidraw`; none where that is missing.
 * Their report descriptors are read there too: no interface is opened. Keyboards and mice are left out, but for scanners
 * that are known to type.
 */
export function readHidrawPorts(roots: SysfsRoots = { sys: '/sys', dev: '/dev' }): readonly SeenPort[] {
  const folder = join(roots.sys, 'class/hidraw');
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const all = names
    .filter((name) => /^hidraw\d+$/.test(name))
    .sort()
    .flatMap((name) => readInterface(roots, join(folder, name)) ?? []);
  const units = Map.groupBy(all, ({ port }) => port.parent);
  return [...units.values()]
    .flatMap((unit) => shownInterfaces(unit, ({ port }) => isKeyboardScanner(port.descriptor)))
    .map(({ port }) => port);
}

function readInterface(
  roots: SysfsRoots,
  entry: string,
): { readonly port: SeenPort; readonly usages: readonly string[] } | null {
  try {
    const device = realpathSync(join(entry, 'device'));
    const usb = readUsbFacts(device);
    if (usb === null || !onUsb.test(basename(device))) return null;
    const reportDescriptor = Uint8Array.from(readFileSync(join(device, 'report_descriptor')));
    const reading = parseReportDescriptor(reportDescriptor);
    if (reading.kind === 'malformed') return null;
    const path = join(roots.dev, basename(entry));
    const node = lstatSync(path);
    const usages = topLevelUsages(reading.descriptor);
    const descriptor = { ...usbDescriptor(usb), usages };
    const port: SeenPort = {
      path,
      bus: 'hid',
      descriptor,
      parent: usbUnit(usb),
      declared: false,
      simulated: false,
      incarnation: `${device}:${usb.deviceNumber ?? ''}:${node.ino}`,
      reportDescriptor,
    };
    return { port, usages };
  } catch {
    // It went away while it was read.
    return null;
  }
}
