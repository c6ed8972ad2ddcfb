import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { linkTypes } from '../../../drivers/kit/index.ts';
import type { Descriptor } from '../device.ts';
import type { Confirmation } from './confirmation.ts';
import type { KnownPort, PortEvidence } from './identity.ts';
import { emptyDescriptor, type SeenPort } from './seen-port.ts';

const text = z.string().nullable();

/** What a device was found to be set to. */
export const foundSchema = z.object({ listing: z.string(), config: z.record(z.string(), z.json()) });

/** What is remembered of a device over a restart; parsed whenever it comes back from the store. */
export const rememberedDeviceSchema = z.object({
  id: z.string(),
  path: z.string(),
  bus: z.enum(linkTypes).optional(),
  parent: text,
  unit: z.int().nullable(),
  descriptor: z.object({
    vendor_id: text,
    product_id: text,
    manufacturer: text,
    product: text,
    serial_number: text,
    interface: text,
    topology: text,
    usages: z.array(z.string()).readonly().default([]),
    ieee1284_id: text.default(null),
  }),
  /** Of a HID interface, in base64, so that its tools can be described while it is away. */
  report_descriptor: text.default(null),
  declared: z.boolean(),
  simulated: z.boolean(),
  /** A person added its address on the network: it is looked at as if it were configured. */
  added: z.boolean().default(false),
  /** What it is known again by; a unit on a bus is known by its port and its address. */
  level: z.enum(['serial', 'port', 'path']).optional(),
  /** Which unit this is could not be known; a person settles it. */
  unsettled: z.boolean().default(false),
  /** Two devices with this serial number were here at once: it tells nothing, for good. */
  serial_not_unique: z.boolean(),
  /** The serial number it is known to report over its protocol. */
  protocol_serial: text,
  /** Two devices reported this serial number at once. */
  protocol_serial_not_unique: z.boolean().default(false),
  /** The system's driver that was taken off it and has to be given back: `usblp`. */
  borrowed_driver: text.default(null),
  /** The listing as which it answered, and its model. */
  answered_as: z.object({ listing: z.string(), model: text }).nullable(),
  /** What it, or what is behind it, was found to be set to when it answered. */
  found: foundSchema.nullable().default(null),
  needs_confirmation: z.boolean(),
  /** Whether it was there when this was stored: what comes back after that was plugged in again. */
  present: z.boolean().default(true),
  first_seen_at: z.string(),
  last_seen_at: z.string(),
});

/** What is remembered of a device. */
export type RememberedRow = z.output<typeof rememberedDeviceSchema>;

/** A new random device id, 128 bits. */
export function mintDeviceId(): string {
  return `dev_${randomBytes(16).toString('hex')}`;
}

/** The row of a device seen for the first time. `port` may be another device's row, for a unit on its bus. */
export function newRow(
  id: string,
  port: Pick<SeenPort, 'path' | 'bus' | 'parent' | 'descriptor' | 'declared' | 'simulated' | 'reportDescriptor'>,
  unit: number | null,
  at: string,
): RememberedRow {
  return {
    id,
    path: port.path,
    bus: port.bus,
    parent: port.parent,
    unit,
    descriptor: { ...emptyDescriptor, ...port.descriptor },
    report_descriptor: storedDescriptor(port),
    declared: port.declared,
    simulated: port.simulated,
    added: false,
    unsettled: false,
    serial_not_unique: false,
    protocol_serial: null,
    protocol_serial_not_unique: false,
    borrowed_driver: null,
    answered_as: null,
    found: null,
    needs_confirmation: false,
    present: true,
    first_seen_at: at,
    last_seen_at: at,
  };
}

/** A port's report descriptor as it is stored. */
export function storedDescriptor({ reportDescriptor }: Pick<SeenPort, 'reportDescriptor'>): string | null {
  return reportDescriptor === undefined ? null : Buffer.from(reportDescriptor).toString('base64');
}

/**
 * What the bus says now, with the IEEE 1284 id that the same kind of printer told before: the system shows it only while
 * its own driver has the printer.
 */
export function keepPrinterId(before: Descriptor, now: Descriptor): Descriptor {
  const isSame = kindFields.every((field) => before[field] === now[field]);
  return now.ieee1284_id === null && isSame ? { ...now, ieee1284_id: before.ieee1284_id } : now;
}

const kindFields = ['vendor_id', 'product_id', 'manufacturer', 'product', 'serial_number', 'interface'] as const;

/** What the matching needs of a present port or of a remembered one. */
export function evidenceOf(port: Pick<SeenPort, 'path' | 'descriptor' | 'declared'>): PortEvidence {
  const { vendor_id, product_id, serial_number, interface: part, topology } = port.descriptor;
  return {
    path: port.path,
    vendorId: vendor_id,
    productId: product_id,
    serial: serial_number,
    interface: part,
    topology,
    declared: port.declared,
  };
}

/** A remembered port as the matching sees it. */
export function knownPortOf(
  row: RememberedRow,
  levelOf: (evidence: PortEvidence, shared: boolean) => KnownPort['level'],
): KnownPort {
  const evidence = evidenceOf(row);
  return {
    id: row.id,
    evidence,
    level: row.level ?? levelOf(evidence, row.serial_not_unique),
    serialShared: row.serial_not_unique,
    unsettled: row.unsettled,
  };
}

/** What a person or the device said, out of its row and of what it reported since it was plugged in. */
export function confirmationOf(row: RememberedRow, reportedSerial: string | null): Confirmation {
  return { needed: row.needs_confirmation, knownSerial: row.protocol_serial, reportedSerial };
}
