import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confidenceOf,
  type KnownDevice,
  matchPorts,
  mintDeviceId,
  serialKey,
  twinSerials,
  usableSerial,
} from './identity.ts';
import { emptyDescriptor, type SeenPort } from './seen-port.ts';

const port = (path: string, fields: Partial<SeenPort['descriptor']>): SeenPort => ({
  path,
  descriptor: { ...emptyDescriptor, vendor_id: '0403', product_id: '6001', interface: '00', ...fields },
  parent: null,
  declared: false,
  simulated: false,
  incarnation: path,
});

const knownFrom = (seen: SeenPort, more: Partial<KnownDevice> = {}): KnownDevice => ({
  id: mintDeviceId(),
  path: seen.path,
  parent: null,
  unit: null,
  descriptor: seen.descriptor,
  declared: false,
  simulated: false,
  serial_not_unique: false,
  protocol_serial: null,
  answered_as: null,
  needs_confirmation: false,
  first_seen_at: '2026-01-01T00:00:00Z',
  last_seen_at: '2026-01-01T00:00:00Z',
  ...more,
});

describe('knowing a device again', () => {
  it('follows a serial number to another socket and another path', () => {
    const known = knownFrom(port('/dev/ttyUSB0', { serial_number: 'A1', topology: 'usb-1' }));
    const moved = port('/dev/ttyUSB7', { serial_number: 'A1', topology: 'usb-9' });
    expect(matchPorts([moved], [known]).get(moved)?.id).toBe(known.id);
  });

  it('knows a device without a serial number by its socket, not by its path', () => {
    const left = knownFrom(port('/dev/ttyUSB0', { topology: 'usb-1' }));
    const right = knownFrom(port('/dev/ttyUSB1', { topology: 'usb-2' }));
    const swappedNames = [port('/dev/ttyUSB1', { topology: 'usb-1' }), port('/dev/ttyUSB0', { topology: 'usb-2' })];
    const matched = matchPorts(swappedNames, [left, right]);
    expect(swappedNames.map((seen) => matched.get(seen)?.id)).toEqual([left.id, right.id]);
  });

  it('does not take another unit in the same socket for the one that was there', () => {
    const known = knownFrom(port('/dev/ttyUSB0', { serial_number: 'A1', topology: 'usb-1' }));
    const other = port('/dev/ttyUSB0', { serial_number: 'B2', topology: 'usb-1' });
    expect(matchPorts([other], [known]).get(other)).toBeNull();
  });

  it('trusts no serial number that two devices carry at once, and none that makers leave in by mistake', () => {
    const twins = [
      port('/dev/ttyUSB0', { serial_number: 'SAME', topology: 'usb-1' }),
      port('/dev/ttyUSB1', { serial_number: 'SAME', topology: 'usb-2' }),
    ];
    expect(twinSerials(twins).size).toBe(1);
    const known = twins.map((seen) => knownFrom(seen, { serial_not_unique: true }));
    const swapped = [
      port('/dev/ttyUSB0', { serial_number: 'SAME', topology: 'usb-2' }),
      port('/dev/ttyUSB1', { serial_number: 'SAME', topology: 'usb-1' }),
    ];
    const matched = matchPorts(swapped, known);
    expect(swapped.map((seen) => matched.get(seen)?.id)).toEqual([known[1]?.id, known[0]?.id]);
    expect(
      ['0000', '0123456789ABCDEF', 'FFFF'].map((serial_number) => usableSerial({ ...emptyDescriptor, serial_number })),
    ).toEqual([null, null, null]);
    expect(known.map(confidenceOf)).toEqual(['port', 'port']);
  });

  it('never binds a device to a port that says it is another, however they are replugged', () => {
    const units = fc.uniqueArray(
      fc.record({ serial: fc.option(fc.constantFrom('S1', 'S2', 'S3', 'S4')), socket: fc.integer({ min: 1, max: 6 }) }),
      {
        maxLength: 5,
        selector: (unit) => unit.socket,
      },
    );
    const portsOf = (plugged: readonly { serial: string | null; socket: number }[]) =>
      plugged.map(({ serial, socket }, index) =>
        port(`/dev/ttyUSB${index}`, { serial_number: serial, topology: `usb-${socket}` }),
      );
    fc.assert(
      fc.property(units, units, (before, after) => {
        const first = portsOf(before);
        const twins = twinSerials(first);
        const known = first.map((seen) =>
          knownFrom(seen, { serial_not_unique: twins.has(serialKey(seen.descriptor) ?? '') }),
        );
        const second = portsOf(after);
        const matched = matchPorts(second, known);
        const taken = new Set<string>();
        for (const [seen, device] of matched) {
          if (device === null) continue;
          expect(taken.has(device.id)).toBe(false);
          taken.add(device.id);
          const was = device.serial_not_unique ? null : usableSerial(device.descriptor);
          const is = twinSerials(second).has(serialKey(seen.descriptor) ?? '') ? null : usableSerial(seen.descriptor);
          if (was !== null && is !== null) expect(is).toBe(was);
          else expect(seen.descriptor.topology).toBe(device.descriptor.topology);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
