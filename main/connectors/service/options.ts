import type { InstallRule } from '../../config/index.ts';
import type { PermitAuthority } from '../../hardware/index.ts';
import type { ConnectorSide } from '../../sources/index.ts';
import type { Store } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Clock } from '../clock.ts';
import type { HealthRetention } from '../health/health-history.ts';
import type { HistoryRetention } from '../health/reading-history.ts';
import type { Log } from '../log.ts';
import type { StreamRetention } from '../streams/stream-log.ts';
import type { WireRetention } from '../wire/wire-entry.ts';

export interface ConnectorServiceOptions {
  /** May be started before or after; events are followed from the first moment. */
  readonly deviceSide: ConnectorSide;
  readonly store: Store;
  /** Where the secrets of listings that have some rest; untouched, and so allowed to be locked, for those that have none. */
  readonly vault: Vault;
  /** The mint end; the session holds the other. */
  readonly permits: Pick<PermitAuthority, 'mint' | 'mintRelease'>;
  readonly installRules: readonly InstallRule[];
  /** How many past readings are kept; by default the last 1000 of each tool, for a week. */
  readonly history?: HistoryRetention;
  /** How much of what devices send by themselves is kept; by default 10000 each, for a week, personal ones for a day. */
  readonly streams?: StreamRetention;
  /** How far back it is known how connectors were; by default the last 5000 changes of each, for a week. */
  readonly healthHistory?: HealthRetention;
  /** What may be recorded of what goes over wires; by default on request, 256 KiB of each connector, for an hour. */
  readonly wireLog?: WireRetention;
  /** How long a person has to allow an action. Default 120 s. */
  readonly approvalCountdownMs?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}
