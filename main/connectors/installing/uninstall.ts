import type { DeviceSide } from '../../hardware/index.ts';
import type { Statement } from '../../store/index.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import type { Directory } from '../directory/directory.ts';
import type { HealthMonitor } from '../health/health-monitor.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import type { Readings } from '../health/readings.ts';
import type { TimedOutputs } from '../outputs/timed-outputs.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';

/**
 * Switches off what a connector holds on. Rejects with `state_conflict` when a device that is there is not sure to be
 * off; one that is away keeps its release, which it gets when it is back.
 */
export async function releaseFirst(
  parts: {
    readonly deviceSide: DeviceSide;
    readonly devices: DeviceCache;
    readonly outputs: Pick<TimedOutputs, 'requireOff'>;
  },
  connectorId: string,
  deviceId: string | null,
): Promise<void> {
  if (deviceId === null) return;
  await parts.deviceSide.releaseOutputs({ connectorId });
  if (parts.devices.find(deviceId)?.present === true) await parts.outputs.requireOff(connectorId);
}

interface UninstallParts {
  readonly deviceSide: DeviceSide;
  readonly directory: Directory;
  readonly health: HealthTracker;
  readonly monitor: HealthMonitor;
  readonly readings: Readings;
}

/**
 * Purges the secret, closes the session and forgets the connector; its journal, tests and events stay. Rejects with
 * `not_found`, or `vault_unavailable` where there is a secret that can't be purged, and then all is as it was. Without a
 * secret the vault is not touched and may be locked.
 */
export async function uninstall(
  parts: UninstallParts & {
    readonly secrets: ConnectorSecrets;
    readonly devices: DeviceCache;
    readonly outputs: Pick<TimedOutputs, 'requireOff'>;
  },
  connectorId: string,
): Promise<void> {
  const { secretEntry, deviceId } = parts.directory.get(connectorId);
  await releaseFirst(parts, connectorId, deviceId);
  if (secretEntry === null) return removeConnector(parts, connectorId, []);
  await parts.secrets.uninstall(connectorId, secretEntry, (committed) =>
    removeConnector(parts, connectorId, [committed]),
  );
}

/** The part after the vault; what `alongside` writes is in the same commit. */
export async function removeConnector(
  { deviceSide, directory, health, monitor, readings }: UninstallParts,
  connectorId: string,
  alongside: readonly Statement[],
): Promise<void> {
  directory.get(connectorId);
  monitor.forget(connectorId);
  await deviceSide.unbind({ connectorId });
  await directory.remove(connectorId, alongside);
  readings.forget(connectorId);
  health.forget(connectorId);
}
