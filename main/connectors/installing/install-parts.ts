import type { ConnectorSide } from '../../sources/index.ts';
import type { Statement } from '../../store/index.ts';
import type { Clock } from '../clock.ts';
import type { Binder } from '../devices/binder.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import type { DeviceChooser } from '../devices/device-choice.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { HealthMonitor } from '../health/health-monitor.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import type { TimedOutputs } from '../outputs/timed-outputs.ts';
import type { Policy } from '../policy/policy-terms.ts';
import type { Catalogue } from './catalogue.ts';
import type { ConnectorSecrets } from './connector-secrets.ts';

/** What installing, changing and uninstalling go through. */
export interface InstallParts {
  readonly deviceSide: ConnectorSide;
  readonly directory: Directory;
  readonly catalogue: Catalogue;
  readonly chooser: DeviceChooser;
  readonly devices: DeviceCache;
  readonly binder: Binder;
  readonly health: HealthTracker;
  readonly monitor: HealthMonitor;
  readonly outputs: TimedOutputs;
  readonly secrets: ConnectorSecrets;
  readonly clock: Clock;
}

/** What an install rule adds to an installation. */
export interface InstallExtra {
  readonly policy?: Policy;
  /** Written in the same commit as the connector. */
  readonly alongside?: (connectorId: string, record: ConnectorRecord) => readonly Statement[];
}
