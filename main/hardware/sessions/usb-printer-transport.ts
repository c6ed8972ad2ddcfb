import { AgentError } from '../../../drivers/kit/index.ts';
import {
  askDeviceId,
  type ClaimedPrinter,
  claimPrinter,
  clearHalts,
  type PrinterNotes,
} from '../usb/claimed-printer.ts';
import { decodePortStatus, GET_PORT_STATUS } from '../usb/printer-class.ts';
import { stalled, transferFailed, usbFaultOf, usbOpenError } from '../usb/usb-errors.ts';
import { bytesOf, whenEndpointIsFree } from '../usb/usb-library.ts';
import { withinCloseDeadline } from './close-deadline.ts';
import type { Transport } from './transport.ts';

/** Small enough that little is in doubt when a transfer breaks off, large enough that a receipt takes few. */
const CHUNK_BYTES = 4_096;
/** A part of this size that is not taken in this time never is: no printer takes a minute for some lines. */
const CHUNK_DEADLINE_MS = 60_000;
/** One wait for an answer; the next begins at once. Where nothing else ends it, closing waits for it. */
const READ_SLICE_MS = 1_000;
/** An endpoint that refuses every read is broken. */
const MOST_STALLS = 3;
/** A read may have to end first, and then the kernel's driver comes back. */
const CLOSE_DEADLINE_MS = 3_000;

/**
 * Opens a printer of the USB printer class and reads it from then on, so that an unplug is seen. The kernel's driver is
 * taken off it until {@link Transport.close}. Rejects as {@link claimPrinter} does.
 */
export async function openUsbPrinterTransport(
  path: string,
  notes: PrinterNotes,
  signal: AbortSignal,
): Promise<Transport> {
  const printer = await claimPrinter(path, notes, signal);
  try {
    const id = await askDeviceId(printer);
    if (id !== null) notes.deviceId(id);
    await clearHalts(printer);
    if (printer.interface.out === null) {
      throw new AgentError('not_supported', `The printer interface at ${path} has no way to send it data.`, {
        details: { device: path },
      });
    }
    signal.throwIfAborted();
    return serve(path, printer, printer.interface.out.number);
  } catch (error) {
    await printer.release();
    throw signal.aborted ? signal.reason : usbOpenError(path, error);
  }
}

function serve(path: string, printer: ClaimedPrinter, outEndpoint: number): Transport {
  const { device } = printer;
  const answers = printer.interface.in;
  let receive: (chunk: Uint8Array) => void = () => {};
  let closed: ((reason: AgentError) => void) | null = null;
  let ended: AgentError | null = null;
  let closing: Promise<void> | null = null;
  let writing: Promise<unknown> = Promise.resolve();
  let left = { atLeast: 0, atMost: 0 };

  const end = (reason: AgentError): void => {
    if (ended !== null) return;
    ended = reason;
    closed?.(reason);
  };

  const read = async (): Promise<void> => {
    if (answers === null) return;
    let stalls = 0;
    while (ended === null) {
      try {
        // One packet at a time: a wait that ends between two packets of an answer would lose the first.
        const wait = () => device.transferIn(answers.number, answers.packetBytes, READ_SLICE_MS);
        const chunk = bytesOf(await whenEndpointIsFree(wait));
        stalls = 0;
        if (chunk.length > 0 && ended === null) receive(chunk);
      } catch (cause) {
        if (ended !== null) return;
        const fault = usbFaultOf(cause);
        if (fault === 'cancelled') continue;
        stalls += 1;
        if (fault !== 'stall' || stalls > MOST_STALLS) {
          end(transferFailed(path, cause));
          return;
        }
        await whenEndpointIsFree(() => device.clearHalt('in', answers.number)).catch(() => {});
      }
    }
  };
  const reading = read();

  const send = async (bytes: Uint8Array): Promise<void> => {
    left = { atLeast: 0, atMost: 0 };
    for (let start = 0; start < bytes.length; ) {
      if (ended !== null) throw ended;
      // A copy: its buffer is the library's until the transfer ends.
      const chunk = bytes.slice(start, start + CHUNK_BYTES);
      // The device takes a part packet by packet, and whether it is whole is all that is told.
      left = { atLeast: start, atMost: start + chunk.length };
      try {
        const transfer = () => device.transferOut(outEndpoint, chunk, CHUNK_DEADLINE_MS);
        const { bytesWritten } = await whenEndpointIsFree(transfer);
        start += bytesWritten;
      } catch (cause) {
        throw ended ?? (await explain(cause));
      }
      left = { atLeast: start, atMost: start };
    }
  };
  /** How much of the part on its way was taken is not told by the library: nothing of it is sent again. */
  const explain = async (cause: unknown): Promise<AgentError> => {
    const fault = usbFaultOf(cause);
    if (fault === 'stall') {
      await whenEndpointIsFree(() => device.clearHalt('out', outEndpoint)).catch(() => {});
      return stalled(path, cause);
    }
    if (fault === 'cancelled') return takesNothing(path);
    const reason = transferFailed(path, cause);
    end(reason);
    return reason;
  };

  const close = async (): Promise<void> => {
    await printer.abort();
    await Promise.allSettled([reading, writing]);
    await printer.release();
  };

  return {
    async write(bytes) {
      if (ended !== null) throw ended;
      const sent = send(bytes);
      writing = sent.catch(() => {});
      await sent;
    },
    left: () => left,
    onData(next) {
      receive = next;
    },
    onClose(next) {
      closed = next;
      if (ended !== null) next(ended);
    },
    isOneWay: answers === null,
    async portStatus() {
      if (ended !== null) throw ended;
      const { interface: number } = printer.interface.place;
      const setup = { requestType: 'class', recipient: 'interface', value: 0, index: number } as const;
      let status: ReturnType<typeof decodePortStatus>;
      try {
        status = decodePortStatus(bytesOf(await device.controlTransferIn({ ...setup, request: GET_PORT_STATUS }, 1)));
      } catch (cause) {
        throw ended ?? noStatus(path, cause);
      }
      if (status === null) throw noStatus(path);
      return status;
    },
    // What the transfer has ended for, the printer has.
    drainWithDeadline: () => (ended === null ? Promise.resolve() : Promise.reject(ended)),
    close() {
      end(new AgentError('closed', `The printer at ${path} was closed.`, { details: { device: path } }));
      closing ??= withinCloseDeadline(close(), CLOSE_DEADLINE_MS);
      return closing;
    },
  };
}

function takesNothing(path: string): AgentError {
  return new AgentError('no_reply', `The printer at ${path} took nothing more for ${CHUNK_DEADLINE_MS} ms.`, {
    hint: 'Look whether it is ready, out of paper or open. It is opened anew; nothing is sent a second time.',
    details: { device: path, reason: 'held' },
  });
}

function noStatus(path: string, cause?: unknown): AgentError {
  return new AgentError('no_reply', `The printer at ${path} does not tell the status of its port.`, {
    hint: 'Check that it is switched on. Some models never tell it: then set port_status to false.',
    details: { device: path },
    ...(cause === undefined ? {} : { cause }),
  });
}
