/// <reference types="w3c-web-usb" />
import { setImmediate } from 'node:timers/promises';
import type { PrinterInterface } from './printer-interface.ts';

/** What is used of a device of the `usb` package (WebUSB, and Linux's kernel drivers). */
export interface UsbLibraryDevice {
  readonly bus: string;
  readonly address: number;
  open(): Promise<void>;
  close(): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  detachKernelDriver(number: number): Promise<void>;
  attachKernelDriver(number: number): Promise<void>;
  controlTransferIn(
    setup: {
      requestType: 'standard' | 'class';
      recipient: 'interface' | 'endpoint';
      request: number;
      value: number;
      index: number;
    },
    length: number,
  ): Promise<{ readonly data?: DataView | undefined }>;
  /** The package's own third argument: milliseconds, 1,000 when left out. */
  transferIn(endpoint: number, length: number, timeoutMs?: number): Promise<{ readonly data?: DataView | undefined }>;
  transferOut(
    endpoint: number,
    data: Uint8Array<ArrayBuffer>,
    timeoutMs?: number,
  ): Promise<{ readonly bytesWritten: number }>;
  clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void>;
}

/**
 * The library's device for an interface that the kernel shows now; null when it has gone. The package is loaded here
 * and nowhere else: only once sysfs has shown a device, since without a USB subsystem some of its calls end the process.
 */
export async function findUsbDevice({ bus, address }: PrinterInterface): Promise<UsbLibraryDevice | null> {
  const { usb } = await import('usb');
  const devices: readonly UsbLibraryDevice[] = await usb.getDevices();
  return devices.find((each) => Number(each.bus) === bus && each.address === address) ?? null;
}

/** The library lets go of an endpoint a moment after it has told of the transfer's end; until then the next is not begun. */
const ENDPOINT_FREE_MS = 1_000;

/** Begins a transfer as soon as the library is through with the one before. */
export async function whenEndpointIsFree<T>(begin: () => Promise<T>): Promise<T> {
  const givesUpAtMs = performance.now() + ENDPOINT_FREE_MS;
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      // Nothing was begun: trying again repeats nothing.
      const isTaken = error instanceof Error && /endpoint not found/.test(error.message);
      if (!isTaken || performance.now() > givesUpAtMs) throw error;
      await setImmediate();
    }
  }
}

/** The bytes of an answer; empty where there are none. */
export function bytesOf({ data }: { readonly data?: DataView | undefined }): Uint8Array {
  return data === undefined ? new Uint8Array() : new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}
