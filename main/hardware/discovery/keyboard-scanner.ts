import type { Descriptor, DeviceProblem } from '../device.ts';
import { isKeyboard } from './hid-usages.ts';
import { type KeyboardScanner, keyboardScanners } from './keyboard-scanners.table.ts';

type Marks = Pick<Descriptor, 'vendor_id' | 'product_id' | 'product' | 'usages'>;

/** Whether it is a scanner that types like a keyboard: its own keyboard interface, and no other keyboard's. */
export function isKeyboardScanner(descriptor: Marks): boolean {
  return scannerOf(descriptor) !== null;
}

/** Why a scanner that types can't be used as it is, and how it is switched; null for everything else. */
export function keyboardObstacle(descriptor: Marks): DeviceProblem | null {
  const scanner = scannerOf(descriptor);
  if (scanner === null) return null;
  return {
    reason: 'unsupported_setting',
    message: `${scanner.label}, set to type its codes like a keyboard: they go to whatever window is in front, and the agent does not read them.`,
    hint: `${scanner.howToSwitch} It comes back as a scanner by itself.`,
  };
}

function scannerOf(descriptor: Marks): KeyboardScanner | null {
  if (!isKeyboard(descriptor.usages)) return null;
  return keyboardScanners.find((scanner) => fits(scanner, descriptor)) ?? null;
}

function fits({ vendorId, productIds, product }: KeyboardScanner, marks: Marks): boolean {
  return (
    (vendorId === null || vendorId === marks.vendor_id) &&
    (productIds === null || productIds.test(marks.product_id ?? '')) &&
    (product === null || product.test(marks.product ?? ''))
  );
}
