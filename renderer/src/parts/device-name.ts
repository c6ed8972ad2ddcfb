import type { Device } from '../live/wire.ts';

/** What a device is called before it has a name of its own: maker and product as its plug says them, else its path. */
export function deviceName({ descriptor, path, unit }: Device): string {
  const { manufacturer, product } = descriptor;
  // Some products say their maker again.
  const parts = product?.toLowerCase().startsWith(manufacturer?.toLowerCase() ?? '\0')
    ? [product]
    : [manufacturer, product];
  const name = parts.filter((part) => part !== null && part !== '').join(' ') || path;
  return unit === null ? name : `${name} · ${unit}`;
}
