import { AgentError, normaliseNetworkPath, parseRfc2217Address, parseTcpAddress } from '../../drivers/kit/index.ts';
import type { AddressCheck } from './device-side.ts';
import { openTcpTransport } from './sessions/index.ts';

/** A server whose only connection is taken ends another one this soon. */
const STAYS_MS = 300;

/** What to look at, by why there was no connection. Nobody tries this address again by himself. */
const hints: Readonly<Record<string, string>> = {
  connection_refused:
    'Check the port number (raw printing is 9100 on most printers, Modbus TCP 502), and that no other computer holds the only connection.',
  connection_reset: 'It, or a firewall on the way, does not want this connection: check its access list.',
  host_unreachable: 'Check that it is switched on, its network cable or radio, and that its address is right.',
  hung_up_at_once: 'Another computer may hold its only connection: most printers take one at a time.',
};

/** The address in the one way it is written. Throws `invalid_parameter`. */
export function requireNetworkAddress(given: string): string {
  const address = normaliseNetworkPath(given.trim());
  if (address !== null) return address;
  throw new AgentError('invalid_parameter', `address: ${JSON.stringify(given)} is no network address.`, {
    hint: 'Write it as tcp://host:port (9100 when the port is left out) or rfc2217://host:port, for example tcp://192.168.1.60:9100.',
    details: { parameter: 'address' },
  });
}

/**
 * Connects to `address`, looks whether the connection stays, and ends it. Nothing is sent, not even to set a port server's
 * line. What is not reached is an answer; rejects with the signal's reason alone.
 */
export async function tryAddress(address: string, signal: AbortSignal): Promise<AddressCheck> {
  const place = parseTcpAddress(address) ?? parseRfc2217Address(address);
  if (place === null) throw new AgentError('invalid_parameter', `address: ${address} is no network address.`);
  const found = { address, deviceId: null };
  try {
    const transport = await openTcpTransport(address, place, signal);
    try {
      await stays(transport, signal);
    } finally {
      await transport.close();
    }
    return { ...found, reachable: true, error: null };
  } catch (error) {
    signal.throwIfAborted();
    const why = AgentError.from(error);
    const hint = hints[String(why.details['reason'])];
    return { ...found, reachable: false, error: { ...why.serialize(), ...(hint === undefined ? {} : { hint }) } };
  }
}

/** Resolves when the connection has stayed for a moment; rejects with why it ended. */
async function stays(
  transport: { onClose(listener: (reason: AgentError) => void): void },
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, STAYS_MS);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  transport.onClose(reject);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A connector uses what is at this address, or behind it. */
export function addressInUse(connectorName: string): AgentError {
  return new AgentError('state_conflict', `The device is in use by ${connectorName}.`, {
    hint: 'Uninstall that connector first.',
    details: { used_by: connectorName },
  });
}
