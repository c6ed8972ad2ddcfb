import { readHidrawPorts } from './hidraw-ports.ts';
import { normaliseListedHid } from './listed-hid.ts';
import type { SeenPort } from './seen-port.ts';

/**
 * The HID interfaces that a driver may open. Opens nothing and writes nothing. Linux is read from sysfs, other systems
 * are asked through node-hid. None where there is no way to know: serial ports are listed all the same.
 */
export async function listHidPorts(platform: NodeJS.Platform = process.platform): Promise<readonly SeenPort[]> {
  if (platform === 'linux') return readHidrawPorts();
  try {
    // Loaded when first needed: it is a native module.
    const { devicesAsync } = await import('node-hid');
    return normaliseListedHid(platform, await devicesAsync());
  } catch {
    return [];
  }
}
