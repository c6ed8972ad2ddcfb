import type { Fingerprint } from '../kit/index.ts';

/** Ids that a maker gave to receipt printers alone. */
function product(vendorId: string, productId: string, label: string): Fingerprint {
  return { label, sample: `${vendorId}:${productId}`, vendorId, productId, strength: 'product' };
}

/** Ids of a chip's or a cable's maker that receipt printers borrow: on the printer class they make one likely, not sure. */
function borrowed(vendorId: string, productId: string, label: string): Fingerprint {
  return { ...product(vendorId, productId, label), on: 'usb_printer', strength: 'candidate' };
}

/**
 * Ids from usb.ids, CUPS and point-of-sale libraries. Epson gives one id to several TM models, so that its model is in the
 * string; Bixolon's and Star's vendor ids are on displays and on printers of other languages too. Ids of chip makers that
 * no-name printers borrow (0416, 0483, 0fe6, 1fc9) stand for anything, and are candidates unless the string says what it is.
 */
export const fingerprints: readonly Fingerprint[] = [
  {
    label: 'Device that names ESC/POS',
    sample: 'Receipt printer, ESC/POS',
    product: /\besc\/pos\b/i,
    strength: 'product',
  },
  {
    label: 'Printer whose IEEE 1284 id names ESC/POS',
    sample: 'MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;',
    ieee1284Id: /(?:^|;)\s*(?:CMD|COMMAND SET)\s*:(?:[^;]*[,\s])?ESC\/?POS\d*\s*(?:[,;]|$)/i,
    on: 'usb_printer',
    strength: 'product',
  },
  {
    label: 'Epson TM receipt printer',
    sample: 'EPSON TM-T20II',
    manufacturer: /\bepson\b/i,
    product: /\bTM-[A-Z]?\d/i,
    strength: 'product',
  },
  {
    label: 'POS-80 receipt printer',
    sample: 'STMicroelectronics POS80 Printer USB',
    vendorId: '0416',
    productId: '5011',
    product: /\bPOS-?\d{2}\b.*printer/i,
    strength: 'product',
  },
  {
    label: 'Hoin HOP-E802 receipt printer',
    sample: 'USB POS Printer',
    vendorId: '0456',
    productId: '0808',
    product: /\bPOS Printer\b/i,
    on: 'usb_printer',
    strength: 'product',
  },
  borrowed('0416', '5011', 'POS-5805 or POS-8360 receipt printer'),
  borrowed('0483', '5743', 'POS-8022 receipt printer'),
  borrowed('0483', '5840', 'MPT-II mobile receipt printer'),
  borrowed('0485', '7541', 'EOM-POS receipt printer'),
  borrowed('0fe6', '811e', 'Cashino receipt printer'),
  borrowed('1fc9', '2016', 'Xprinter receipt printer'),
  product('04b8', '0202', 'Epson interface card UB-U05 for TM receipt printers'),
  product('04b8', '0e03', 'Epson TM-T20'),
  product('04b8', '0e15', 'Epson TM-T20II or TM-T88V'),
  product('04b8', '0e27', 'Epson TM-T20X-II'),
  product('04b8', '0e28', 'Epson TM-T82 and newer'),
  product('04b8', '0e31', 'Epson TM-L100'),
  product('0404', '0311', 'NCR 7167 receipt and slip printer'),
  product('0404', '0312', 'NCR 7197 receipt printer'),
  product('0519', '001b', 'Star BSC10II'),
  product('0519', '2013', 'Kiosk printer, 80 mm'),
  product('0d3a', '0300', 'Posiflex PP-7000II'),
  product('0dd4', '0237', 'Custom K80 thermal printer'),
  product('1504', '0006', 'Bixolon SRP receipt printer'),
  product('1504', '003d', 'Bixolon SRP-350plusIII'),
  product('1d90', '201e', 'Citizen PPU-700'),
  product('1d90', '2060', 'Citizen CT-S310II'),
  product('2730', '2002', 'Citizen CT-S2000'),
];
