import type { Fingerprint } from '../kit/index.ts';

/** Products that describe themselves as scales. Their ids alone say nothing: DYMO's label printers share the vendor's. */
const products: readonly (readonly [string, string, string])[] = [
  ['0922', '8003', 'DYMO M10'],
  ['0922', '8004', 'DYMO M25'],
  ['0922', '8009', 'DYMO S250, S180 or S100'],
  ['0b67', '555e', 'Fairbanks SCB-R9000'],
  ['0d8f', '0200', 'Pitney Bowes 10 lb'],
  ['0eb8', 'f000', 'Mettler-Toledo PS60 or BC60'],
  ['0eb8', 'f001', 'Mettler-Toledo PS'],
  ['1446', '6a73', 'Stamps.com Model 510'],
  ['1446', '6a78', 'DYMO Endicia 75 lb'],
  ['1446', '6a79', 'USPS DS25'],
  ['2474', '0550', 'Stamps.com stainless steel 5 lb'],
  ['2474', '3550', 'Stamps.com stainless steel 35 lb'],
  ['6096', '0158', 'SANFORD DYMO 10 lb'],
  ['7b7c', '0100', 'Elane UParcel or PS311'],
];

/** Any top-level usage of the page of weighing devices. */
const usage = /^008d:/;

export const fingerprints: readonly Fingerprint[] = [
  { label: 'USB scale', sample: 'HID interface with usage 008d:0020', usage, on: 'hid', strength: 'product' },
  ...products.map(
    ([vendorId, productId, label]): Fingerprint => ({
      label,
      sample: `${vendorId}:${productId}`,
      vendorId,
      productId,
      usage,
      on: 'hid',
      strength: 'product',
    }),
  ),
];
