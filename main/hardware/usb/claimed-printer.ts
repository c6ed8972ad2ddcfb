import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { DEVICE_ID_BYTES, decodeDeviceId, GET_DEVICE_ID } from './printer-class.ts';
import { type PrinterInterface, readPrinterInterface } from './printer-interface.ts';
import { printerGone, usbBusy, usbFaultOf, usbOpenError } from './usb-errors.ts';
import { bytesOf, findUsbDevice, type UsbLibraryDevice } from './usb-library.ts';
import { parseUsbPath } from './usb-path.ts';

/** The kernel's driver for printers; it holds each one that is plugged in. */
const kernelDriver = 'usblp';

/** What is kept of a printer beside its session. */
export interface PrinterNotes {
  /** The kernel's driver was taken off it, or (null) was given back. Resolves when it would be known after a crash. */
  borrowed(driver: string | null): Promise<void>;
  /** The id that it was asked for. */
  deviceId(id: string): void;
}

/** An open printer interface that is this process's alone. */
export interface ClaimedPrinter {
  readonly device: UsbLibraryDevice;
  readonly interface: PrinterInterface;
  /** Ends every transfer on its way, where the system can. */
  abort(): Promise<void>;
  /** Gives the interface back, to the kernel's driver where there is one. Only when no transfer is on its way. */
  release(): Promise<void>;
}

/**
 * Opens and claims a printer, taking the kernel's driver off it, but never another program. Rejects with
 * `device_unplugged`, `permission_denied`, `port_busy`, or the signal's reason.
 */
export async function claimPrinter(path: string, notes: PrinterNotes, signal: AbortSignal): Promise<ClaimedPrinter> {
  const place = parseUsbPath(path);
  const printer = place === null ? null : readPrinterInterface(place);
  if (printer === null) throw printerGone(path);
  const { driver, printerNode } = printer;
  if (driver === 'usbfs') throw usbBusy(path, 'another program');
  if (driver !== null && driver !== kernelDriver) throw usbBusy(path, `the kernel's driver ${driver}`);
  if (printerNode !== null && (await isOpenElsewhere(printerNode)))
    throw usbBusy(path, `a program that has ${printerNode} open`);
  const device = await openDevice(path, printer);
  const number = printer.place.interface;
  let taken = false;
  const giveBack = async () => {
    // Fails where no driver wants it, or it is unplugged: then there is nothing to give back.
    await device.attachKernelDriver(number).catch(() => {});
    await notes.borrowed(null);
  };
  try {
    signal.throwIfAborted();
    if (driver === kernelDriver) {
      await notes.borrowed(kernelDriver);
      taken = true;
      await device.detachKernelDriver(number);
    }
    await device.claimInterface(number);
  } catch (error) {
    if (taken) await giveBack();
    await device.close();
    throw signal.aborted ? signal.reason : usbOpenError(path, error);
  }
  return {
    device,
    interface: printer,
    // Linux takes the claim away with all its transfers; the library itself can't cancel one.
    abort: () => device.detachKernelDriver(number).catch(() => {}),
    async release() {
      await device.releaseInterface(number).catch(() => {});
      await giveBack();
      await device.close();
    },
  };
}

/** Whether a program has the kernel's printer node open, which only one can have; false where this user may not know. */
async function isOpenElsewhere(printerNode: string): Promise<boolean> {
  try {
    const file = await open(printerNode, constants.O_RDWR | constants.O_NONBLOCK);
    await file.close();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EBUSY';
  }
}

/**
 * Puts the kernel's driver back on a printer that a crashed agent left without one. Resolves with false while another
 * driver or program has it, or when it is gone: then there is nothing to do. Rejects with why it could not.
 */
export async function giveBackPrinter(path: string): Promise<boolean> {
  const place = parseUsbPath(path);
  const printer = place === null ? null : readPrinterInterface(place);
  if (printer === null || printer.driver !== null) return false;
  const device = await openDevice(path, printer);
  try {
    await device.attachKernelDriver(printer.place.interface);
    return true;
  } catch (error) {
    throw usbOpenError(path, error);
  } finally {
    await device.close();
  }
}

/** The IEEE 1284 id; null where the printer has none to tell. */
export async function askDeviceId({ device, interface: printer }: ClaimedPrinter): Promise<string | null> {
  const { interface: number, configuration } = printer.place;
  try {
    // The configuration counts from 0, and the interface stands in the high byte (section 4.2.1).
    const index = number << 8;
    const answer = await device.controlTransferIn(
      { requestType: 'class', recipient: 'interface', request: GET_DEVICE_ID, value: configuration - 1, index },
      DEVICE_ID_BYTES,
    );
    return decodeDeviceId(bytesOf(answer));
  } catch {
    return null;
  }
}

/** Clears what an earlier conversation may have left halted. Rejects when the printer is gone. */
export async function clearHalts({ device, interface: printer }: ClaimedPrinter): Promise<void> {
  const GET_STATUS = 0;
  for (const direction of ['out', 'in'] as const) {
    const endpoint = printer[direction];
    if (endpoint === null) continue;
    const index = endpoint.number | (direction === 'in' ? 0x80 : 0);
    try {
      const answer = await device.controlTransferIn(
        { requestType: 'standard', recipient: 'endpoint', request: GET_STATUS, value: 0, index },
        2,
      );
      if (((bytesOf(answer)[0] ?? 0) & 1) !== 0) await device.clearHalt(direction, endpoint.number);
    } catch (error) {
      if (usbFaultOf(error) === 'gone') throw error;
    }
  }
}

async function openDevice(path: string, printer: PrinterInterface): Promise<UsbLibraryDevice> {
  try {
    const device = await findUsbDevice(printer);
    if (device === null) throw printerGone(path);
    await device.open();
    return device;
  } catch (error) {
    throw usbOpenError(path, error);
  }
}
