import { expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import { udevRules } from './udev-rules.ts';

it('is what packaging/udev holds, for the drivers of today; after a change: npx vitest run -u udev-rules', async () => {
  await expect(udevRules(drivers)).toMatchFileSnapshot('../../../packaging/udev/60-fibric-edge.rules');
});

it('names each product once, and no chip without ids', () => {
  const ids = [...udevRules(drivers).matchAll(/idVendor}=="(\w+)".*idProduct}=="(\w+)"/g)].map(
    ([, vendor, product]) => `${vendor}:${product}`,
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('0403:6001');
  expect(ids).not.toContain('ffff:ffff');
});
