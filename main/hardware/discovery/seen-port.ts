import type { LinkType } from '../../../drivers/kit/index.ts';
import type { Descriptor } from '../device.ts';

/** One openable port found in a look at the machine. */
export interface SeenPort {
  /** What is opened: `/dev/ttyUSB0`, `COM3`, or a configured path as it was written. */
  readonly path: string;
  readonly bus: LinkType;
  readonly descriptor: Descriptor;
  /** The physical unit this interface belongs to (`unit:...`); null where the bus does not say. */
  readonly parent: string | null;
  /** At least one field of the descriptor comes from configuration. */
  readonly declared: boolean;
  readonly simulated: boolean;
  /** Changes whenever the port went away and came back, however quickly. */
  readonly incarnation: string;
  /** Of a HID interface; absent off HID and where the system does not show it. */
  readonly reportDescriptor?: Uint8Array;
}

/** A descriptor that says nothing. */
export const emptyDescriptor: Descriptor = {
  vendor_id: null,
  product_id: null,
  manufacturer: null,
  product: null,
  serial_number: null,
  interface: null,
  topology: null,
  usages: [],
  ieee1284_id: null,
};

/** Text as reported, without surrounding blanks; null when nothing is left. */
export function textOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Four lower-case hex digits out of `0403`, `0x403`, `1A86` or `0x05ac  (Apple Inc.)`; null for zero and for anything else. */
export function usbIdOrNull(text: string | null | undefined): string | null {
  const digits = /^(?:0x)?([0-9a-f]{1,4})(?![0-9a-z])/i.exec(text?.trim() ?? '')?.[1];
  if (digits === undefined) return null;
  const id = digits.toLowerCase().padStart(4, '0');
  return id === '0000' ? null : id;
}
