import type { DeviceCache } from '../devices/device-cache.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import type { Readings } from '../health/readings.ts';
import type { Connector, ConnectorFilter } from './connector.ts';
import type { ConnectorRecord } from './connector-record.ts';

/** A connector as it may be shown. */
export function viewConnector(
  {
    devices,
    health,
    readings,
  }: { readonly devices: DeviceCache; readonly health: HealthTracker; readonly readings: Readings },
  record: ConnectorRecord,
): Connector {
  const device = record.deviceId === null ? null : devices.find(record.deviceId);
  const state = health.state(record.id);
  return {
    id: record.id,
    listing: record.listing,
    name: record.name,
    kind: record.kind,
    capabilities: record.tools.map((tool) => tool.capability),
    tools: record.tools,
    auth: { type: record.authType, hint: record.authHint },
    status: state.status,
    health: state.health,
    created_at: record.createdAt,
    last_synced_at: readings.lastSyncedAt(record.id),
    config: record.config,
    device,
    slug: record.slug,
    simulated: device?.simulated ?? false,
  };
}

/** Whether a connector is among those that were asked for. */
export function matchesFilter(connector: Connector, filter: ConnectorFilter): boolean {
  return (
    (filter.capability === undefined || connector.capabilities.includes(filter.capability)) &&
    (filter.kind === undefined || connector.kind === filter.kind) &&
    (filter.status === undefined || connector.status === filter.status)
  );
}
