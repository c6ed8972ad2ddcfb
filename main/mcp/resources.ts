import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import type { JsonObject } from '../../drivers/kit/index.ts';
import type { Principal } from '../api/index.ts';
import type { Reading } from '../connectors/index.ts';
import { formatResource, historyTemplate, parseResource, type ResourceAddress } from './resource-address.ts';
import type { McpSource } from './source.ts';
import { inSight, type Toolset } from './toolset.ts';

/** What resources are read from. */
export type ResourceSource = Pick<McpSource, 'get' | 'lastReadings' | 'pastReadings'>;

const mimeType = 'application/json';

/** Past readings in one answer, unless more are asked for. */
const USUAL_HISTORY = 100;
const LONGEST_HISTORY = 1_000;

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

/** The forms of addresses beside those: what each read tool gave before. */
export function listResourceTemplates(
  toolset: Toolset,
  principal: Principal,
  service: Pick<McpSource, 'get'>,
): ResourceTemplateType[] {
  return toolset.entries
    .filter((entry) => !entry.sideEffect && inSight(principal, entry))
    .map(({ connectorId, capability, title }) => ({
      uriTemplate: historyTemplate(connectorId, capability),
      name: `${service.get(connectorId).name} ${capability} history`,
      title: `${service.get(connectorId).name}: ${title}, past values`,
      description:
        `What ${capability} gave before, newest first, with times (RFC 3339 UTC). limit: 1 to ${LONGEST_HISTORY}, usually ` +
        `${USUAL_HISTORY}; before: the time of the last one of the page before. Asks the device nothing. A measured value ` +
        'is kept once a second at most, and once a minute while it stays the same.',
      mimeType,
    }));
}

/** Whether this address is one of {@link listResources} or {@link listResourceTemplates}. */
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

/** Whether whoever may read this address is told when it changes; nobody is told of the past. */
export function maySubscribe(uri: string, toolset: Toolset, principal: Principal): boolean {
  return parseResource(uri)?.kind !== 'history' && mayRead(uri, toolset, principal);
}

/** The resource as it is now. Rejects with the protocol's resource-not-found for anything else. */
export async function readResource(
  uri: string,
  toolset: Toolset,
  principal: Principal,
  service: ResourceSource,
  nowMs: number,
): Promise<ReadResourceResult> {
  const address = parseResource(uri);
  if (address === null || !mayRead(uri, toolset, principal)) {
    throw new ResourceNotFoundError(
      uri,
      `There is no resource ${uri} here. List the resources and their templates to see their addresses.`,
    );
  }
  const value = await contentOf(address, toolset, service, nowMs);
  return { contents: [{ uri, mimeType, text: JSON.stringify(value) }] };
}

async function contentOf(
  address: ResourceAddress,
  toolset: Toolset,
  service: ResourceSource,
  nowMs: number,
): Promise<JsonObject> {
  const { connectorId } = address;
  if (address.kind === 'health') return healthOf(service, connectorId);
  const { capability } = address;
  if (address.kind === 'reading') return readingOf(service, toolset, connectorId, capability, nowMs);
  const readings = await service.pastReadings(connectorId, capability, {
    limit: Math.min(address.limit ?? USUAL_HISTORY, LONGEST_HISTORY),
    ...(address.before === null ? {} : { before: address.before }),
  });
  return { connector_id: connectorId, tool: capability, readings: readings.map((reading) => ({ ...reading })) };
}

/** The health of a connector, as its resource shows it. */
export function healthOf(service: Pick<McpSource, 'get'>, connectorId: string): JsonObject {
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

async function readingOf(
  service: ResourceSource,
  toolset: Toolset,
  connectorId: string,
  capability: string,
  nowMs: number,
): Promise<JsonObject> {
  const reading = (await service.lastReadings(connectorId)).find(({ tool }) => tool === capability);
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
