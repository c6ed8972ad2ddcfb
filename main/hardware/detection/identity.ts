import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Confidence, Descriptor } from '../device.ts';
import type { SeenPort } from './seen-port.ts';

const text = z.string().nullable();
const descriptorSchema = z.object({
  vendor_id: text,
  product_id: text,
  manufacturer: text,
  product: text,
  serial_number: text,
  interface: text,
  topology: text,
});

/** What is remembered of a device; stored as JSON and parsed when it comes back. */
export const knownDeviceSchema = z.object({
  id: z.string(),
  path: z.string(),
  parent: text,
  unit: z.int().nullable(),
  descriptor: descriptorSchema,
  declared: z.boolean(),
  simulated: z.boolean(),
  /** Two devices with this serial number were here at once: it tells nothing, for good. */
  serial_not_unique: z.boolean(),
  protocol_serial: text,
  /** The listing as which it answered, and its model. */
  answered_as: z.object({ listing: z.string(), model: text }).nullable(),
  needs_confirmation: z.boolean(),
  first_seen_at: z.string(),
  last_seen_at: z.string(),
});
/** What is remembered of a device. */
export type KnownDevice = z.output<typeof knownDeviceSchema>;

/** Serial numbers that makers leave in by mistake: they tell nobody apart. */
const dummySerial = /^(0+|f+|1234567890?|0?123456789(abcdef)?|none|n\/a|serial|default|not specified)$/i;

/** The usable serial number of a descriptor; null when there is none, or only a dummy. */
export function usableSerial(descriptor: Descriptor): string | null {
  const { serial_number: serial } = descriptor;
  return serial === null || dummySerial.test(serial) ? null : serial;
}

const model = ({ vendor_id, product_id, interface: part }: Descriptor) => [vendor_id, product_id, part].join(':');

/** What a serial number says: which unit, whatever socket it is in. */
export function serialKey(descriptor: Descriptor): string | null {
  const serial = usableSerial(descriptor);
  return serial === null ? null : `${model(descriptor)}:${serial}`;
}

/** What a place says: this kind of device in this socket. */
function placeKey(descriptor: Descriptor): string | null {
  return descriptor.topology === null ? null : `${model(descriptor)}@${descriptor.topology}`;
}

/** How a device is known again. */
export function confidenceOf(device: KnownDevice): Confidence {
  if (device.protocol_serial !== null) return 'protocol_serial';
  if (serialKey(device.descriptor) !== null && !device.serial_not_unique) return 'serial';
  if (device.descriptor.topology !== null) return 'port';
  return 'path';
}

/** For people: what the confidence rests on. */
export const confidenceExplanation: Readonly<Record<Confidence, string>> = {
  protocol_serial: 'The device itself reports its serial number.',
  serial: 'Its plug carries a serial number seen only once.',
  port: 'It has no serial number of its own: the socket is known, not the unit. A swap in the same socket goes unnoticed.',
  path: 'It is known by its path alone.',
  ambiguous: 'Several devices fit; a person has to tell them apart.',
};

/** Which remembered device each port is, by the best evidence there is; null for one never seen. Pure. */
export function matchPorts(
  ports: readonly SeenPort[],
  known: readonly KnownDevice[],
): ReadonlyMap<SeenPort, KnownDevice | null> {
  const free = new Set(known.filter((device) => device.unit === null));
  const matched = new Map<SeenPort, KnownDevice | null>();
  const twins = duplicates(ports.map((port) => serialKey(port.descriptor)));
  const usable = (descriptor: Descriptor) => {
    const key = serialKey(descriptor);
    return key === null || twins.has(key) ? null : key;
  };
  const pass = (
    keyOf: (descriptor: Descriptor, path: string) => string | null,
    fits: (device: KnownDevice, port: SeenPort) => boolean,
  ) => {
    for (const port of ports) {
      if (matched.has(port)) continue;
      const key = keyOf(port.descriptor, port.path);
      if (key === null) continue;
      const found = [...free].filter((device) => keyOf(device.descriptor, device.path) === key && fits(device, port));
      const [only] = found;
      if (only === undefined || found.length > 1) continue;
      free.delete(only);
      matched.set(port, only);
    }
  };
  pass(usable, (device) => !device.serial_not_unique);
  // A place never stands for a unit whose serial number says that it is another one.
  const sameUnit = (device: KnownDevice, port: SeenPort) => {
    const was = device.serial_not_unique ? null : serialKey(device.descriptor);
    const is = usable(port.descriptor);
    return was === null || is === null || was === is;
  };
  pass(placeKey, sameUnit);
  pass(
    (descriptor, path) => (descriptor.topology === null ? path : null),
    (device, port) => model(device.descriptor) === model(port.descriptor) && sameUnit(device, port),
  );
  for (const port of ports) if (!matched.has(port)) matched.set(port, null);
  return matched;
}

/** The serial numbers that more than one of these ports carry at once. */
export function twinSerials(ports: readonly SeenPort[]): ReadonlySet<string> {
  return duplicates(ports.map((port) => serialKey(port.descriptor)));
}

function duplicates(keys: readonly (string | null)[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const key of keys) {
    if (key === null) continue;
    if (seen.has(key)) twice.add(key);
    seen.add(key);
  }
  return twice;
}

/** A new random device id, 128 bits. */
export function mintDeviceId(): string {
  return `dev_${randomBytes(16).toString('hex')}`;
}
