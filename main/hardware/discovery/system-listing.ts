import { listHidPorts } from './hid-listing.ts';
import type { SeenPort } from './seen-port.ts';
import { listSerialPorts } from './serial-listing.ts';
import { listUsbPrinters } from './usb-printers.ts';

/** How each kind of openable interface is found. */
const listings: readonly (() => Promise<readonly SeenPort[]>)[] = [listSerialPorts, listHidPorts, listUsbPrinters];

/**
 * Every interface that the operating system lists and that a driver could open. Opens nothing and writes nothing.
 * Rejects with `not_supported` when there is no way to know.
 */
export async function listSystemPorts(): Promise<readonly SeenPort[]> {
  return (await Promise.all(listings.map((list) => list()))).flat();
}
