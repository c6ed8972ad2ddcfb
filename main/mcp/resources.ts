import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import type { JsonObject } from '../../drivers/kit/index.ts';
import type { Principal } from '../api/index.ts';
import type { ConnectorService, Reading } from '../connectors/index.ts';
import { formatResource, parseResource } from './resource-address.ts';
import { inSight, type Toolset } from './toolset.ts';

/** What resources are read from. */
export type ResourceSource = Pick<ConnectorService, 'get' | 'lastReadings'>;

const mimeType = 'application/json';

/** The last reading of each read tool, and the health of each connector, as far as the token's limits let see. */
export function listResources(toolset: Toolset, principal: Principal, service: ResourceSource): Resource[] {
  const seen = toolset.entries.filter((entry) => inSight(principal, entry));
  const readings = seen
    .filter((entry) => !entry.sideEffect)
    .map(({ connectorId, capability, title }) => ({
      uri: formatResource({ kind: 'reading', connectorId, capability }),
      name: `${service.get(connectorId).name} ${capability}`,
      title: `${service.get(connectorId).name}: ${title}, last value`,
      description: `The last value that ${capability} gave, with its time and whether it is stale. Asks the device nothing.`,
      mimeType,
    }));
  const healths = [...new Set(seen.map((entry) => entry.connectorId))].map((connectorId) => ({
    uri: formatResource({ kind: 'health', connectorId }),
    name: `${service.get(connectorId).name} health`,
    title: `${service.get(connectorId).name}: health`,
    description: 'Whether the device works, since when, and what to do when it does not.',
    mimeType,
  }));
  return [...readings, ...healths];
}

/** The forms of addresses beside those. */
export function listResourceTemplates(_exchange: unknown): ResourceTemplateType[] {
  return [];
}

/** Whether this address is one of {@link listResources}. */
export function mayRead(uri: string, toolset: Toolset, principal: Principal): boolean {
  const address = parseResource(uri);
  if (address === null) return false;
  return toolset.entries.some(
    (entry) =>
      entry.connectorId === address.connectorId &&
      inSight(principal, entry) &&
      (address.kind === 'health' || (!entry.sideEffect && entry.capability === address.capability)),
  );
}

/** The resource as it is now. Throws the protocol's resource-not-found for anything else. */
export function readResource(
  uri: string,
  toolset: Toolset,
  principal: Principal,
  service: ResourceSource,
  nowMs: number,
): ReadResourceResult {
  const address = parseResource(uri);
  if (address === null || !mayRead(uri, toolset, principal)) {
    throw new ResourceNotFoundError(
      uri,
      `There is no resource ${uri} here. List the resources to see their addresses.`,
    );
  }
  const value =
    address.kind === 'health'
      ? healthOf(service, address.connectorId)
      : readingOf(service, toolset, address.connectorId, address.capability, nowMs);
  return { contents: [{ uri, mimeType, text: JSON.stringify(value) }] };
}

/** The health of a connector, as its resource shows it. */
export function healthOf(service: Pick<ConnectorService, 'get'>, connectorId: string): JsonObject {
  const { id, name, status, health, device, last_synced_at } = service.get(connectorId);
  return {
    connector_id: id,
    name,
    status,
    health: { ...health },
    device: device === null ? null : { id: device.id, path: device.path, unit: device.unit, present: device.present },
    last_synced_at,
  };
}

function readingOf(
  service: ResourceSource,
  toolset: Toolset,
  connectorId: string,
  capability: string,
  nowMs: number,
): JsonObject {
  const reading = service.lastReadings(connectorId).find(({ tool }) => tool === capability);
  if (reading !== undefined) return { ...reading, stale: isStale(reading, nowMs) };
  const entry = toolset.entries.find((tool) => tool.connectorId === connectorId && tool.capability === capability);
  return {
    connector_id: connectorId,
    tool: capability,
    value: null,
    at: null,
    expected_interval_ms: entry?.expectedIntervalMs ?? null,
    stale: true,
  };
}

function isStale({ at, expected_interval_ms: intervalMs }: Reading, nowMs: number): boolean {
  return intervalMs !== null && nowMs - Date.parse(at) > intervalMs;
}
