import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUdevParser, startUdevMonitor, type UdevMonitor } from './udev-monitor.ts';

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

UDEV  [4739.100000] bind     /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0 (usb)
ACTION=bind
DEVTYPE=usb_interface
INTERFACE=7/1/2

`;
const events = [
  { action: 'add', node: '/dev/ttyUSB0', usbInterface: null },
  { action: 'remove', node: '/dev/ttyUSB0', usbInterface: null },
  { action: 'bind', node: null, usbInterface: '7/1/2' },
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

describe('the supervised monitor', () => {
  let folder = '';
  let monitor: UdevMonitor | null = null;
  let told: string[] = [];
  let wake = () => {};
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'udev-'));
    writeFileSync(join(folder, 'control'), '');
    told = [];
  });
  afterEach(() => {
    monitor?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A child that prints as `udevadm` does; `script` says what it does after its heading. */
  const start = (script: string) => {
    const tell = (line: string) => {
      told.push(line);
      wake();
    };
    const heading =
      "printf 'monitor will print the received events for:\\nUDEV - the event which udev sends out after rule processing\\n\\n'";
    monitor = startUdevMonitor({
      onEvent: ({ action, node }) => tell(`${action} ${node}`),
      onListening: () => tell('listening'),
      onDown: (why) => tell(`down: ${why}`),
      command: ['sh', '-c', `${heading}; ${script}`],
      control: join(folder, 'control'),
    });
    return monitor;
  };
  const until = async (line: string) => {
    while (!told.includes(line)) await new Promise<void>((resolve) => (wake = resolve));
  };

  it('says when nothing is missed any more, before the first event', async () => {
    start("printf 'ACTION=add\\nDEVNAME=/dev/ttyUSB0\\n\\n'; exec sleep 60");
    await until('add /dev/ttyUSB0');
    expect(told).toEqual(['listening', 'add /dev/ttyUSB0']);
  });

  it('is started again when it ends, and each start says so: what fell in between has to be looked for', async () => {
    start('exit 3');
    await until('down: udevadm ended (3)');
    told.splice(0);
    await until('listening');
  });

  it('ends by itself when udevd goes, for then it would be silent for ever', async () => {
    const running = start('exec sleep 60');
    await until('listening');
    running.check();
    expect(told).toEqual(['listening']);
    rmSync(join(folder, 'control'));
    running.check();
    expect(told).toEqual(['listening', 'down: udevd has ended']);
  });

  it('tells nothing after it was closed', async () => {
    const running = start('exec sleep 60');
    await until('listening');
    running.close();
    expect(told).toEqual(['listening']);
  });
});
