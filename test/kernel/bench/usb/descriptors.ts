/** Two bytes, low byte first, as USB writes numbers. */
export const word = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff];

/** One endpoint (USB 2.0 section 9.6.6). */
export interface Endpoint {
  /** With 0x80 for those that the device sends on. */
  readonly address: number;
  readonly kind: 'bulk' | 'interrupt';
}

/** One interface (USB 2.0 section 9.6.5). */
export interface Interface {
  readonly number: number;
  /** Class, subclass, protocol. */
  readonly kind: readonly [number, number, number];
  /** Descriptors of its class, between it and its endpoints. */
  readonly extra?: readonly number[];
  readonly endpoints: readonly Endpoint[];
  /** Descriptors that go before it: an interface association. */
  readonly before?: readonly number[];
}

/** What a device says of itself. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer?: string;
  readonly product?: string;
  /** Absent: it has none. */
  readonly serial?: string;
  /** Of USB and of the device, as hex digits: 0x0110 is 1.1. Absent: 2.0 and 1.0. */
  readonly usbVersion?: number;
  readonly release?: number;
}

const MAX_PACKET = 64;

/** The device descriptor; `kind` is its class where the interfaces don't say it. */
export function deviceDescriptor(identity: UsbIdentity, kind: readonly [number, number, number]): Uint8Array {
  const { vendorId, productId, manufacturer, product, serial, usbVersion = 0x0200, release = 0x0100 } = identity;
  const strings = [manufacturer, product, serial].map((text, index) => (text === undefined ? 0 : index + 1));
  return Uint8Array.from([
    ...[18, 1, ...word(usbVersion), ...kind, MAX_PACKET, ...word(vendorId), ...word(productId), ...word(release)],
    ...[...strings, 1],
  ]);
}

/** The one configuration with everything in it. */
export function configurationDescriptor(interfaces: readonly Interface[]): Uint8Array {
  const body = interfaces.flatMap(({ number, kind, extra = [], endpoints, before = [] }) => [
    ...before,
    ...[9, 4, number, 0, endpoints.length, ...kind, 0],
    ...extra,
    ...endpoints.flatMap(({ address, kind: transfer }) => [
      ...[7, 5, address, transfer === 'bulk' ? 2 : 3, ...word(transfer === 'bulk' ? MAX_PACKET : 16)],
      transfer === 'bulk' ? 0 : 10,
    ]),
  ]);
  return Uint8Array.from([9, 2, ...word(body.length + 9), interfaces.length, 1, 0, 0xc0, 50, ...body]);
}

/** A string descriptor; index 0 lists the languages: English (United States). */
export function stringDescriptor(identity: UsbIdentity, index: number): Uint8Array | null {
  if (index === 0) return Uint8Array.of(4, 3, 0x09, 0x04);
  const text = [identity.manufacturer, identity.product, identity.serial][index - 1];
  if (text === undefined) return null;
  const encoded = Buffer.from(text, 'utf16le');
  return Buffer.concat([Uint8Array.of(encoded.length + 2, 3), encoded]);
}
