import { shownInterfaces } from './hid-usages.ts';
import { isKeyboardScanner } from './keyboard-scanner.ts';
import { emptyDescriptor, type SeenPort, textOrNull, usbIdOrNull } from './seen-port.ts';

/** A row of node-hid's `devices()`, as loosely as the operating systems fill it. */
export interface ListedHid {
  readonly vendorId: number;
  readonly productId: number;
  readonly path?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
  /** -1 where the system does not say. */
  readonly interface: number;
  readonly usagePage?: number | undefined;
  readonly usage?: number | undefined;
}

/**
 * Rows of `devices()` in our terms. Windows lists a row for each top-level collection and opens each by itself; macOS
 * lists a row for each usage of an interface, all with one path. Neither shows report descriptors or, but for Windows'
 * instance, places.
 */
export function normaliseListedHid(platform: NodeJS.Platform, listed: readonly ListedHid[]): readonly SeenPort[] {
  const byPath = Map.groupBy(
    listed.filter((row) => (row.path ?? '') !== ''),
    (row) => row.path ?? '',
  );
  const all = [...byPath].flatMap(([path, [row, ...more]]) =>
    row === undefined ? [] : [readRow(platform, path, row, more)],
  );
  const units = Map.groupBy(all, ({ port }) => `${port.parent ?? port.path}`);
  return [...units.values()]
    .flatMap((unit) => shownInterfaces(unit, ({ port }) => isKeyboardScanner(port.descriptor)))
    .map(({ port }) => port);
}

function readRow(platform: NodeJS.Platform, path: string, row: ListedHid, more: readonly ListedHid[]) {
  const usages = [...new Set([row, ...more].map(({ usagePage = 0, usage = 0 }) => `${hex(usagePage)}:${hex(usage)}`))];
  const instance = platform === 'win32' ? windowsInstance(path) : null;
  const serial = textOrNull(row.serialNumber);
  const descriptor = {
    ...emptyDescriptor,
    vendor_id: usbIdOrNull(hex(row.vendorId)),
    product_id: usbIdOrNull(hex(row.productId)),
    manufacturer: textOrNull(row.manufacturer),
    product: textOrNull(row.product),
    serial_number: serial,
    interface: row.interface < 0 ? null : row.interface.toString(16).padStart(2, '0'),
    topology: instance === null ? null : `usb-${instance}`,
    usages,
  };
  const port: SeenPort = {
    path,
    bus: 'hid',
    descriptor,
    // With a serial number the interfaces of one unit are known to be one.
    parent: serial === null ? null : `unit:${descriptor.vendor_id}:${descriptor.product_id}:${serial}`,
    declared: false,
    simulated: false,
    incarnation: [path, row.serialNumber].join(':'),
  };
  return { port, usages };
}

/** `7&764c891&0&0000` in `\\?\HID#VID_0922&PID_8003#7&764c891&0&0000#{4d1e55b2-...}`: made of the place by Windows. */
function windowsInstance(path: string): string | null {
  return /^\\\\\?\\hid#[^#]*#([^#]+)#/i.exec(path)?.[1]?.toLowerCase() ?? null;
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}
