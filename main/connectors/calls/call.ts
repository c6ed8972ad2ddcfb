import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { DeviceSide, PermitAuthority, ToolDescription } from '../../hardware/index.ts';
import type { ApprovalDesk } from '../approvals/approval-desk.ts';
import { hasApproval } from '../approvals/approval-view.ts';
import type { Clock } from '../clock.ts';
import { type ConnectorRecord, findTool, subjectOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { Readings } from '../health/readings.ts';
import { mintId } from '../ids.ts';
import type { Intent, Journal, Refusal } from '../journal/journal.ts';
import { isAnswered, type JournalRow } from '../journal/journal-row.ts';
import type { UnresolvedEffects } from '../journal/unresolved.ts';
import type { Log } from '../log.ts';
import type { TimedOutputs } from '../outputs/timed-outputs.ts';
import {
  doubtful,
  endUnsent,
  givenKey,
  keyConflict,
  noDeviceYet,
  rejectAsCheckFailed,
  remainingMs,
  unknownTool,
  unrecorded,
} from './call-faults.ts';
import type { CallRequest, CallResult, EffectResult } from './call-terms.ts';
import { cancellable, throwIfAborted } from './cancellation.ts';
import { dryRun } from './dry-run.ts';
import { suspectDuplicate } from './duplicate-suspicion.ts';
import { answerFailed, answerFromRow, answerRefused, answerUnrecorded } from './effect-result.ts';
import type { Gate } from './gate.ts';
import { prepareIntent } from './intent.ts';
import type { LiveEffect, LiveEffects } from './live-effects.ts';
import { splitReserved } from './reserved-arguments.ts';

const DEADLINE_MS = 30_000;

/** What a call goes through. */
export interface CallParts {
  readonly deviceSide: DeviceSide;
  readonly permits: Pick<PermitAuthority, 'mint'>;
  readonly directory: Directory;
  readonly readings: Readings;
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

/** One call, from the caller's arguments to the answer. Token and scope are the caller's business. */
export async function call(parts: CallParts, request: CallRequest): Promise<CallResult> {
  const connector = parts.directory.get(request.connectorId);
  const tool = findTool(connector, request.tool);
  if (tool === null) throw unknownTool(connector, request.tool);
  const endsAtMs = parts.clock.monotonicMs() + (request.deadlineMs ?? DEADLINE_MS);
  if (!tool.side_effect) {
    return { kind: 'read', output: await read(parts, connector, tool, request, endsAtMs) };
  }
  const result = await effect(parts, connector, tool, request, endsAtMs);
  return { kind: 'effect', result, delivered: () => noteDelivered(parts, result) };
}

async function read(
  { deviceSide, readings, clock, onToolPassed }: CallParts,
  connector: ConnectorRecord,
  tool: ToolDescription,
  request: CallRequest,
  endsAtMs: number,
): Promise<JsonObject> {
  if (subjectOf(connector) === null) throw noDeviceYet(connector);
  const target = { connectorId: connector.id, tool: tool.capability };
  const prepared = await deviceSide.prepare({ ...target, arguments: request.arguments });
  const output = await cancellable(deviceSide, request.signal, remainingMs(endsAtMs, clock), (ticket) =>
    deviceSide.read({ ...target, arguments: prepared.arguments, ...ticket }),
  );
  readings.record(connector, tool, output);
  onToolPassed(connector.id, tool.capability);
  return output;
}

/** A side effect up to the point where it is known to be a new one; never rejects once its key is known. */
async function effect(
  parts: CallParts,
  connector: ConnectorRecord,
  tool: ToolDescription,
  request: CallRequest,
  endsAtMs: number,
): Promise<EffectResult> {
  const { deviceSide, journal, live, gate, approvals, clock } = parts;
  let key = givenKey(request.arguments) ?? mintId('ik');
  try {
    const split = splitReserved(tool.capability, request.arguments);
    key = split.key ?? key;
    const intent = await prepareIntent(deviceSide, connector, tool, request.caller, split.own, {
      key,
      keyGiven: split.key !== null,
      entityKey: split.entityKey,
    });
    if (split.dryRun) return await dryRun(parts, tool, intent, request.signal, endsAtMs);

    /** Whether this call is the one that asked a person. */
    let asked = false;
    for (;;) {
      const first = live.find(intent);
      if (first !== null) {
        if (first.intent.fingerprint !== intent.fingerprint)
          return answerRefused(intent.key, keyConflict(intent, first.journalId), first.journalId);
        const answer = await live.join(first, request.signal, remainingMs(endsAtMs, clock));
        // The first caller called its call off, this one did not.
        if (answer.reason === 'cancelled' && !request.signal.aborted) continue;
        // The first has asked a person; this one waits beside it.
        if (answer.approval_id !== null && !request.signal.aborted) continue;
        return asked
          ? answer
          : { ...answer, deduplicated: true, first_at: answer.first_at ?? firstAt(journal, answer) };
      }
      const previous = journal.find(intent);
      if (previous !== null && previous.fingerprint !== intent.fingerprint) {
        return answerRefused(intent.key, keyConflict(intent, previous.journal_id), previous.journal_id);
      }
      // Whatever policy says now, the truth about what was sent is told: `refused` would say that nothing was.
      if (previous !== null && (isAnswered(previous) || journal.isUntold(previous))) {
        return answerFromRow(previous, { deduplicated: !asked });
      }
      if (previous?.state === 'awaiting_approval' && hasApproval(previous)) {
        const { onProgress } = request;
        const signal = AbortSignal.any([request.signal, parts.closing]);
        const answer = await approvals.join(previous, { signal, endsAtMs, onProgress });
        return asked ? answer : { ...answer, deduplicated: true, first_at: previous.created_at };
      }
      throwIfAborted(request.signal);
      const refusal = gate(intent) ?? suspectDuplicate(intent, journal, live, approvals, clock.monotonicMs());
      const answer = await live.run(intent, request.signal, async (self) => {
        if (refusal !== null)
          return answerFromRow(await journal.refuse(intent, previous, refusal), { deduplicated: false });
        if (approvals.isNeeded(intent))
          return answerFromRow(await approvals.request(intent, previous), { deduplicated: false });
        return attempt(parts, intent, () => journal.accept(intent, previous), self, request, endsAtMs);
      });
      if (answer.approval_id === null) return answer;
      asked = true;
    }
  } catch (error) {
    const fault = AgentError.from(error);
    if (fault.code === 'internal_error')
      parts.log.error({ err: error, tool: tool.capability }, 'A call failed unexpectedly');
    if (fault.code === 'cancelled') return answerRefused(key, { reason: 'cancelled', error: fault });
    return answerFailed(key, fault);
  }
}

/** An effect that a person allowed: it has its own time, whether or not the call that asked for it still waits. */
export function performApproved(
  parts: CallParts,
  intent: Intent,
  accept: () => Promise<JournalRow>,
  live: LiveEffect,
  onProgress: CallRequest['onProgress'],
): Promise<EffectResult> {
  const request = { signal: new AbortController().signal, ...(onProgress === undefined ? {} : { onProgress }) };
  return attempt(parts, intent, accept, live, request, parts.clock.monotonicMs() + DEADLINE_MS);
}

/** The new effect itself: row, turn, check, `sent` on disk, permit, act, outcome on disk. */
async function attempt(
  parts: CallParts,
  intent: Intent,
  accept: () => Promise<JournalRow>,
  live: LiveEffect,
  request: Pick<CallRequest, 'signal' | 'onProgress'>,
  endsAtMs: number,
): Promise<EffectResult> {
  const { deviceSide, journal, permits, clock } = parts;
  const signal = AbortSignal.any([request.signal, parts.closing]);
  const accepted = await accept();
  const { journal_id: journalId } = accepted;
  live.journalId = journalId;
  request.onProgress?.({ message: 'Waiting for the device', fraction: 0.1 });
  try {
    const { turnId } = await cancellable(deviceSide, signal, remainingMs(endsAtMs, clock), (ticket) =>
      deviceSide.openTurn({ connectorId: intent.connectorId, ...ticket }),
    );
    try {
      request.onProgress?.({ message: 'Checking', fraction: 0.3 });
      const { tool, plan } = intent;
      const inDoubt = await parts.unresolved.clear(turnId, intent.deviceId);
      if (inDoubt !== null) return answerFromRow(await journal.withdraw(journalId, inDoubt), { deduplicated: false });
      const witness = await deviceSide.check({ turnId, tool, plan }).catch(rejectAsCheckFailed);
      throwIfAborted(signal);
      const refusal = parts.gate(intent) ?? approvalRefusal(parts, intent, accepted);
      if (refusal !== null) return answerFromRow(await journal.withdraw(journalId, refusal), { deduplicated: false });

      const sent = await journal.sent(journalId, witness);
      live.sent = true;
      request.onProgress?.({ message: 'Sending', fraction: 0.6 });
      const permit = permits.mint(journalId, plan);
      const act = () => deviceSide.act({ turnId, tool, plan, witness, permit }).catch(doubtful);
      const answer = await parts.outputs.run(journalId, act, async () => {
        request.onProgress?.({ message: 'On; it is switched off by itself', fraction: 0.8 });
        await deviceSide.closeTurn({ turnId }).catch(() => {});
      });
      try {
        const row = await journal.finish(journalId, answer);
        if (row.state === 'applied') parts.onToolPassed(intent.connectorId, tool);
        return answerFromRow(row, { deduplicated: false });
      } catch (error) {
        return answerUnrecorded(sent, unrecorded(answer, error));
      }
    } finally {
      await deviceSide.closeTurn({ turnId }).catch(() => {});
    }
  } catch (error) {
    if (live.sent) throw error;
    return answerFromRow(await endUnsent(journal, journalId, error), { deduplicated: false });
  }
}

/** In the turn: an approval has to cover what is about to be done, and where policy has begun to ask, there has to be one. */
function approvalRefusal({ approvals }: CallParts, intent: Intent, row: JournalRow): Refusal | null {
  if (hasApproval(row)) return approvals.mismatch(row, intent);
  if (!approvals.isNeeded(intent)) return null;
  return {
    reason: 'policy_deny',
    error: new AgentError('refused', `The policy of ${intent.connectorName} was changed meanwhile. Nothing was sent.`, {
      hint: 'Call again; a person will be asked to allow it.',
      details: { reason: 'policy_deny' },
    }),
  };
}

function firstAt(journal: Journal, answer: EffectResult): string | null {
  return answer.journal_id === null ? null : journal.row(answer.journal_id).created_at;
}

function noteDelivered(
  { journal, log }: CallParts,
  { journal_id: journalId, sent, outcome, reason }: EffectResult,
): void {
  if (journalId === null) return;
  const note = () => {
    if (sent) return journal.delivered(journalId);
    // The row of a conflict is another call's.
    if (reason === 'idempotency_conflict' || outcome === 'unknown' || outcome === 'applied' || outcome === 'dry_run')
      return null;
    return journal.told(journalId, outcome === 'pending' ? 'awaiting_approval' : outcome);
  };
  note()?.catch((error: unknown) => {
    log.warn(
      { code: AgentError.from(error).code, journal_id: journalId },
      'The delivery of an answer could not be noted',
    );
  });
}
