import type { JsonObject } from './json.ts';
import type { LinkType } from './links.ts';
import type { SerialSettings } from './serial-settings.ts';

/** What the configuration settled for one device. */
export interface DriverContext {
  /** Parsed by the driver's own `options` schema. */
  readonly options: JsonObject;
  readonly unit: number | null;
  /** What this device hangs on; null while that is not known: tools are described before there is a device. */
  readonly link: LinkType | null;
  /** Null where the link is no serial line. */
  readonly settings: SerialSettings | null;
  /** The HID interface's report descriptor; null off HID, or where the system does not show it. */
  readonly reportDescriptor: Uint8Array | null;
}

/** What a driver is told where there is no device yet: no link, no line, no bus. */
export const noDevice: DriverContext = { link: null, settings: null, options: {}, unit: null, reportDescriptor: null };
