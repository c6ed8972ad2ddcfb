import type { Descriptor, DeviceProblem } from '../device.ts';
import { isKeyboard } from './hid-usages.ts';
import { type KeyboardScanner, keyboardScanners } from './keyboard-scanners.table.ts';

type Marks = Pick<Descriptor, 'vendor_id' | 'product_id' | 'product' | 'usages'>;

/** The scanner that types like a keyboard and has these marks; null for keyboards, and for all that is none. */
export function keyboardScanner(descriptor: Marks): KeyboardScanner | null {
  if (!isKeyboard(descriptor.usages)) return null;
  return keyboardScanners.find((scanner) => fits(scanner, descriptor)) ?? null;
}

/** What keeps it from being used, and how it is switched. */
export function keyboardScannerProblem({ label, howToSwitch }: KeyboardScanner): DeviceProblem {
  return {
    reason: 'unsupported_setting',
    message: `${label}, set to type its codes like a keyboard: they go to whatever window is in front, and the agent does not read them.`,
    hint: `${howToSwitch} It comes back as a scanner by itself.`,
  };
}

function fits({ vendorId, productIds, product }: KeyboardScanner, marks: Marks): boolean {
  return (
    (vendorId === null || vendorId === marks.vendor_id) &&
    (productIds === null || productIds.test(marks.product_id ?? '')) &&
    (product === null || product.test(marks.product ?? ''))
  );
}
