import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUdevParser } from './udev-monitor.ts';

const transcript = `monitor will print the received events for:
UDEV - the event which udev sends out after rule processing

UDEV  [4731.103912] add      /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0 (tty)
ACTION=add
DEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0
SUBSYSTEM=tty
DEVNAME=/dev/ttyUSB0
ID_MODEL_ENC=USB\\x20=\\x20Serial

UDEV  [4735.220011] remove   /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0 (tty)
ACTION=remove
DEVNAME=/dev/ttyUSB0

`;
const events = [
  { action: 'add', node: '/dev/ttyUSB0' },
  { action: 'remove', node: '/dev/ttyUSB0' },
];

describe("the monitor's output", () => {
  it('is an event for each block, the heading none', () => {
    expect(createUdevParser()(transcript)).toEqual(events);
  });

  it('means the same however it is split', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(transcript.length)), (cuts) => {
        const parse = createUdevParser();
        const edges = [0, ...cuts.sort((left, right) => left - right), transcript.length];
        expect(edges.slice(1).flatMap((end, index) => parse(transcript.slice(edges[index], end)))).toEqual(events);
      }),
    );
  });

  it('is no event before its block has ended', () => {
    expect(createUdevParser()('ACTION=add\nDEVNAME=/dev/ttyUSB0\n')).toEqual([]);
  });
});
