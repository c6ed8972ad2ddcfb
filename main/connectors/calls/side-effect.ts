import { AgentError } from '../../../drivers/kit/index.ts';
import type { ToolDescription } from '../../hardware/index.ts';
import { hasApproval } from '../approvals/approval-view.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import { mintId } from '../ids.ts';
import type { Journal } from '../journal/journal.ts';
import { isAnswered } from '../journal/journal-row.ts';
import { attempt } from './attempt.ts';
import { givenKey, keyConflict, remainingMs } from './call-faults.ts';
import type { CallParts } from './call-parts.ts';
import type { CallRequest, EffectResult } from './call-terms.ts';
import { throwIfAborted } from './cancellation.ts';
import { dryRun } from './dry-run.ts';
import { suspectDuplicate } from './duplicate-suspicion.ts';
import { answerFailed, answerFromRow, answerRefused } from './effect-result.ts';
import { prepareIntent } from './intent.ts';
import { splitReserved } from './reserved-arguments.ts';

/** A side effect up to the point where it is known to be a new one; never rejects once its key is known. */
export async function effect(
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
      keyGiven: split.key !== null && split.key !== request.caller.mintedKey,
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

function firstAt(journal: Journal, answer: EffectResult): string | null {
  return answer.journal_id === null ? null : journal.row(answer.journal_id).created_at;
}
