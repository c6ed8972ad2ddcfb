import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sharedBridges } from './bridges.table.ts';
import { textOrNull } from './seen-port.ts';

/** A USB serial adapter that has no port, because a program took it from the kernel's driver. */
export interface TakenAdapter {
  /** As the kernel calls it: `1-1.2`. */
  readonly place: string;
  /** `0403:6001`. */
  readonly id: string;
  readonly product: string;
  /** What whoever took it has open. */
  readonly node: string;
}

/**
 * Adapters whose interface is held through usbfs by a program: what brltty does with those that it takes for Braille
 * displays. Empty where there is no sysfs. Reads only.
 */
export function findTakenAdapters(sys = '/sys'): readonly TakenAdapter[] {
  const folder = join(sys, 'bus/usb/devices');
  return list(folder)
    .filter((name) => /^\d+-[\d.]+:\d+\.\d+$/.test(name) && driverOf(join(folder, name)) === 'usbfs')
    .flatMap((name) => {
      const place = name.replace(/:.*/, '');
      const read = (attribute: string) => textOrNull(attributeOf(join(folder, place, attribute)));
      const id = `${read('idVendor')}:${read('idProduct')}`;
      const chip = sharedBridges.get(id);
      const number = (attribute: string) => String(read(attribute)).padStart(3, '0');
      const node = `/dev/bus/usb/${number('busnum')}/${number('devnum')}`;
      return chip === undefined ? [] : [{ place, id, product: read('product') ?? chip, node }];
    });
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function driverOf(folder: string): string | null {
  try {
    return basename(realpathSync(join(folder, 'driver')));
  } catch {
    return null;
  }
}

function attributeOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
