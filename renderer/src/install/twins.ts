import type { Device } from '../live/wire.ts';

/** Other devices that look the same, whose plugs carry nothing of their own to tell them by. */
export function twinsOf(device: Device, devices: Iterable<Device>): readonly Device[] {
  if (!isNameless(device)) return [];
  return [...devices].filter(
    (other) => other.id !== device.id && other.unit === null && isNameless(other) && looksLike(device, other),
  );
}

function isNameless({ identity, unit, descriptor }: Device): boolean {
  if (unit !== null || descriptor.vendor_id === null) return false;
  // The unit may be known by what it answers, and still look the same to whoever stands before the two.
  return identity.confidence === 'protocol_serial'
    ? descriptor.serial_number === null
    : identity.confidence !== 'serial';
}

function looksLike({ descriptor: left, bus }: Device, { descriptor: right, bus: otherBus }: Device): boolean {
  return (
    bus === otherBus &&
    left.vendor_id === right.vendor_id &&
    left.product_id === right.product_id &&
    left.product === right.product &&
    left.interface === right.interface
  );
}
