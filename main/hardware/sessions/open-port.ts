import { AgentError, parseTcpAddress, type SerialSettings, type TcpAddress } from '../../../drivers/kit/index.ts';
import type { PortExplanations } from './device-registry.ts';
import { openSerialTransport } from './serial-transport.ts';
import { openTcpTransport } from './tcp-transport.ts';
import type { Transport } from './transport.ts';

/**
 * Opens a port, or a network connection where `settings` are null; when a port can't be opened, says who holds it or what
 * permission is missing. Rejects as {@link openSerialTransport} and {@link openTcpTransport} do.
 */
export async function openPort(
  path: string,
  settings: SerialSettings | null,
  explanations: PortExplanations,
  signal: AbortSignal,
): Promise<Transport> {
  if (settings === null) return openTcpTransport(path, requireAddress(path), signal);
  try {
    return await openSerialTransport(path, settings);
  } catch (error) {
    throw await explain(AgentError.from(error), path, explanations);
  }
}

function requireAddress(path: string): TcpAddress {
  const address = parseTcpAddress(path);
  if (address !== null) return address;
  throw new AgentError('invalid_configuration', `${path} is no network address.`, {
    hint: 'Write it as tcp://host:port under paths in the configuration.',
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
