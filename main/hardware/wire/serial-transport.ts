import { AgentError, describeSerialSettings, type SerialSettings } from '../../../drivers/kit/index.ts';
import { explainPermission, findPortHolder } from '../discovery/index.ts';
import type { Transport } from './transport.ts';

/**
 * Opens a serial port. Rejects with `device_unplugged` (no such path), `port_busy` (naming the program that holds it),
 * `permission_denied` (with the command that mends it) or `unsupported_setting`.
 */
export async function openSerialTransport(path: string, settings: SerialSettings): Promise<Transport> {
  // Loaded when the first port is opened: an agent without ports needs no native module.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({
    path,
    baudRate: settings.baud_rate,
    dataBits: settings.data_bits,
    stopBits: settings.stop_bits,
    parity: settings.parity,
    rtscts: settings.flow_control === 'rts_cts',
    xon: settings.flow_control === 'xon_xoff',
    xoff: settings.flow_control === 'xon_xoff',
    autoOpen: false,
    lock: true,
  });
  const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
  if (failure !== null && failure !== undefined) throw await openError(path, settings, failure);

  let closing: Promise<void> | null = null;
  let lost = false;
  const gone = (cause?: unknown) =>
    new AgentError('device_unplugged', `${path} is gone: unplugged, or its power was cut.`, {
      hint: 'Plug it back in; it works again by itself.',
      details: { path },
      cause,
    });
  const transport: Transport = {
    onData: () => {},
    onLost: () => {},
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (closing !== null) reject(new AgentError('closed', `${path} is closed.`));
        else
          port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), (error) =>
            error ? reject(gone(error)) : resolve(),
          );
      }),
    close() {
      closing ??= new Promise((resolve) => {
        if (lost || !port.isOpen) resolve();
        else port.close(() => resolve());
      });
      return closing;
    },
  };
  const lose = (cause: unknown) => {
    if (lost || closing !== null) return;
    lost = true;
    transport.onLost(gone(cause));
  };
  port.on('data', (chunk: Buffer) => transport.onData(chunk));
  port.on('close', lose);
  port.on('error', (error) => {
    // Modem lines that a port does not have are no fault (a PTY answers ENOTTY); a lost device also sends `close`.
    if (!port.isOpen) lose(error);
  });
  return transport;
}

async function openError(path: string, settings: SerialSettings, cause: Error): Promise<AgentError> {
  const text = cause.message;
  const details = { path };
  if (/cannot lock port|resource (temporarily unavailable|busy)|access denied/i.test(text)) {
    const holder = await findPortHolder(path);
    const by = holder === null ? 'another program' : `"${holder.name}" (process ${holder.pid})`;
    return new AgentError('port_busy', `${path} is used by ${by}.`, {
      hint: 'Close that program; we reconnect by ourselves.',
      details,
      cause,
    });
  }
  if (/permission denied|EACCES|EPERM/i.test(text)) {
    const { message, hint } = await explainPermission(path);
    return new AgentError('permission_denied', message, { hint, details, cause });
  }
  if (/no such file|ENOENT|ENXIO|ENODEV|EIO|no such device/i.test(text)) {
    return new AgentError('device_unplugged', `Nothing is plugged in at ${path}.`, {
      hint: 'Plug it back in; it works again by itself.',
      details,
      cause,
    });
  }
  return new AgentError(
    'unsupported_setting',
    `${path} can't be opened at ${describeSerialSettings(settings)}: ${text}.`,
    {
      hint: 'Choose line settings that this port can do.',
      details,
      cause,
    },
  );
}
