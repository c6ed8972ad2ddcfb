import type { Fingerprint } from '../kit/index.ts';

/**
 * Only what the product says of itself. LCUS boards are a bare CH340, KMTronic boards a bare FT232: their ids stand for
 * anything, so that a person has to say what they are.
 */
export const fingerprints: readonly Fingerprint[] = [
  {
    label: 'Numato USB relay module',
    sample: 'Numato Lab 4 Channel USB Relay Module',
    vendorId: '2a19',
    product: /relay/i,
    strength: 'product',
  },
  {
    label: 'Numato 1 channel USB powered relay module',
    sample: '2a19:0c05',
    vendorId: '2a19',
    productId: '0c05',
    strength: 'product',
  },
  {
    // The ids are V-USB's, shared by whoever built anything with it: only both names together are the board's.
    label: 'dcttech relay board',
    sample: 'www.dcttech.com USBRelay4',
    vendorId: '16c0',
    productId: '05df',
    manufacturer: 'www.dcttech.com',
    product: /\bUSBRelay[1-8]$/,
    on: 'hid',
    strength: 'product',
  },
  { label: 'Devantech USB-RLY', sample: 'USB-RLY16L', product: /^USB-RLY\d/i, strength: 'product' },
];
