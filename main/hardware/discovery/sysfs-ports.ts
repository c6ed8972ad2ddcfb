import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDescriptor, type SeenPort } from './seen-port.ts';
import { readAttribute, readUsbFacts, type SysfsRoots, usbDescriptor, usbUnit } from './usb-facts.ts';

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
    if (!existsSync(join(entry, 'device'))) return null;
    const device = realpathSync.native(join(entry, 'device'));
    if (readAttribute(entry, 'type') === '0') return null;
    const path = join(roots.dev, name);
    const node = lstatSync(path);
    const usb = readUsbFacts(device, readAttribute(entry, 'port_number') ?? readAttribute(device, 'port_number'));
    return {
      path,
      bus: 'serial',
      descriptor: usb === null ? emptyDescriptor : usbDescriptor(usb),
      parent: usb === null ? null : usbUnit(usb),
      declared: false,
      simulated: false,
      incarnation: `${device}:${usb?.deviceNumber ?? ''}:${node.ino}`,
    };
  } catch {
    // No hardware behind the name, or it went away while it was read.
    return null;
  }
}
