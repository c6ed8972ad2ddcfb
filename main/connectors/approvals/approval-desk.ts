import { AgentError } from '../../../drivers/kit/index.ts';
import type { Caller } from '../caller.ts';
import type { CallRequest, EffectResult } from '../calls/call-terms.ts';
import { answerFromRow } from '../calls/effect-result.ts';
import type { Gate } from '../calls/gate.ts';
import type { LiveEffect, LiveEffects } from '../calls/live-effects.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import { subjectOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import { mintId } from '../ids.ts';
import type { Intent, Refusal } from '../journal/intent.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalRow } from '../journal/journal-row.ts';
import { expiredError } from '../journal/recovery.ts';
import type { Log } from '../log.ts';
import { decisionOf } from '../policy/policy.ts';
import type { Approval } from './approval.ts';
import { createCountdowns } from './approval-countdowns.ts';
import type { ApprovalDecision } from './approval-decision.ts';
import {
  absent,
  atThisMoment,
  MOST_WAITING,
  requirePerson,
  tooMany,
  unlessDecided,
  voided,
} from './approval-faults.ts';
import { type Circumstances, digestOf, shownDevice } from './approval-terms.ts';
import { type ApprovalRow, alreadyDecided, intentOf, noSuchApproval, viewApproval } from './approval-view.ts';
import { type ApprovalWaits, createApprovalWaits } from './approval-waits.ts';

/** How long the answer to an approval waits for the effect to end. */
const OUTCOME_MS = 10_000;

/** Asks people, and does what they allow: once, at once (docs/decisions/0020-an-approval-acts-at-once.md). */
export interface ApprovalDesk extends Pick<ApprovalWaits, 'join' | 'hasListener'> {
  /** Whether policy wants a person to allow this. */
  isNeeded(intent: Intent): boolean;
  /** Writes `awaiting_approval`; `refused` when too many wait already. Rejects with `device_unplugged`. */
  request(intent: Intent, previous: JournalRow | null): Promise<JournalRow>;
  /** Why an approval that was given does not cover this effect any more, or null. */
  mismatch(row: ApprovalRow, intent: Intent): Refusal | null;
  /** As `ConnectorService.approve`. */
  approve(approvalId: string, note: string | null, by: Caller): Promise<Approval>;
  /** As `ConnectorService.deny`. */
  deny(approvalId: string, note: string | null, by: Caller): Promise<Approval>;
  /** What was asked no longer stands: ends every waiting request that `concerns` says. `what`: `was unplugged`. */
  voidWhere(concerns: (row: ApprovalRow) => boolean, what: string): Promise<void>;
  /** Ends the countdowns; requests stay on disk. */
  close(): void;
}

/** Does an effect whose row `accept` brings to `accepted`; as `call` does. */
export type Perform = (
  intent: Intent,
  accept: () => Promise<JournalRow>,
  live: LiveEffect,
  onProgress: NonNullable<CallRequest['onProgress']>,
) => Promise<EffectResult>;

/** Over the journal, which keeps what waits; countdowns of an earlier agent's requests go on. */
export function createApprovalDesk(parts: {
  readonly journal: Journal;
  readonly live: LiveEffects;
  readonly gate: Gate;
  readonly directory: Directory;
  readonly devices: DeviceCache;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a person has. */
  readonly countdownMs: number;
  /** The plan that these arguments make now: the driver's settings may have changed since it was asked. */
  readonly planNow: (intent: Intent) => Promise<Intent['plan']>;
  readonly perform: Perform;
  readonly onChange: (approval: Approval) => void;
}): ApprovalDesk {
  const { journal, live, gate, directory, devices, clock, log, countdownMs, onChange } = parts;
  const waits = createApprovalWaits({ journal, clock });
  /** Somebody is allowing it at this moment. */
  const deciding = new Set<string>();

  const isNeeded = ({ connectorId, tool }: Intent) => {
    const record = directory.find(connectorId);
    return record !== null && decisionOf(record.policy, tool) === 'confirm';
  };

  /** What an approval would be bound to now; null when connector or unit are not there. A software source has no unit. */
  const circumstances = (intent: Intent, approvalId: string, expiresAt: string): Circumstances | null => {
    const record = directory.find(intent.connectorId);
    if (record === null || subjectOf(record) !== intent.deviceId) return null;
    const device = devices.find(intent.deviceId);
    if (record.deviceId !== null && device?.present !== true) return null;
    const { name: connectorName, policy, config } = record;
    return { approvalId, expiresAt, connectorName, policy, config, device };
  };

  const mismatchOf = (row: ApprovalRow, intent: Intent): Refusal | null => {
    const now = circumstances(intent, row.approval_id, row.approval.expires_at);
    const same = now !== null && digestOf(intent, now) === row.approval.digest;
    return same ? null : voided(row, 'has changed');
  };

  const end = async (row: ApprovalRow, decision: ApprovalDecision, refusal: Refusal): Promise<ApprovalRow> => {
    const after = await journal.endApproval(row, decision, refusal);
    countdowns.stop(row.approval_id);
    waits.settle(row.approval_id, Promise.resolve(answerFromRow(after, { deduplicated: false })));
    onChange(viewApproval(after));
    return after;
  };

  const decision = (state: ApprovalDecision['state'], by: Caller | null, note: string | null = null) => ({
    state,
    by: by?.name ?? null,
    note,
    at: toInstant(clock.now()),
  });

  const expire = async (approvalId: string) => {
    const row = journal.byApproval(approvalId);
    if (row === null || row.state !== 'awaiting_approval') return;
    await end(row, decision('expired', null), { reason: 'approval_expired', error: expiredError() }).catch(
      unlessDecided,
    );
  };
  const countdowns = createCountdowns({
    clock,
    countdownMs,
    onEnd(approvalId) {
      expire(approvalId).catch((error: unknown) => log.error({ err: error }, 'An approval could not be ended'));
    },
  });
  for (const row of journal.awaiting()) countdowns.start(row);

  const requireWaiting = async (approvalId: string): Promise<ApprovalRow> => {
    const row = journal.byApproval(approvalId);
    if (row === null) throw noSuchApproval(approvalId);
    if (row.state === 'awaiting_approval' && !countdowns.isOver(row)) return row;
    await expire(approvalId);
    throw alreadyDecided(journal.byApproval(approvalId) ?? row);
  };

  const give = async (approvalId: string, note: string | null, by: Caller): Promise<Approval> => {
    const row = await requireWaiting(approvalId);
    const asked = intentOf(row);
    // On disk, and so here to be seen, before the call that asked has heard that it is.
    await live.ended(asked);
    const plan = await parts.planNow(asked).catch(() => null);
    // As the driver makes it now, so that nothing depends on how it came back from the disk.
    const intent = plan === null ? asked : { ...asked, plan };
    const refusal = plan === null ? voided(row, 'has changed') : (mismatchOf(row, intent) ?? gate(intent));
    if (refusal !== null) {
      await end(row, decision('void', by, note), refusal).catch(conflictInstead(approvalId));
      throw refusal.error;
    }
    const accepted = Promise.withResolvers<void>();
    const unheard = new AbortController();
    if (!waits.hasListener(approvalId)) unheard.abort();
    const done = live.run(intent, unheard.signal, (self) => {
      const accept = async () => {
        const after = await journal.approve(row, decision('approved', by, note));
        accepted.resolve();
        return after;
      };
      return parts.perform(intent, accept, self, (progress) => waits.report(approvalId, progress));
    });
    done.catch(accepted.reject);
    await accepted.promise.catch(conflictInstead(approvalId));
    countdowns.stop(approvalId);
    log.info({ approval: approvalId, journal_id: row.journal_id, by: by.id }, 'A person allowed an action');
    waits.settle(approvalId, done);
    const show = () => viewApproval(journal.byApproval(approvalId) ?? row);
    onChange(show());
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const stopClock = clock.after(OUTCOME_MS, giveUp);
    await Promise.race([done.catch(() => {}), late]);
    stopClock();
    const approval = show();
    onChange(approval);
    return approval;
  };

  return {
    ...waits,
    isNeeded,
    async request(intent, previous) {
      const approvalId = mintId('ap');
      const expiresAt = toInstant(clock.now() + countdownMs);
      const around = circumstances(intent, approvalId, expiresAt);
      if (around === null) throw absent(intent.connectorName);
      const waiting = journal.awaiting().filter((row) => row.connector_id === intent.connectorId);
      if (waiting.length >= MOST_WAITING) return journal.refuse(intent, previous, tooMany(intent.connectorName));
      const row = await journal.requestApproval(intent, previous, approvalId, {
        caller_kind: intent.caller.kind,
        requested_at: toInstant(clock.now()),
        expires_at: expiresAt,
        digest: digestOf(intent, around),
        device: around.device === null ? null : shownDevice(around.device),
        decision: null,
      });
      countdowns.start(row);
      onChange(viewApproval(row));
      return row;
    },
    mismatch: mismatchOf,

    async approve(approvalId, note, by) {
      requirePerson(by);
      if (deciding.has(approvalId)) throw atThisMoment(approvalId);
      deciding.add(approvalId);
      try {
        return await give(approvalId, note, by);
      } finally {
        deciding.delete(approvalId);
      }
    },

    async deny(approvalId, note, by) {
      requirePerson(by);
      const row = await requireWaiting(approvalId);
      const error = new AgentError(
        'refused',
        `${by.name} did not allow this${note === null ? '' : `: ${note}`}. Nothing was sent.`,
        {
          hint: 'Do not ask again unless something has changed.',
          details: { reason: 'approval_denied', by: by.name, note },
        },
      );
      const refusal: Refusal = { reason: 'approval_denied', error };
      const after = await end(row, decision('denied', by, note), refusal).catch(conflictInstead(approvalId));
      log.info({ approval: approvalId, journal_id: row.journal_id, by: by.id }, 'A person did not allow an action');
      return viewApproval(after);
    },

    async voidWhere(concerns, what) {
      for (const row of journal.awaiting().filter(concerns)) {
        await end(row, decision('void', null), voided(row, what)).catch(unlessDecided);
      }
    },
    close() {
      countdowns.close();
    },
  };

  function conflictInstead(approvalId: string) {
    return (error: unknown): never => {
      const row = journal.byApproval(approvalId);
      if (AgentError.is(error, 'state_conflict') && row !== null) throw alreadyDecided(row);
      throw error;
    };
  }
}
