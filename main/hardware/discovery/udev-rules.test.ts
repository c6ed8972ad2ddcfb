import { expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import { udevRules } from './udev-rules.ts';

it('is what packaging/udev holds, for the drivers of today; after a change: npx vitest run -u udev-rules', async () => {
  await expect(udevRules(drivers)).toMatchFileSnapshot('../../../packaging/udev/60-fibric-edge.rules');
});

it('names each product once, and no chip without ids', () => {
  const ids = [...udevRules(drivers).matchAll(/^ATTRS{idVendor}=="(\w+)".*idProduct}=="(\w+)"/gm)].map(
    ([, vendor, product]) => `${vendor}:${product}`,
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('0403:6001');
  expect(ids).not.toContain('ffff:ffff');
});

it('gives HID devices to the group and the seat: by ids, and where those are shared by the maker’s name too', () => {
  const rules = udevRules(drivers);
  expect(rules).toContain(
    'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0922", ATTRS{idProduct}=="8003", ENV{FIBRIC_EDGE_HID}="1"',
  );
  expect(rules).toContain(
    'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="16c0", ATTRS{idProduct}=="05df", ATTRS{manufacturer}=="www.dcttech.com", ENV',
  );
  // Bluetooth and keyboards stay with root: nothing is given away by its class alone.
  expect(rules).not.toMatch(/^SUBSYSTEM=="hidraw", (GROUP|MODE)/m);
});
