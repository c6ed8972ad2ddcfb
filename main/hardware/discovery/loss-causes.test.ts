import { describe, expect, it } from 'vitest';
import { createLossCauses } from './loss-causes.ts';

const at = (ports: string) => `pci-0000:00:14.0-usb-0:${ports}:1.0`;

describe('causes of losses', () => {
  it('are one for what hung on one hub, though it goes one after the other', () => {
    const causes = createLossCauses();
    const first = causes.causeOf([at('1.4.1')], 0);
    expect(causes.causeOf([at('1.4.2')], 200)).toBe(first);
    expect(causes.causeOf([at('1.3')], 600)).toBe(first);
  });

  it('are two for different sockets of the machine, for unknown places, and after a while', () => {
    const causes = createLossCauses();
    const first = causes.causeOf([at('1.4')], 0);
    expect(causes.causeOf([at('2.4')], 100)).not.toBe(first);
    expect(causes.causeOf([null], 150)).not.toBe(causes.causeOf([null], 160));
    const again = causes.causeOf([at('1.4')], 1_000);
    expect(causes.causeOf([at('1.4')], 1_501)).not.toBe(again);
  });

  it('are one for the interfaces of one unit', () => {
    const causes = createLossCauses();
    const first = causes.causeOf(['pci-0-usb-0:1:1.0'], 0);
    expect(causes.causeOf(['pci-0-usb-0:1:1.1'], 10)).toBe(first);
  });
});
