import type { InstallRule } from '../../config/index.ts';
import type { Device, ListingDescription } from '../../hardware/index.ts';

/** What a device is looked for by: every field that is given must be equal. */
export type DeviceMatch = InstallRule['match'];

/** Whether `device` is what `match` describes. */
export function matchesDevice(device: Device, match: DeviceMatch): boolean {
  const { descriptor, recognition } = device;
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [match.path, device.path],
    [match.vendor_id, descriptor.vendor_id],
    [match.product_id, descriptor.product_id],
    [match.manufacturer, descriptor.manufacturer],
    [match.product, descriptor.product],
    [match.serial_number, descriptor.serial_number],
    [match.unit, device.unit],
    [match.listing, recognition.listing],
    [match.simulated, device.simulated],
  ];
  return pairs.every(([wanted, seen]) => wanted === undefined || wanted === seen);
}

/**
 * Whether a connector of this listing can sit on this device, which must hang on a link of its kind: off a bus on the port itself; on a bus on one address, or,
 * when the configuration names the address, on the port that carries it.
 */
export function fitsListing(device: Device, listing: ListingDescription, unitNamed: boolean): boolean {
  if (!listing.links.includes(device.bus)) return false;
  if (!listing.bus) return device.unit === null;
  return unitNamed ? device.unit === null : device.unit !== null;
}
