import type { Fingerprint } from '../kit/index.ts';

/** Any top-level usage of the page of bar code scanners. */
const usage = /^008c:/;

/** Makers whose HID devices are scanners; each mode of each model has a product id of its own. */
const makers = [
  ['0536', 'Hand Held Products scanner, HID POS'],
  ['05e0', 'Zebra (Symbol) scanner, HID POS'],
  ['05f9', 'Datalogic scanner, HID POS'],
  ['065a', 'Opticon scanner, HID POS'],
  ['067e', 'Intermec scanner, HID POS'],
  ['0c2e', 'Honeywell or Metrologic scanner, HID POS'],
  ['11fa', 'Code scanner, HID POS'],
  ['1eab', 'Newland scanner, HID POS'],
] as const;

export const fingerprints: readonly Fingerprint[] = [
  { label: 'HID POS scanner', sample: 'HID interface with usage 008c:0002', usage, on: 'hid', strength: 'product' },
  ...makers.map(
    ([vendorId, label]): Fingerprint => ({ label, sample: vendorId, vendorId, usage, on: 'hid', strength: 'product' }),
  ),
];
