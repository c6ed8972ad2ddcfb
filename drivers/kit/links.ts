/** What a device hangs on. Only a serial line has line settings. */
export type LinkType = 'serial' | 'tcp' | 'hid' | 'usb_printer';

/** Every link, in the order in which people are told of them. */
export const linkTypes: readonly LinkType[] = ['serial', 'tcp', 'hid', 'usb_printer'];

/** What people call a link. */
export const linkNames: Readonly<Record<LinkType, string>> = {
  serial: 'a serial port',
  tcp: 'the network',
  hid: 'USB HID',
  usb_printer: 'the USB printer class',
};

/** The links that a driver's devices can be reached over. */
export function linksOf({ links }: { readonly links: { readonly [Type in LinkType]?: unknown } }): readonly LinkType[] {
  return linkTypes.filter((type) => links[type] !== undefined);
}
