import { AgentError } from '../../../drivers/kit/index.ts';
import type { DeviceSide } from '../../hardware/index.ts';
import type { Clock } from '../clock.ts';
import { subjectOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import { mintId } from '../ids.ts';
import type { Log } from '../log.ts';
import { judgeTransaction } from './health.ts';
import type { HealthTracker } from './health-tracker.ts';

/** How often a device is asked when no traffic does it (contract section 2). */
const INTERVAL_MS = 30_000;
/** A software source is somebody else's server: it is asked now and then. */
const SOURCE_INTERVAL_MS = 5 * 60_000;
const SOURCE_FIRST_REPEAT_MS = 30_000;
const CHECK_DEADLINE_MS = 5_000;
const SOURCE_CHECK_DEADLINE_MS = 20_000;

/** Asks silent devices, harmlessly, so that green means that one answered lately. */
export interface HealthMonitor {
  /** A transaction with the device ended; `ok` says whether it answered. */
  noteTraffic(connectorId: string, ok: boolean): void;
  /** Asks now. `insist` asks even a unit that the device side leaves alone for a while. Resolves when it has answered or not. */
  checkNow(connectorId: string, insist: boolean): Promise<void>;
  /** Begins to watch a connector; one that is watched already goes on as it was. */
  watch(connectorId: string): void;
  forget(connectorId: string): void;
  /** Ends every watch; resolves when no check runs. */
  close(): Promise<void>;
}

/** After `failures` unanswered checks in a row: 1, 2, 4 ... 30 s; for a software source 30 s, 1, 2 ... 5 min. */
export function nextCheckMs(failures: number, kind: 'hardware' | 'saas' = 'hardware'): number {
  const [longest, first] = kind === 'hardware' ? [INTERVAL_MS, 1_000] : [SOURCE_INTERVAL_MS, SOURCE_FIRST_REPEAT_MS];
  return failures === 0 ? longest : Math.min(longest, first * 2 ** Math.min(failures - 1, 10));
}

interface Watch {
  readonly kind: 'hardware' | 'saas';
  lastTrafficMs: number;
  failures: number;
  cancel: () => void;
}

/** Makes a monitor; it watches nothing yet. */
export function createHealthMonitor(parts: {
  readonly deviceSide: DeviceSide;
  readonly directory: Directory;
  readonly health: HealthTracker;
  readonly clock: Clock;
  readonly log: Log;
  /** Why a device that should be heard all the time counts as silent; null: it does not. */
  readonly silence: (connectorId: string) => AgentError | null;
}): HealthMonitor {
  const { deviceSide, directory, health, clock, log } = parts;
  const watches = new Map<string, Watch>();
  const running = new Map<string, { readonly callId: string; readonly done: Promise<void> }>();

  const check = async (connectorId: string, callId: string, insist: boolean): Promise<void> => {
    const record = directory.find(connectorId);
    if (record === null || subjectOf(record) === null) return;
    const failuresBefore = watches.get(connectorId)?.failures ?? 0;
    try {
      const deadlineMs = record.kind === 'saas' ? SOURCE_CHECK_DEADLINE_MS : CHECK_DEADLINE_MS;
      const { answered } = await deviceSide.healthCheck({ connectorId, insist, callId, deadlineMs });
      const silent = answered ? null : parts.silence(connectorId);
      if (silent !== null) throw silent;
      const sendsByItself = record.tools.some(({ stream }) => stream !== null);
      health.signal(connectorId, answered ? { type: 'succeeded' } : { type: 'port_open', sendsByItself });
      note(connectorId, true);
    } catch (error) {
      const fault = AgentError.from(error);
      if (fault.code === 'internal_error') {
        log.error({ err: error, connector: connectorId }, 'A health check failed unexpectedly');
      }
      const signal = judgeTransaction(fault.serialize(), null);
      if (signal !== null) health.signal(connectorId, signal);
      note(connectorId, signal?.type === 'succeeded');
      const watch = watches.get(connectorId);
      if (watch !== undefined && watch.failures > 0) watch.failures = failuresBefore + 1;
    }
  };

  const checkNow = (connectorId: string, insist: boolean): Promise<void> => {
    const already = running.get(connectorId);
    if (already !== undefined) return already.done;
    const callId = mintId('call');
    const done = check(connectorId, callId, insist).finally(() => running.delete(connectorId));
    running.set(connectorId, { callId, done });
    return done;
  };

  const schedule = (connectorId: string, watch: Watch, delayMs: number) => {
    watch.cancel();
    watch.cancel = clock.after(delayMs, () => {
      const quietMs = clock.monotonicMs() - watch.lastTrafficMs;
      const dueMs = nextCheckMs(watch.failures, watch.kind) - quietMs;
      if (dueMs > 0) {
        schedule(connectorId, watch, dueMs);
        return;
      }
      void checkNow(connectorId, false).then(() => {
        if (watches.get(connectorId) === watch) schedule(connectorId, watch, nextCheckMs(watch.failures, watch.kind));
      });
    });
  };

  const note = (connectorId: string, ok: boolean) => {
    const watch = watches.get(connectorId);
    if (watch === undefined) return;
    const began = !ok && watch.failures === 0;
    watch.lastTrafficMs = clock.monotonicMs();
    if (ok) watch.failures = 0;
    if (began) watch.failures = 1;
    // A device that just fell silent is asked again soon, not when the calm interval ends.
    if (began) schedule(connectorId, watch, nextCheckMs(watch.failures, watch.kind));
  };

  return {
    noteTraffic: note,
    checkNow,
    watch(connectorId) {
      if (watches.has(connectorId)) return;
      const kind = directory.find(connectorId)?.kind ?? 'hardware';
      const watch: Watch = { kind, lastTrafficMs: clock.monotonicMs(), failures: 0, cancel: () => {} };
      watches.set(connectorId, watch);
      schedule(connectorId, watch, nextCheckMs(0, kind));
    },
    forget(connectorId) {
      watches.get(connectorId)?.cancel();
      watches.delete(connectorId);
    },
    async close() {
      for (const watch of watches.values()) watch.cancel();
      watches.clear();
      const checks = [...running.values()];
      for (const { callId } of checks) deviceSide.cancel({ callId }).catch(() => {});
      await Promise.allSettled(checks.map(({ done }) => done));
    },
  };
}
