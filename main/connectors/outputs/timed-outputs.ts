import { AgentError } from '../../../drivers/kit/index.ts';
import type { ActAnswer, DeviceEvent, PendingRelease, PermitAuthority } from '../../hardware/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { Directory } from '../directory/directory.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import { weakerEvidence } from '../journal/evidence.ts';
import type { Intent, Refusal } from '../journal/intent.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalRow } from '../journal/journal-row.ts';
import type { Log } from '../log.ts';

type OutputEvent = Extract<DeviceEvent, { readonly type: 'output' }>;

/** Outputs that are on for a while: their rows, who waits for their end, and what they forbid meanwhile. */
export interface TimedOutputs {
  /** What a connector's binding has to switch off first of all. */
  pendingFor(connectorId: string, deviceId: string): readonly PendingRelease[];
  /**
   * Runs `act`, and if that began something waits until it has ended. `onHeld` is awaited in between: the turn can go to
   * others. The answer is `applied` only when the release is sure, too.
   */
  run(journalId: string, act: () => Promise<ActAnswer>, onHeld: () => Promise<void>): Promise<ActAnswer>;
  /** The device side tells of an output. */
  onOutput(event: OutputEvent): void;
  /** Why nothing may be done to this device or output now, or null. */
  refusal(intent: Intent): Refusal | null;
  /** Throws `state_conflict` when an output of this connector is not known to be off. */
  requireOff(connectorId: string): Promise<void>;
  /** A person has looked at a row whose output was not known to be off, and settled it. */
  settled(row: JournalRow): void;
  /** Resolves when nothing is on any more that an earlier run left on, as far as it can be reached, or after `patienceMs`. */
  firstOff(patienceMs: number): Promise<void>;
  /** Resolves when everything that was told is on disk. */
  idle(): Promise<void>;
}

/** Over the journal. */
export function createTimedOutputs(parts: {
  readonly journal: Journal;
  readonly permits: Pick<PermitAuthority, 'mintRelease'>;
  readonly directory: Directory;
  readonly health: HealthTracker;
  readonly clock: Clock;
  readonly log: Log;
  /** An output that was stuck is off: health has to be learned anew. */
  readonly onOff: (connectorId: string) => void;
}): TimedOutputs {
  const { journal, permits, directory, health, clock, log } = parts;
  const waiting = new Map<string, (event: OutputEvent) => void>();
  const stuck = new Map<string, Set<string>>();
  /** What an earlier run left on, until it is known what became of it. */
  const left = new Map<string, PromiseWithResolvers<void>>();
  const writing = new Set<Promise<void>>();

  const noLongerStuck = (connectorId: string, journalId: string): void => {
    const ids = stuck.get(connectorId);
    ids?.delete(journalId);
    if (ids === undefined || ids.size > 0) return;
    stuck.delete(connectorId);
    health.signal(connectorId, { type: 'output_off' });
    parts.onOff(connectorId);
  };

  const record = async (event: OutputEvent): Promise<void> => {
    const { connectorId, journalId, at, release } = event;
    if (release.state === 'stuck') {
      if (journal.row(journalId).release?.released_at !== null) return;
      stuck.set(connectorId, new Set(stuck.get(connectorId)).add(journalId));
      log.error({ connector: connectorId, journal_id: journalId }, release.error.message);
      health.signal(connectorId, { type: 'output_stuck', error: release.error });
    } else {
      noLongerStuck(connectorId, journalId);
      await journal.released(journalId, { ...release, at }).catch((error: unknown) => {
        // Settled by a person meanwhile; or the disk is full, and then it is released once more after a restart.
        log.warn({ code: AgentError.from(error).code, journal_id: journalId }, 'A release could not be recorded');
      });
    }
    waiting.get(journalId)?.(event);
    left.get(journalId)?.resolve();
    left.delete(journalId);
  };

  return {
    pendingFor: (connectorId, deviceId) =>
      journal
        .heldOn(deviceId)
        .filter((row) => row.connector_id === connectorId || directory.find(row.connector_id) === null)
        .map(({ journal_id: journalId, plan }) => {
          if (!left.has(journalId)) left.set(journalId, Promise.withResolvers());
          return { journalId, plan, permit: permits.mintRelease(journalId, plan) };
        }),

    async run(journalId, act, onHeld) {
      const { promise: ended, resolve } = Promise.withResolvers<OutputEvent>();
      waiting.set(journalId, resolve);
      try {
        const answer = await act();
        if (answer.held !== true) return answer;
        await onHeld();
        if (answer.outcome === 'applied') {
          await journal.begun(journalId, answer).catch((error: unknown) => {
            log.warn({ code: AgentError.from(error).code, journal_id: journalId }, 'What is on could not be recorded');
          });
        }
        return withRelease(answer, await ended);
      } finally {
        waiting.delete(journalId);
      }
    },

    onOutput(event) {
      const done = record(event)
        .catch((error: unknown) => log.error({ err: error }, 'What became of an output could not be recorded'))
        .finally(() => writing.delete(done));
      writing.add(done);
    },

    refusal({ deviceId, plan }) {
      for (const row of journal.heldOn(deviceId)) {
        if (row.state !== 'sent' || stuck.get(row.connector_id)?.has(row.journal_id) === true) return mayBeOn(row);
        if (plan.output !== undefined && row.plan.output === plan.output) return stillHeld(row);
      }
      const { output, minIntervalMs } = plan;
      if (output === undefined || minIntervalMs === undefined) return null;
      const nowMs = clock.now();
      const lastMs = journal.lastEffectOn(deviceId, output);
      // One that lies ahead was stored before the clock was set back; it says nothing about now.
      if (lastMs === null || lastMs > nowMs || lastMs + minIntervalMs <= nowMs) return null;
      return refusal(
        'interval',
        `This output was in use less than ${minIntervalMs} ms ago. Nothing was sent.`,
        `It is free again at ${toInstant(lastMs + minIntervalMs)}.`,
      );
    },

    async requireOff(connectorId) {
      await Promise.allSettled(writing);
      const deviceId = directory.find(connectorId)?.deviceId;
      const held = deviceId == null ? [] : journal.heldOn(deviceId);
      const row = held.find((one) => one.connector_id === connectorId);
      if (row === undefined) return;
      throw new AgentError(
        'state_conflict',
        `${row.connector_name} may still be on after "${row.summary}"; it could not be switched off.`,
        {
          hint: `Look at the door, or cut the power of the board by pulling its plug. Then settle the row: fibric-edge journal settle ${row.journal_id}`,
          details: { journal_id: row.journal_id },
        },
      );
    },

    settled({ connector_id: connectorId, journal_id: journalId }) {
      noLongerStuck(connectorId, journalId);
    },

    async firstOff(patienceMs) {
      if (left.size === 0) return;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const stopClock = clock.after(patienceMs, resolve);
      await Promise.race([Promise.all([...left.values()].map(({ promise }) => promise)), late]);
      stopClock();
    },

    async idle() {
      await Promise.allSettled(writing);
    },
  };
}

/** How the whole ended: what was begun, and how it was switched off. */
function withRelease(begun: ActAnswer, { release }: OutputEvent): ActAnswer {
  if (release.state === 'stuck') return { ...begun, outcome: 'unknown', error: release.error };
  if (begun.outcome !== 'applied') return begun;
  return {
    ...begun,
    evidence: weakerEvidence(begun.evidence, release.evidence),
    result: { ...begun.result, ...release.result },
  };
}

function mayBeOn(row: JournalRow): Refusal {
  return refusal(
    'unresolved_effect',
    `${row.connector_name} may still be on after "${row.summary}". Nothing was sent.`,
    'It is being switched off; look at the health of the connector, and at the door.',
  );
}

function stillHeld(row: JournalRow): Refusal {
  const until = row.release === null ? '' : ` until ${row.release.due_at}`;
  return refusal(
    'interval',
    `This output of ${row.connector_name} is in use${until}: ${row.summary}. Nothing was sent.`,
    'Wait until it is over, then call again.',
  );
}

function refusal(reason: Refusal['reason'], message: string, hint: string): Refusal {
  return { reason, error: new AgentError('refused', message, { hint, details: { reason } }) };
}
