import { AgentError } from '../../../drivers/kit/index.ts';
import type { Clock } from '../clock.ts';

/** Notices devices that should be heard all the time and are not. */
export interface Silence {
  /** The port is open from now on; `intervalMs`: how often something comes from a device that works. */
  listening(connectorId: string, name: string, intervalMs: number): void;
  heard(connectorId: string): void;
  /** Nothing can be heard any more. */
  deaf(connectorId: string): void;
  /** Why it counts as silent; null: it was heard lately, or nothing is expected of it. */
  fault(connectorId: string): AgentError | null;
  close(): void;
}

/** So many intervals without a word are no accident. */
const MISSED_INTERVALS = 3;
const LEAST_MS = 3_000;

interface Watch {
  readonly name: string;
  readonly intervalMs: number;
  readonly patienceMs: number;
  lastMs: number;
  everHeard: boolean;
  cancel: () => void;
}

/** `onSilent` is told once each time that a device falls silent. */
export function createSilence(clock: Clock, onSilent: (connectorId: string, error: AgentError) => void): Silence {
  const watches = new Map<string, Watch>();

  const fault = (connectorId: string): AgentError | null => {
    const watch = watches.get(connectorId);
    if (watch === undefined || clock.monotonicMs() - watch.lastMs < watch.patienceMs) return null;
    return silent(watch, clock.monotonicMs() - watch.lastMs);
  };
  const wait = (connectorId: string, watch: Watch, delayMs: number) => {
    watch.cancel = clock.after(delayMs, () => {
      const leftMs = watch.lastMs + watch.patienceMs - clock.monotonicMs();
      if (leftMs > 0) {
        wait(connectorId, watch, leftMs);
        return;
      }
      watch.cancel = notWaiting;
      const error = fault(connectorId);
      if (error !== null) onSilent(connectorId, error);
    });
  };

  return {
    listening(connectorId, name, intervalMs) {
      watches.get(connectorId)?.cancel();
      const patienceMs = Math.max(LEAST_MS, MISSED_INTERVALS * intervalMs);
      const lastMs = clock.monotonicMs();
      const watch: Watch = { name, intervalMs, patienceMs, lastMs, everHeard: false, cancel: notWaiting };
      watches.set(connectorId, watch);
      wait(connectorId, watch, patienceMs);
    },
    heard(connectorId) {
      const watch = watches.get(connectorId);
      if (watch === undefined) return;
      watch.lastMs = clock.monotonicMs();
      watch.everHeard = true;
      if (watch.cancel === notWaiting) wait(connectorId, watch, watch.patienceMs);
    },
    deaf(connectorId) {
      watches.get(connectorId)?.cancel();
      watches.delete(connectorId);
    },
    fault,
    close() {
      for (const watch of watches.values()) watch.cancel();
      watches.clear();
    },
  };
}

function notWaiting(): void {}

function silent({ name, intervalMs, everHeard }: Watch, silentMs: number): AgentError {
  const since = `for ${Math.round(silentMs / 1000)} s`;
  return new AgentError(
    'no_reply',
    everHeard
      ? `${name} has sent nothing readable ${since}; it should every ${intervalMs / 1000} s.`
      : `${name} has sent nothing readable since its port was opened, ${since}; it should every ${intervalMs / 1000} s.`,
    {
      hint: 'Is it switched on, is the cable right, and are speed and format those of the device?',
      details: { reason: 'silent', expected: `something every ${intervalMs} ms`, seen: `nothing ${since}` },
    },
  );
}
