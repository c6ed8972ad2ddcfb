import { AgentError } from '../../../drivers/kit/index.ts';

/** What a failed step of the library means: it gives no codes, only text (nusb's TransferError and Error, usb 3.1). */
export type UsbFault = 'stall' | 'cancelled' | 'gone' | 'denied' | 'busy' | 'other';

/** Sorts an error of the library. */
export function usbFaultOf(cause: unknown): UsbFault {
  const text = textOf(cause);
  if (/\bstall/i.test(text)) return 'stall';
  if (/cancelled/i.test(text)) return 'cancelled';
  if (/errno 13\b|errno 1\b|permission denied/i.test(text)) return 'denied';
  if (/errno 16\b|\bbusy\b/i.test(text)) return 'busy';
  if (/disconnected|errno (?:2|19|108)\b|device not found/i.test(text)) return 'gone';
  return 'other';
}

/** Why a printer at `path` could not be opened. */
export function usbOpenError(path: string, cause: unknown): AgentError {
  const details = { device: path, seen: textOf(cause) };
  switch (usbFaultOf(cause)) {
    case 'denied':
      return new AgentError('permission_denied', `The agent's user may not open the printer at ${path}.`, {
        hint: 'Install the udev rules (docs/hardware-support.md, Rights on Linux), then plug it in again.',
        details,
        cause,
      });
    case 'busy':
      return usbBusy(path, 'another program', cause);
    case 'gone':
      return printerGone(path, cause);
    default:
      return new AgentError('device_unplugged', `The printer at ${path} could not be opened: ${details.seen}.`, {
        hint: 'Switch it off and on, or unplug it and plug it in again.',
        details,
        cause,
      });
  }
}

/** Somebody else uses the printer. */
export function usbBusy(path: string, who: string, cause?: unknown): AgentError {
  return new AgentError('port_busy', `The printer at ${path} is in use by ${who}.`, {
    hint: 'Close what uses it (a print queue of the system, for example CUPS); it is tried again every few seconds.',
    details: { device: path },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The printer is not there any more. */
export function printerGone(path: string, cause?: unknown): AgentError {
  return new AgentError('device_unplugged', `The printer at ${path} is not plugged in.`, {
    hint: 'Plug it in and switch it on; it is taken into use by itself.',
    details: { device: path },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A transfer failed in a way that leaves the line of no use. */
export function transferFailed(path: string, cause: unknown): AgentError {
  if (usbFaultOf(cause) === 'gone') return printerGone(path, cause);
  return new AgentError('device_unplugged', `The USB connection to ${path} broke: ${textOf(cause)}.`, {
    hint: 'Check the cable and the hub; it is opened anew by itself.',
    details: { device: path, seen: textOf(cause) },
    cause,
  });
}

/** The printer refused data in the middle: what it did with the part on its way is not known. */
export function stalled(path: string, cause: unknown): AgentError {
  return new AgentError('bad_reply', `The printer at ${path} refused data (its USB endpoint stalled).`, {
    hint: 'Look at the printer. The endpoint was cleared and it is opened anew; nothing is sent a second time.',
    details: { device: path, expected: 'data taken', seen: 'stall' },
    cause,
  });
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
