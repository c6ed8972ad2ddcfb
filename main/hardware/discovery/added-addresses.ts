import { AgentError } from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { ConfiguredPort } from './configured-ports.ts';

/** A network address that a person added, as configuration would name it: declared is nothing. */
export function asConfigured(path: string): ConfiguredPort {
  return { path, declared: {}, units: [], simulated: false };
}

/** There is a device at this address already. */
export function alreadyKnown({ id, path, added }: Device): AgentError {
  return new AgentError('state_conflict', `The device at ${path} is known already: ${id}.`, {
    hint: added ? 'Identify it, or install a connector on it.' : 'It stands under paths in the configuration file.',
    details: { device: id },
  });
}

/** Throws `state_conflict` unless a person added this device by its address. */
export function requireAdded({ id, path, added, unit }: Device): void {
  if (added) return;
  throw new AgentError('state_conflict', `The device at ${path} was not added by its address: it can't be removed.`, {
    hint:
      unit === null
        ? 'Take its path out of the configuration file and start the agent again, or unplug it.'
        : 'It is an address on a bus, and goes with the port in front of it.',
    details: { device: id },
  });
}
