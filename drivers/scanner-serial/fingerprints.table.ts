import type { Fingerprint } from '../kit/index.ts';

/**
 * Scanners that show a serial port of their own. Each mode of a scanner has a product id of its own, and only those of
 * serial modes are here: the same model as a keyboard, or as HID POS, is another device. An adapter with a scanner behind
 * it says nothing of the scanner.
 */
const products = [
  ['05f9:4204', 'Datalogic Gryphon, USB-COM'],
  ['065a:0009', 'Opticon NLV-1001 or OPN-2001, serial'],
  ['067e:0803', 'Intermec scanner, virtual COM port'],
  ['067e:0805', 'Intermec scanner, virtual COM port and camera'],
  ['0745:1000', 'CipherLab 1000, virtual COM port'],
  ['0c2e:0700', 'Metrologic MS7120, serial, one way'],
  ['0c2e:0720', 'Metrologic MS7120, serial'],
  ['0c2e:090a', 'Honeywell hand-held scanner, serial'],
  ['0c2e:092a', 'Honeywell Xenon 1902, serial'],
  ['0c2e:0b6a', 'Honeywell Vuquest 3310g, serial'],
  ['1eab:0106', 'Newland HR200, serial'],
  ['1eab:0c06', 'Newland HR100, HR3260 cordless, HR3290 cordless or BS80, serial'],
  ['1eab:0d06', 'Newland EM2028, serial'],
  ['1eab:1406', 'Newland HR15, serial'],
  ['1eab:1606', 'Newland FM100 or 3250, serial'],
  ['1eab:1906', 'Newland EM1300, serial'],
  ['1eab:1c06', 'Newland HR2150, serial'],
  ['1eab:1d06', 'Newland FM430 or Rakinda LV3000, serial'],
  ['1eab:1e06', 'Newland HR42, serial'],
  ['1eab:1f06', 'Newland HR11+, serial'],
] as const;

/** Zebra gave its RFID sleds the id of its scanners. */
const zebra = { vendorId: '05e0', productId: '1701', exceptProduct: /^RFD/, on: 'serial' } as const;

export const fingerprints: readonly Fingerprint[] = [
  {
    ...zebra,
    label: 'Zebra (Symbol) scanner, CDC',
    sample: 'Symbol Bar Code Scanner',
    product: /scanner/i,
    strength: 'product',
  },
  { ...zebra, label: 'Zebra (Symbol) device, CDC', sample: '05e0:1701', strength: 'candidate' },
  ...products.map(([id, label]): Fingerprint => {
    const [vendorId = '', productId = ''] = id.split(':');
    return { label, sample: id, vendorId, productId, strength: 'product', on: 'serial' };
  }),
];
