/**
 * The three bits that a printer class interface tells of its port (USB Printing Devices 1.1, section 4.2.2), read by a
 * request of their own beside the data. The interface tells them, not the printer's language: they say little, but also
 * where nothing else is answered.
 */
export interface PrinterPortStatus {
  readonly paperEmpty: boolean;
  readonly selected: boolean;
  readonly error: boolean;
}
