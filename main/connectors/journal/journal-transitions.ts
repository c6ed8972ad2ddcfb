import { AgentError } from '../../../drivers/kit/index.ts';
import type { SqlValue } from '../../store/index.ts';
import { type Clock, toInstant } from '../clock.ts';
import { type EffectTimes, toolKey } from './effect-times.ts';
import { type EffectsTable, errorText } from './effects-table.ts';
import { weakerEvidence } from './evidence.ts';
import type { Journal } from './journal.ts';

const notHappened = new AgentError('device_refused', 'The device says that it did not happen.', {
  hint: 'Look at the device; ask again with a new key if it is still wanted.',
});

/** The transitions of a side effect from its request to its end, and what became of one in doubt. */
export function createJournalTransitions({
  table,
  times,
  clock,
}: {
  readonly table: EffectsTable;
  readonly times: EffectTimes;
  readonly clock: Clock;
}): Pick<
  Journal,
  | 'accept'
  | 'refuse'
  | 'withdraw'
  | 'abandon'
  | 'done'
  | 'sent'
  | 'begun'
  | 'released'
  | 'finish'
  | 'resolved'
  | 'settle'
> {
  const { row, begin, move } = table;
  const now = () => toInstant(clock.now());
  return {
    accept: (intent, previous) =>
      begin(intent, previous, { state: 'accepted', reason: null, error: null, ended_at: null }),
    refuse: (intent, previous, { reason, error }) =>
      begin(intent, previous, { state: 'refused', reason, error: errorText(error.serialize()), ended_at: now() }),
    withdraw: (journalId, { reason, error }) =>
      move(journalId, "state = 'accepted'", {
        state: 'refused',
        reason,
        error: errorText(error.serialize()),
        ended_at: now(),
      }),
    abandon: (journalId, error) =>
      move(journalId, "state IN ('accepted', 'sent')", {
        state: 'failed',
        sent: 0,
        sent_at: null,
        witness: null,
        release_due_at: null,
        error: errorText(error.serialize()),
        ended_at: now(),
      }),
    done: (journalId) =>
      move(journalId, "state = 'accepted'", { state: 'applied', ended_at: now(), delivered_at: now() }),
    async sent(journalId, witness) {
      const { timed } = row(journalId).plan;
      const after = await move(journalId, "state = 'accepted'", {
        state: 'sent',
        sent: 1,
        witness: JSON.stringify(witness),
        sent_at: now(),
        release_due_at: timed === undefined ? null : toInstant(clock.now() + timed.holdMs),
      });
      times.sent(toolKey(after.connector_id, after.tool), journalId);
      return after;
    },
    begun: (journalId, { evidence, result }) =>
      move(journalId, "state = 'sent'", { evidence, result: result === null ? null : JSON.stringify(result) }),
    released(journalId, { at, reason, evidence, result }) {
      const before = row(journalId);
      const off = { released_at: at, release_reason: reason, release_evidence: evidence };
      const begun = before.state === 'unknown' && before.settlement === null && before.evidence !== null;
      const merged = JSON.stringify({ ...before.result, ...result });
      const whole = { evidence: weakerEvidence(before.evidence, evidence), result: merged };
      const change: Readonly<Record<string, SqlValue>> = begun
        ? { ...whole, state: 'applied', error: null, ended_at: now() }
        : before.state === 'applied'
          ? whole
          : {};
      const from = `release_due_at IS NOT NULL AND released_at IS NULL${begun ? " AND state = 'unknown'" : ''}`;
      return move(journalId, from, { ...off, ...change });
    },
    async finish(journalId, answer) {
      try {
        const after = await move(journalId, "state = 'sent'", {
          state: answer.outcome,
          sent: answer.outcome === 'failed' && !answer.sent ? 0 : 1,
          evidence: answer.evidence,
          result: answer.result === null ? null : JSON.stringify(answer.result),
          error: errorText(answer.error),
          ended_at: now(),
          // Nothing left, so nothing is on.
          ...(answer.sent ? {} : { release_due_at: null }),
        });
        times.ended(journalId);
        if (!after.sent) times.notSent(toolKey(after.connector_id, after.tool), journalId);
        return after;
      } catch (error) {
        // The row stays `sent`, which a restart reads as `unknown`: it must count as that already.
        table.suspect(row(journalId));
        throw error;
      }
    },
    resolved: (journalId, { happened, evidence }) =>
      move(journalId, "state IN ('unknown', 'sent') AND settlement IS NULL", {
        state: happened ? 'applied' : 'failed',
        evidence,
        error: happened ? null : errorText(notHappened.serialize()),
        ended_at: now(),
      }),
    async settle(journalId, { answer, note, by }, caller) {
      const before = row(journalId);
      if (before.state !== 'unknown' || before.settlement !== null) {
        const seen =
          before.settlement === null ? `it is ${before.state}` : `${before.settlement.by} settled it already`;
        throw new AgentError('state_conflict', `Row ${journalId} can't be settled: ${seen}.`, {
          hint: 'Only an action whose outcome is unknown needs an answer, and only once.',
        });
      }
      const settlement = {
        answer,
        by: by === undefined ? caller.name : `${by} (${caller.name})`,
        note: note ?? null,
        at: now(),
      };
      const isOpen = before.release !== null && before.release.released_at === null;
      return move(journalId, "state = 'unknown' AND settlement IS NULL", {
        settlement: JSON.stringify(settlement),
        ...(isOpen ? { released_at: now(), release_reason: 'settled' } : {}),
      });
    },
  };
}
