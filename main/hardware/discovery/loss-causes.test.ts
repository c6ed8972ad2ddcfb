import { describe, expect, it } from 'vitest';
import { createLossCauses } from './loss-causes.ts';

const at = (ports: string, part = '1.0') => ({
  path: '/dev/ttyUSB0',
  topology: `pci-0000:00:14.0-usb-0:${ports}:${part}`,
});
const unplaced = (path: string) => ({ path, topology: null });

describe('causes of losses', () => {
  it('are one for what hung on one hub, though it goes one after the other, and others go meanwhile', () => {
    const causes = createLossCauses();
    const first = causes.causeOf(at('1.4.1'), 0);
    const other = causes.causeOf(at('2.1'), 100);
    expect(other).not.toBe(first);
    expect(causes.causeOf(at('1.4.2'), 200)).toBe(first);
    expect(causes.causeOf(at('2.2'), 300)).toBe(other);
    expect(causes.causeOf(at('1.3'), 600)).toBe(first);
  });

  it('are two for different sockets of the machine, and after a while', () => {
    const causes = createLossCauses();
    const first = causes.causeOf(at('1.4'), 0);
    expect(causes.causeOf(at('2.4'), 100)).not.toBe(first);
    expect(causes.causeOf(at('1.5'), 2_001)).not.toBe(first);
  });

  it('are one for a loss that is told twice, and for the interfaces of one unit', () => {
    const causes = createLossCauses();
    const first = causes.causeOf(at('1'), 0);
    expect(causes.causeOf(at('1'), 10_000), 'by the port, and by detection on a busy machine').toBe(first);
    causes.back(at('1'));
    expect(causes.causeOf(at('1'), 10_001), 'it came back, and went again').not.toBe(first);
  });

  it('are one for the interfaces of one unit', () => {
    const causes = createLossCauses();
    const first = causes.causeOf(at('1'), 0);
    expect(causes.causeOf(at('1', '1.1'), 30)).toBe(first);
  });

  it('are one for the ports of one host, and for those of which nothing is known', () => {
    const causes = createLossCauses();
    const host = causes.causeOf(unplaced('tcp://10.0.0.7:4001'), 0);
    expect(causes.causeOf(unplaced('tcp://10.0.0.7:4002'), 10)).toBe(host);
    expect(causes.causeOf(unplaced('tcp://10.0.0.8:4001'), 20)).not.toBe(host);
    const wire = causes.causeOf(unplaced('/run/scale'), 30);
    expect(wire).not.toBe(host);
    expect(causes.causeOf(unplaced('/run/printer'), 40)).toBe(wire);
  });
});
