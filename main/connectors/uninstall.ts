import type { DeviceSide } from '../hardware/index.ts';
import type { Directory } from './directory.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { HealthTracker } from './health-tracker.ts';
import type { Readings } from './readings.ts';

/**
 * Closes the session and forgets the connector; its journal, tests and events stay. Rejects with `not_found`. No listing
 * of this version keeps a secret, so the vault is not touched and may be locked.
 */
export async function uninstall(
  parts: {
    readonly deviceSide: DeviceSide;
    readonly directory: Directory;
    readonly health: HealthTracker;
    readonly monitor: HealthMonitor;
    readonly readings: Readings;
  },
  connectorId: string,
): Promise<void> {
  const { deviceSide, directory, health, monitor, readings } = parts;
  directory.get(connectorId);
  monitor.forget(connectorId);
  await deviceSide.unbind({ connectorId });
  await directory.remove(connectorId);
  readings.forget(connectorId);
  health.forget(connectorId);
}
