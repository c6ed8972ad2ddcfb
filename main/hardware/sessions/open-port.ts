import {
  AgentError,
  isNetworkPath,
  type LinkType,
  parseRfc2217Address,
  parseTcpAddress,
  type SerialSettings,
  type TcpAddress,
} from '../../../drivers/kit/index.ts';
import type { PrinterNotes } from '../usb/claimed-printer.ts';
import type { PortExplanations } from './device-registry.ts';
import { openHidTransport } from './hid-transport.ts';
import { openRfc2217Transport } from './rfc2217/rfc2217-transport.ts';
import { openSerialTransport } from './serial-transport.ts';
import { openTcpTransport } from './tcp-transport.ts';
import type { Transport } from './transport.ts';
import { openUsbPrinterTransport } from './usb-printer-transport.ts';

/** Where a device is, and how its line is set. */
export interface PortPlace {
  readonly path: string;
  readonly link: LinkType;
  /** Null but on a serial line. */
  readonly settings: SerialSettings | null;
  /** Of a HID interface, where it is known. */
  readonly reportDescriptor: Uint8Array | null;
}

/**
 * Opens what a device hangs on; when a port can't be opened, says who holds it or what permission is missing. Rejects as
 * {@link openSerialTransport}, {@link openRfc2217Transport}, {@link openTcpTransport}, {@link openHidTransport} and
 * {@link openUsbPrinterTransport} do.
 */
export async function openPort(
  place: PortPlace,
  explanations: PortExplanations,
  notes: PrinterNotes,
  signal: AbortSignal,
): Promise<Transport> {
  try {
    return await open(place, notes, signal);
  } catch (error) {
    throw await explain(AgentError.from(error), place.path, explanations);
  }
}

function open(place: PortPlace, notes: PrinterNotes, signal: AbortSignal): Promise<Transport> {
  const { path, link, settings, reportDescriptor } = place;
  switch (link) {
    case 'tcp':
      return openTcpTransport(path, requireAddress(path, parseTcpAddress), signal);
    case 'serial':
      if (settings === null) throw new TypeError(`${path} is a serial port without line settings`);
      return isNetworkPath(path)
        ? openRfc2217Transport(path, requireAddress(path, parseRfc2217Address), settings, signal)
        : openSerialTransport(path, settings);
    case 'hid':
      return openHidTransport(path, reportDescriptor);
    case 'usb_printer':
      return openUsbPrinterTransport(path, notes, signal);
  }
}

function requireAddress(path: string, parse: (path: string) => TcpAddress | null): TcpAddress {
  const address = parse(path);
  if (address !== null) return address;
  throw new AgentError('invalid_configuration', `${path} is no network address.`, {
    hint: 'Write it as tcp://host:port or rfc2217://host:port under paths in the configuration.',
    details: { device: path },
  });
}

async function explain(error: AgentError, path: string, explanations: PortExplanations): Promise<AgentError> {
  try {
    if (error.code === 'port_busy') {
      const holder = await explanations.findPortHolder(path);
      if (holder === null) return error;
      return new AgentError('port_busy', `The port ${path} is in use by ${holder.name} (process ${holder.pid}).`, {
        hint: `Close ${holder.name}; the port is tried again every few seconds.`,
        details: { device: path, holder: holder.name, pid: holder.pid },
        cause: error,
      });
    }
    if (error.code === 'permission_denied') {
      const { message, hint } = await explanations.explainPermission(path);
      return new AgentError('permission_denied', message, { hint, details: { device: path }, cause: error });
    }
  } catch {
    // The plain error is good enough.
  }
  return error;
}
