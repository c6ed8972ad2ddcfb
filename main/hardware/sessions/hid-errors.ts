import { AgentError } from '../../../drivers/kit/index.ts';
import { unplugged } from './open-errors.ts';

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** What node-hid's message at a failed open means. It has the system's text and no code (hidapi, linux/hid.c). */
export function hidOpenError(path: string, cause: unknown): AgentError {
  const text = textOf(cause);
  const details = { device: path, seen: text };
  if (/cannot open shared object|libudev|libusb/i.test(text)) {
    return new AgentError('not_supported', `HID devices can't be opened on this machine: ${text}.`, {
      hint: 'Install the two libraries, on Debian: sudo apt-get install libudev1 libusb-1.0-0. Then restart the agent.',
      details,
      cause,
    });
  }
  if (/permission denied|operation not permitted|not permitted|access denied/i.test(text)) {
    return new AgentError('permission_denied', `The agent's user may not open ${path}.`, {
      hint: 'Give it the right with a udev rule: see docs/hardware-support.md.',
      details,
      cause,
    });
  }
  if (/exclusive|in use|busy|sharing violation/i.test(text)) {
    return new AgentError('port_busy', `${path} is in use by another program.`, {
      hint: 'Close the program that uses it; it is tried again every few seconds.',
      details,
      cause,
    });
  }
  return unplugged(path, cause);
}

/** What a failed transfer means: the device said no, said nothing, or is gone. */
export type HidFailure =
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'ended'; readonly error: AgentError };

/** A stall is the device's own word (EPIPE); everything else leaves open what it made of the request. */
export function hidFailure(path: string, cause: unknown): HidFailure {
  const text = textOf(cause);
  if (/broken pipe|pipe error|stall/i.test(text)) return { kind: 'refused', text };
  if (!/timed out|timeout/i.test(text)) return { kind: 'ended', error: unplugged(path, cause) };
  const error = new AgentError('no_reply', `The device at ${path} let a request of USB time out.`, {
    hint: 'Its firmware hangs: unplug it and plug it in again.',
    details: { device: path, seen: text, reason: 'usb_timeout' },
    cause,
  });
  return { kind: 'ended', error };
}
