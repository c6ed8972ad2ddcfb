import { afterAll, beforeAll, expect, it } from 'vitest';
import { bootGuest, type Guest } from './bench/guest.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { makeHidScale, makeHidScanner } from './bench/usb/hid.ts';
import { makePrinter } from './bench/usb/printer.ts';

const deviceId = 'MFG:ACME;MDL:TP-80;CMD:ESC/POS;CLS:PRINTER;';

/** The models themselves, against the kernel's own class drivers: what drivers of ours are tested with has to be right. */
describeOnKernel('the USB models, on a real kernel', () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootGuest();
  });
  afterAll(async () => {
    await guest?.end();
  });
  const shell = async (command: string) => (await guest.control.run(['sh', '-c', command])).stdout;
  const appears = (path: string) => eventually(path, async () => (await shell(`ls ${path} 2>/dev/null`)).trim());
  const goes = (path: string) =>
    eventually(`${path} is gone`, async () => (await shell(`ls ${path} 2>/dev/null`)) === '');
  /** Reads so many bytes of reports, as hex, while `act` makes them. */
  const reads = async (node: string, count: number, act: () => void) => {
    const reading = guest.control.run([
      'sh',
      '-c',
      `dd if=${node} bs=64 count=${count} 2>/dev/null | hexdump -v -e '1/1 "%02x "'`,
    ]);
    // Reports that come before the node is open are for nobody.
    await eventually('it is being read', () => shell(`ls -l /proc/$(pidof dd)/fd | grep ${node}`));
    act();
    return (await reading).stdout
      .split(/\s+/)
      .filter((byte) => byte !== '')
      .join(' ');
  };

  it('has a printer with an IEEE 1284 id, a status, and everything that is written to it', async () => {
    const printer = makePrinter(guest, { vendorId: 0x04b8, productId: 0x0e15, serial: 'P1' }, { deviceId });
    await printer.plug();
    await appears('/dev/usb/lp0');
    const shown = await eventually('its id', () => shell('cat /sys/class/usbmisc/lp0/device/ieee1284_id 2>/dev/null'));
    expect(shown).toContain(deviceId);
    await guest.control.must('sh', '-c', "printf 'hello\\n' > /dev/usb/lp0");
    await eventually('it is printed', async () => printer.printed().length === 6);
    expect(Buffer.from(printer.printed()).toString()).toBe('hello\n');

    printer.wrong.stalled.add(1);
    const refused = await guest.control.run(['sh', '-c', "printf 'again\\n' > /dev/usb/lp0; sync"], {
      timeoutMs: 30_000,
    });
    expect(Buffer.from(printer.printed()).toString(), JSON.stringify(refused)).toBe('hello\n');
    await printer.unplug();
    await goes('/dev/usb/lp0');
  });

  it('has a scale whose reports arrive as they were sent', async () => {
    const scale = makeHidScale(guest, { vendorId: 0x0922, productId: 0x8003 });
    await scale.plug();
    const node = await appears('/dev/hidraw*');
    expect(await reads(node, 1, () => scale.weigh(1234))).toBe('03 04 02 00 d2 04');
    expect(await reads(node, 1, () => scale.weigh(7125, 3, -3))).toBe('03 04 03 fd d5 1b');
    await scale.unplug();
    await goes('/dev/hidraw*');
  });

  it('has a scanner that splits long codes and says that they go on', async () => {
    const scanner = makeHidScanner(guest, { vendorId: 0x05e0, productId: 0x1300, serial: 'SCAN1' });
    await scanner.plug();
    const node = await appears('/dev/hidraw*');
    const bytes = (await reads(node, 2, () => scanner.act({ scan: '4006381333931'.repeat(5) }))).split(' ');
    expect(bytes).toHaveLength(2 * 64);
    expect(bytes.slice(0, 6).join(' ')).toBe('02 38 5d 45 30 34');
    expect([bytes[63], bytes[64 + 1], bytes[127]]).toEqual(['01', '09', '00']);
    await scanner.unplug();
    await goes('/dev/hidraw*');
  });

  it('is in the socket that another one has just left', async () => {
    // Its rows: hub, port, state, and more; 004 is free.
    const taken = async () =>
      (await shell('awk \'$1 == "hs" && $3 != "004" { print $2 }\' /sys/devices/platform/vhci_hcd.0/status')).trim();
    const [left, right] = [0x8003, 0x8004].map((productId) => makeHidScale(guest, { vendorId: 0x0922, productId }));
    for (const scale of Array.from({ length: 15 }, () => [left, right]).flat()) {
      await scale?.plug();
      expect(await eventually('it is in a socket', taken)).toBe('0000');
      await scale?.unplug();
    }
  });

  it('survives a device that lies about the length of what it sends', async () => {
    const liar = makeHidScale(guest, { vendorId: 0x0922, productId: 0x8004 });
    liar.wrong.lieByBytes = 1;
    await liar.plug();
    // The kernel drops a device that answers with more than was asked; it and its ports live on.
    await liar.unplug();
    const honest = makeHidScale(guest, { vendorId: 0x0922, productId: 0x8003 });
    await honest.plug();
    const node = await appears('/dev/hidraw*');
    expect(await reads(node, 1, () => honest.weigh(1))).toBe('03 04 02 00 01 00');
    await honest.unplug();
  });
});
