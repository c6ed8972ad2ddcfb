/** An open HID interface as node-hid gives it; another in tests. */
export interface HidHandle {
  /** `data`: an input report, its id first where the device numbers them. `error`: the interface is gone. */
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (cause: unknown) => void): unknown;
  /** Sends an output report, its id first (0 where there are none); resolves when the device has acknowledged it. */
  write(report: Buffer): Promise<number>;
  sendFeatureReport(report: Buffer): Promise<number>;
  getFeatureReport(reportId: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens through node-hid: on Linux its build for hidraw, which leaves the kernel's driver where it is. On macOS exclusive;
 * hidraw knows no locks, and Windows shares by itself.
 */
export async function openHidHandle(path: string): Promise<HidHandle> {
  // Native, so loaded when first needed.
  const { HIDAsync } = await import('node-hid');
  return HIDAsync.open(path);
}
