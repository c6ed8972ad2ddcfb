import { fromHex } from '../../link.ts';

/** A boot keyboard (HID 1.11 appendix E.6). */
export const keyboardDescriptor = fromHex(`
  05 01 09 06 A1 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 01
  95 05 75 01 05 08 19 01 29 05 91 02 95 01 75 03 91 01 95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 C0`);

/** A mouse of three buttons (HID 1.11 appendix E.10). */
export const mouseDescriptor = fromHex(`
  05 01 09 02 A1 01 09 01 A1 00 05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01 75 05 81 01
  05 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 06 C0 C0`);

/** Eight bytes of feature report without an id: the V-USB sample on which relay boards are built; 22 bytes, as lsusb shows of them. */
export const featureBytesDescriptor = fromHex('06 00 FF 09 01 A1 01 15 00 26 FF 00 75 08 95 08 09 00 B2 02 01 C0');

/**
 * A scale by the letter of the usage tables for weighing devices: status and unit are arrays whose values name usages,
 * with attribute, control, limit and statistics reports around the data report.
 */
export const arrayScaleDescriptor = fromHex(`
  05 8D 09 20 A1 01
  85 01 09 30 A1 02 09 25 15 01 25 08 75 08 95 01 B1 02 C0
  85 02 09 31 A1 02 09 81 09 80 15 00 25 01 75 01 95 02 91 02 75 06 95 01 91 03 C0
  85 03 09 32 A1 02
  05 8D 09 70 A1 02 19 71 29 78 15 01 25 08 75 08 95 01 81 00 C0
  09 50 A1 02 19 51 29 5C 15 01 25 0C 75 08 95 01 81 00 C0
  09 41 15 80 25 7F 75 08 95 01 81 02
  09 40 15 00 27 FF FF 00 00 75 10 95 01 81 02
  C0 C0`);

/** A scale as common ones are: every value a variable, one byte or two. */
export const variableScaleDescriptor = fromHex(`
  05 8D 09 20 A1 01 85 03
  09 70 75 08 95 01 15 00 26 FF 00 81 02
  09 50 81 02
  09 41 15 80 25 7F 81 02
  09 40 75 10 15 00 27 FF FF 00 00 81 02
  C0`);

/** A HID POS scanner with a byte count before the identifier, as Honeywell lays them out. */
export const countedScannerDescriptor = fromHex(`
  05 8C 09 02 A1 01 85 02 09 12 A1 02 15 00 26 FF 00 75 08 95 01 05 01 09 3B 81 02
  95 03 05 8C 09 FB 09 FC 09 FD 81 02 95 38 09 FE 82 02 01
  95 01 06 66 FF 09 04 81 02 09 00 81 02 05 8C 25 01 75 01 09 FF 81 02 75 07 81 03 C0 C0`);
