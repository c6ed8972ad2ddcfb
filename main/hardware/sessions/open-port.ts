import { AgentError, type SerialSettings } from '../../../drivers/kit/index.ts';
import type { PortExplanations } from './device-registry.ts';
import { openSerialTransport } from './serial-transport.ts';
import type { Transport } from './transport.ts';

/** Opens a port; when that fails, says who holds it or what permission is missing. Rejects as {@link openSerialTransport} does. */
export async function openPort(
  path: string,
  settings: SerialSettings,
  explanations: PortExplanations,
): Promise<Transport> {
  try {
    return await openSerialTransport(path, settings);
  } catch (error) {
    throw await explain(AgentError.from(error), path, explanations);
  }
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
