import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from './backend.ts';
import type { Principal } from './principal.ts';
import type { DeviceObject, JournalEntryObject, StreamEvent } from './schemas/index.ts';

/** Whether a token's limit leaves this connector in its sight. */
export function seesConnector(principal: Principal, connectorId: string): boolean {
  return principal.connectors === null || principal.connectors.has(connectorId);
}

/** Whether a token's limit leaves this device in its sight: a limited one sees the devices of its connectors only. */
export function seesDevice(principal: Principal, device: DeviceObject): boolean {
  if (principal.connectors === null) return true;
  return device.owner?.type === 'connector' && principal.connectors.has(device.owner.id);
}

/** Whether a token's limits leave this row of the journal in its sight. */
export function seesEntry(principal: Principal, entry: JournalEntryObject): boolean {
  return seesConnector(principal, entry.connector_id) && (principal.tools?.has(entry.tool) ?? true);
}

/** Whether a token's limit and scopes let this event through. */
export function seesEvent(principal: Principal, event: StreamEvent): boolean {
  const seesTool = (tool: string) => principal.tools === null || principal.tools.has(tool);
  switch (event.type) {
    case 'device':
      return seesDevice(principal, event.device);
    case 'device_removed':
      return principal.connectors === null;
    case 'connector':
      return seesConnector(principal, event.connector.id);
    case 'connector_removed':
      return seesConnector(principal, event.connector_id);
    case 'reading':
      return seesConnector(principal, event.reading.connector_id) && seesTool(event.reading.tool);
    case 'stream':
      return seesConnector(principal, event.entry.connector_id) && seesTool(event.entry.tool);
    case 'journal':
      return principal.scopes.has('journal:read') && seesEntry(principal, event.entry);
    case 'approval':
      // Decided by people at this machine only, so that nobody else is shown what is asked.
      return principal.local && principal.scopes.has('approvals:write');
    case 'test':
      return seesConnector(principal, event.record.connector_id);
    case 'agent':
      return principal.scopes.has('agents:read');
    case 'pause':
    case 'gap':
      return true;
  }
}

/** The device; rejects with `not_found` where there is none, or none in sight. */
export async function visibleDevice(
  backend: ConnectorsBackend,
  principal: Principal,
  id: string,
): Promise<DeviceObject> {
  const device = await backend.getDevice(principal, id);
  if (!seesDevice(principal, device)) throw noSuch('device', id);
  return device;
}

/** Throws what an id that does not exist is answered with: ids out of sight read the same. */
export function requireConnector(principal: Principal, connectorId: string): void {
  if (!seesConnector(principal, connectorId)) throw noSuch('connector', connectorId);
}

/** Throws `insufficient_scope`: a token limited to some connectors can't do what reaches beyond them. */
export function refuseLimited({ connectors }: Principal, what: string): void {
  if (connectors === null) return;
  throw new AgentError('insufficient_scope', `This token is limited to certain connectors and can't ${what}.`, {
    hint: 'Use a token without --connectors.',
  });
}

/** `not_found` for an id. */
export function noSuch(what: string, id: string): AgentError {
  return new AgentError('not_found', `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`, {
    hint: `List the ${what}s to see the ids there are.`,
  });
}
