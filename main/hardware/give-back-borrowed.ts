import { AgentError } from '../../drivers/kit/index.ts';
import type { DeviceRegistry } from './discovery/index.ts';
import { giveBackPrinter } from './usb/claimed-printer.ts';

/**
 * Gives the kernel's printer driver back where an agent that was killed had taken it: the kernel frees the interface of a
 * process that dies, and leaves it without a driver. Says in the log what could not be given back. Never rejects.
 */
export async function giveBackBorrowed(
  registry: Pick<DeviceRegistry, 'borrowed' | 'recordBorrowed'>,
  log: (line: string) => void,
): Promise<void> {
  for (const { id, path } of registry.borrowed()) {
    try {
      if (await giveBackPrinter(path)) log(`The system's driver was given back to the printer at ${path}.`);
      await registry.recordBorrowed(id, null);
    } catch (error) {
      const { message } = AgentError.from(error);
      log(
        `The system's driver could not be given back to the printer at ${path}: unplug it and plug it in. ${message}`,
      );
    }
  }
}
