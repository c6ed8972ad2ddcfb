import { AgentError, describeSerialSettings, type SerialSettings } from '../../../drivers/kit/index.ts';

/** What the binding's message at a failed open means. It has neither codes nor errno, only text (bindings-cpp 13, serialport_unix.cpp and serialport_win.cpp). */
export function openError(path: string, settings: SerialSettings, cause: unknown): AgentError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const details = { device: path, seen: text };
  if (/cannot lock port|resource busy|EBUSY|access denied/i.test(text)) {
    return new AgentError('port_busy', `The port ${path} is in use by another program.`, {
      hint: 'Close the program that uses it; the port is tried again every few seconds.',
      details,
      cause,
    });
  }
  if (/permission denied|operation not permitted|EACCES|EPERM/i.test(text)) {
    return new AgentError('permission_denied', `The agent's user may not open the port ${path}.`, {
      hint: 'Add the user to the group that owns the port (dialout on most systems), then sign in again.',
      details,
      cause,
    });
  }
  if (/no such (file|device)|file not found|ENOENT|ENXIO|ENODEV/i.test(text)) return unplugged(path, cause);
  if (/invalid|baud ?rate|unsupported|not supported|parameter is incorrect/i.test(text)) {
    return new AgentError(
      'unsupported_setting',
      `The port ${path} can't be set to ${describeSerialSettings(settings)}: ${text}.`,
      { hint: 'Choose a speed and a format that this adapter supports.', details, cause },
    );
  }
  return new AgentError('device_unplugged', `The port ${path} could not be opened: ${text}.`, {
    hint: 'Unplug the device and plug it in again.',
    details,
    cause,
  });
}

/** The device at `path` is gone. */
export function unplugged(path: string, cause?: unknown): AgentError {
  return new AgentError('device_unplugged', `The device at ${path} is not plugged in.`, {
    hint: 'Plug it in; it is taken into use by itself.',
    details: { device: path },
    ...(cause === undefined ? {} : { cause }),
  });
}
