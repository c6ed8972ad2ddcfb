import type { Fingerprint } from '../kit/index.ts';

/** RS-485 adapters with ids of their own: the cable is known, what hangs on it is not. */
function adapter(vendorId: string, productId: string, label: string): Fingerprint {
  return { label, sample: `${vendorId}:${productId}`, vendorId, productId, strength: 'candidate' };
}

/**
 * Ids from the Linux kernel's driver tables and usb.ids. Adapters on a bare bridge chip (FT232, CH340, CP210x) are left
 * out: their ids stand for anything.
 */
export const fingerprints: readonly Fingerprint[] = [
  { label: 'Device that names Modbus', sample: 'RS-485 adapter, Modbus RTU', product: /modbus/i, strength: 'product' },
  adapter('0403', '1235', 'Iron Logic Z-397 RS-485/422 converter'),
  adapter('0403', 'e0ea', 'ELV HS485 adapter'),
  adapter('0403', 'f070', 'Vardaan VEUSB422R3'),
  adapter('0403', 'f608', 'CTI USB-485-Mini'),
  adapter('0403', 'f60b', 'CTI USB-Nano-485'),
  adapter('0403', 'ff38', 'IBS US485'),
  adapter('0856', 'ac01', 'B&B USOTL4 isolated RS-485'),
  adapter('0856', 'ac02', 'B&B USTL4 RS-485'),
  adapter('0856', 'ac25', 'B&B 485USB9F two-wire'),
  adapter('0856', 'ac34', 'B&B 485USBTB four-wire'),
  adapter('0c52', '2102', 'Sealevel SeaLINK+485'),
  adapter('0c52', '2104', 'Sealevel SeaLINK+485I'),
  adapter('0c52', '2212', 'Sealevel SeaPORT+2/485 port 1'),
  adapter('10c4', '8508', 'RS485 Adapter'),
  adapter('110a', '1150', 'UPort 1150 1-Port RS-232/422/485'),
  adapter('5050', '0100', 'Papouch SB485'),
  adapter('5050', '0101', 'Papouch AP485'),
  adapter('5050', '0106', 'Papouch SB485S'),
];
