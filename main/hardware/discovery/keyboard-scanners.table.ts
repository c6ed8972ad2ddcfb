/** A barcode scanner that types what it scans until it is switched. */
export interface KeyboardScanner {
  readonly label: string;
  readonly vendorId: string | null;
  /** Null: each product of that maker that is a keyboard is one. */
  readonly productIds: RegExp | null;
  /** Null: its name is of no use. */
  readonly product: RegExp | null;
  /** What a person does, in words of the maker's manual. */
  readonly howToSwitch: string;
}

const anyManual =
  'Look in its manual for the setup barcode "USB HID POS", "USB virtual COM port" or "USB serial" (section "USB interface") and scan it.';

/**
 * From the makers' manuals: Honeywell Voyager 1200g and Xenon 1900 user's guides (terminal ids 124 keyboard, 130 serial,
 * 131 HID POS), Zebra product reference guides ("USB Device Type"), Datalogic Gryphon product reference guide
 * ("Interface selection"), Newland FM420 integration guide (product ids: base number and interface type), usb.ids.
 */
export const keyboardScanners: readonly KeyboardScanner[] = [
  {
    label: 'Honeywell or Metrologic barcode scanner',
    vendorId: '0c2e',
    productIds: null,
    product: null,
    howToSwitch:
      'Scan the code "USB HID" (PAP131) or "USB Serial" (TRMUSB130) from its user\'s guide, chapter "Programming the Interface".',
  },
  {
    label: 'Hand Held Products barcode scanner',
    vendorId: '0536',
    productIds: null,
    product: null,
    howToSwitch:
      'Scan the code "USB HID" or "USB COM Port Emulation" from its user\'s guide, chapter "Programming the Interface".',
  },
  {
    label: 'Zebra or Symbol barcode scanner',
    vendorId: '05e0',
    productIds: null,
    product: null,
    howToSwitch:
      'Scan "CDC Host" (older models: "Simple COM Port Emulation"; some newer: "HID POS") from its product reference guide, chapter "USB Interface", section "USB Device Type".',
  },
  {
    label: 'Datalogic barcode scanner',
    vendorId: '05f9',
    productIds: null,
    product: null,
    howToSwitch: 'Scan "USB-COM-STD" from its quick reference guide, section "Interface Selection".',
  },
  {
    label: 'Newland barcode scanner',
    vendorId: '1eab',
    productIds: null,
    product: null,
    howToSwitch:
      'Scan "Enter Setup", then "HID-POS" or "USB CDC", then "Exit Setup" from its manual, chapter "USB Interface".',
  },
  {
    label: 'Intermec barcode scanner',
    vendorId: '067e',
    productIds: null,
    product: null,
    howToSwitch: anyManual,
  },
  {
    label: 'Opticon barcode scanner',
    vendorId: '065a',
    productIds: null,
    product: null,
    howToSwitch: 'Scan "USB-VCP" from its menu book, chapter "Interface", between two scans of SET.',
  },
  {
    label: 'Code Corporation barcode scanner',
    vendorId: '11fa',
    productIds: null,
    product: null,
    howToSwitch: anyManual,
  },
  {
    label: 'Cino FuzzyScan barcode scanner',
    vendorId: '04b4',
    productIds: /^(?:0100|bca1)$/,
    product: null,
    howToSwitch: anyManual,
  },
  {
    label: 'Barcode scanner',
    vendorId: null,
    productIds: null,
    product: /\bbar ?code\b|\bscanner\b|\bbarcodes?\b|\bimager\b/i,
    howToSwitch: anyManual,
  },
];
