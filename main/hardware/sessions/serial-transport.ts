import { setTimeout as pause } from 'node:timers/promises';
import type { SerialPort } from 'serialport';
import { AgentError, type SerialSettings } from '../../../drivers/kit/index.ts';
import { type ByteChannel, openByteChannel } from './byte-channel.ts';
import { withinCloseDeadline } from './close-deadline.ts';
import { readBackLine } from './line-readback.ts';
import { differingSetting, refusedSetting } from './line-settings.ts';
import { openError, unplugged } from './open-errors.ts';
import type { Transport } from './transport.ts';

/**
 * Opens a serial port, locked against other programs, and reads it from then on, so that an unplug is seen. Modem lines
 * are left as the system sets them at open: many ports have none. Rejects with `port_busy`, `permission_denied`,
 * `device_unplugged`, `unsupported_setting` (where it is known, naming the setting that the port did not take).
 */
export async function openSerialTransport(path: string, settings: SerialSettings): Promise<Transport> {
  // Native, so loaded when first needed.
  const { SerialPort: Port } = await import('serialport');
  let binding: Awaited<ReturnType<typeof SerialPort.binding.open>>;
  try {
    binding = await Port.binding.open({
      path,
      baudRate: settings.baud_rate,
      dataBits: settings.data_bits,
      parity: settings.parity,
      stopBits: settings.stop_bits,
      rtscts: settings.flow_control === 'rts_cts',
      xon: settings.flow_control === 'xon_xoff',
      xoff: settings.flow_control === 'xon_xoff',
      lock: true,
    });
  } catch (error) {
    throw openError(path, settings, error);
  }
  const found = await readBackLine(path, {
    fd: 'poller' in binding ? binding.fd : null,
    getBaudRate: () => binding.getBaudRate(),
  });
  const differing = differingSetting(settings, found);
  if (differing !== null) {
    await withinCloseDeadline(binding.close());
    throw refusedSetting(path, `The port ${path}`, settings, found, differing);
  }
  return serve(path, openByteChannel(binding));
}

function serve(path: string, channel: ByteChannel): Transport {
  let receive: (chunk: Uint8Array) => void = () => {};
  let closed: ((reason: AgentError) => void) | null = null;
  let ended: AgentError | null = null;
  let closing: Promise<void> | null = null;
  const over = new AbortController();

  const end = (reason: AgentError): Promise<void> => {
    if (closing !== null) return closing;
    ended = reason;
    over.abort();
    closing = withinCloseDeadline(channel.close());
    closed?.(reason);
    return closing;
  };
  channel.start(
    (chunk) => {
      if (ended === null) receive(chunk);
    },
    (cause) => void end(unplugged(path, cause)),
  );

  return {
    async write(bytes) {
      if (ended !== null) throw ended;
      try {
        await channel.write(bytes);
      } catch (cause) {
        void end(unplugged(path, cause));
        throw ended ?? unplugged(path, cause);
      }
    },
    left() {
      const taken = channel.taken();
      return taken === null ? null : { atLeast: 0, atMost: taken };
    },
    onData(next) {
      receive = next;
    },
    onClose(next) {
      closed = next;
      if (ended !== null) next(ended);
    },
    async sendBreak(durationMs) {
      if (ended !== null) throw ended;
      try {
        await channel.setBreak(true);
        await pause(durationMs, undefined, { signal: over.signal });
        await channel.setBreak(false);
      } catch (cause) {
        throw ended ?? noBreak(path, cause);
      }
    },
    async drainWithDeadline(deadlineMs) {
      if (ended !== null) throw ended;
      const { promise: late, resolve } = Promise.withResolvers<'late'>();
      const timer = setTimeout(() => resolve('late'), deadlineMs);
      try {
        const drained = channel.drain().then(() => 'drained' as const);
        if ((await Promise.race([drained, late])) === 'drained') return;
        // What is still held back is dropped: else the thread that waits for it would hold the port for ever.
        drained.catch(() => {});
        channel.flush().catch(() => {});
      } catch (cause) {
        throw ended ?? unplugged(path, cause);
      } finally {
        clearTimeout(timer);
      }
      throw new AgentError('no_reply', `The device at ${path} did not let everything be sent in ${deadlineMs} ms.`, {
        hint: 'It holds its flow control line: look whether it is ready, out of paper or switched off.',
        details: { device: path },
      });
    },
    close: () => end(new AgentError('closed', `The port ${path} was closed.`, { details: { device: path } })),
  };
}

function noBreak(path: string, cause: unknown): AgentError {
  return new AgentError('not_supported', `The port ${path} can't hold its line in break: ${String(cause)}.`, {
    details: { device: path },
    cause,
  });
}
