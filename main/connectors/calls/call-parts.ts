import type { DeviceSide, PermitAuthority } from '../../hardware/index.ts';
import type { ApprovalDesk } from '../approvals/approval-desk.ts';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory/directory.ts';
import type { Readings } from '../health/readings.ts';
import type { Journal } from '../journal/journal.ts';
import type { UnresolvedEffects } from '../journal/unresolved.ts';
import type { Log } from '../log.ts';
import type { TimedOutputs } from '../outputs/timed-outputs.ts';
import type { Streams } from '../streams/streams.ts';
import type { Gate } from './gate.ts';
import type { LiveEffects } from './live-effects.ts';

/** The whole call, waiting included, where its caller did not say. */
export const DEADLINE_MS = 30_000;

/** What a call goes through. */
export interface CallParts {
  readonly deviceSide: DeviceSide;
  readonly permits: Pick<PermitAuthority, 'mint'>;
  readonly directory: Directory;
  readonly readings: Readings;
  readonly streams: Pick<Streams, 'read'>;
  readonly journal: Journal;
  readonly live: LiveEffects;
  readonly gate: Gate;
  readonly approvals: ApprovalDesk;
  readonly unresolved: UnresolvedEffects;
  readonly outputs: TimedOutputs;
  readonly clock: Clock;
  readonly log: Log;
  /** The agent is stopping: what is not sent yet is called off. */
  readonly closing: AbortSignal;
  /** A tool did its work: what a failed test said of it no longer holds. */
  readonly onToolPassed: (connectorId: string, tool: string) => void;
}
