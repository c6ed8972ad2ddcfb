/** A USB interface by its place: `usb:1-1.2:1.0` is interface 0 of configuration 1 of the device that Linux calls `1-1.2`. */
export interface UsbInterfacePlace {
  /** Bus and ports on the way, as in sysfs: `1-1.2`. */
  readonly device: string;
  readonly configuration: number;
  readonly interface: number;
}

/** Reads a path of the form `usb:1-1.2:1.0`; null for every other text. */
export function parseUsbPath(path: string): UsbInterfacePlace | null {
  const parts = /^usb:(\d{1,3}-\d{1,3}(?:\.\d{1,3})*):(\d{1,3})\.(\d{1,3})$/.exec(path);
  if (parts === null) return null;
  const [, device = '', configuration, number] = parts;
  const place = { device, configuration: Number(configuration), interface: Number(number) };
  return place.configuration <= 255 && place.interface <= 255 ? place : null;
}

/** The path of an interface; the inverse of {@link parseUsbPath}. */
export function usbPath(place: UsbInterfacePlace): string {
  return `usb:${sysfsInterface(place)}`;
}

/** The interface's name in `/sys/bus/usb/devices`: `1-1.2:1.0`. */
export function sysfsInterface({ device, configuration, interface: number }: UsbInterfacePlace): string {
  return `${device}:${configuration}.${number}`;
}
