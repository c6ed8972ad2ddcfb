import { AgentError } from '../../../drivers/kit/index.ts';
import { type ListedPort, normaliseListedPorts } from './listed-port.ts';
import type { SeenPort } from './seen-port.ts';
import { readSysfsPorts } from './sysfs-ports.ts';

/**
 * The serial ports that the operating system lists. Opens nothing and writes nothing.
 *
 * Linux is read from sysfs, where udev itself reads: the strings are the device's own, product and place are there,
 * and no child process runs at each change. Where sysfs is missing, and on other systems, `SerialPort.list()` is asked.
 *
 * Rejects with `not_supported` when there is no way to know.
 */
export async function listSerialPorts(platform: NodeJS.Platform = process.platform): Promise<readonly SeenPort[]> {
  const ports = platform === 'linux' ? readSysfsPorts() : null;
  if (ports !== null) return ports;
  let listed: readonly ListedPort[];
  try {
    // Loaded when first needed: it is a native module.
    const { SerialPort } = await import('serialport');
    listed = await SerialPort.list();
  } catch (error) {
    throw new AgentError('not_supported', `The system's serial ports can't be listed: ${String(error)}.`, {
      hint: 'Install udev (apt-get install udev), or name the ports under paths: in the configuration.',
      cause: error,
    });
  }
  return normaliseListedPorts(platform, listed);
}
