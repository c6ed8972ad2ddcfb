import { z } from 'zod';
import type { SerializedAgentError } from '../../../drivers/kit/index.ts';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { Database, SqlValue } from '../../store/index.ts';
import { type ApprovalRow, hasApproval } from '../approvals/approval-view.ts';
import { type Clock, toInstant } from '../clock.ts';
import { mintId } from '../ids.ts';
import { createEffectTimes } from './effect-times.ts';
import { weakerEvidence } from './evidence.ts';
import type { Intent, Journal } from './journal.ts';
import { isUnresolved, type JournalRow, journalRowSchema, toEntry } from './journal-row.ts';
import { planToText } from './plan-text.ts';

/** Nothing left under these, and no call works on them: whoever begins an attempt makes sure of the latter. */
const RETRYABLE = "(state IN ('refused', 'accepted') OR (state = 'failed' AND sent = 0))";

/** Waiting for a person, under the approval that is expected and no later one. */
const WAITING = "state = 'awaiting_approval' AND approval_id = :expected";

/** Opens the journal over its database; `onChange` sees every row that was stored, after it was. */
export function openJournal(parts: {
  readonly database: Database;
  readonly epoch: string;
  readonly clock: Clock;
  readonly onChange: (row: JournalRow) => void;
}): Journal {
  const { database, epoch, clock, onChange } = parts;
  const now = () => toInstant(clock.now());
  const select = (where: string, parameters: Readonly<Record<string, SqlValue>>) =>
    database.read(journalRowSchema, `SELECT * FROM effects ${where}`, parameters);

  const times = createEffectTimes(clock);
  const toolKey = (connectorId: string, tool: string) => JSON.stringify([connectorId, tool]);

  const unresolved = new Map<string, Set<string>>();
  const track = (row: JournalRow) => {
    const ids = unresolved.get(row.device_id) ?? new Set();
    if (isUnresolved(row)) ids.add(row.journal_id);
    else ids.delete(row.journal_id);
    if (ids.size === 0) unresolved.delete(row.device_id);
    else unresolved.set(row.device_id, ids);
  };
  for (const row of select("WHERE state = 'unknown' AND settlement IS NULL", {})) track(row);

  /** Delivered, but the note of it is not on disk yet. */
  const delivering = new Map<string, Promise<void>>();
  const telling = new Map<string, Promise<void>>();

  const row = (journalId: string): JournalRow => {
    const found = select('WHERE journal_id = :id', { id: journalId })[0];
    if (found !== undefined) return found;
    throw new AgentError('not_found', `There is no journal row ${journalId}.`, {
      hint: 'List the journal to see its rows.',
    });
  };

  const move = async (
    journalId: string,
    from: string,
    change: Readonly<Record<string, SqlValue>>,
    condition: Readonly<Record<string, SqlValue>> = {},
  ) => {
    const assignments = Object.keys(change).map((column) => `${column} = :${column}`);
    await database.write([
      {
        sql: `UPDATE effects SET ${assignments.join(', ')} WHERE journal_id = :journal_id AND ${from}`,
        parameters: { ...change, ...condition, journal_id: journalId },
        expectChanges: 1,
      },
    ]);
    const after = row(journalId);
    track(after);
    onChange(after);
    return after;
  };

  /** Begins a row, or begins a row's next attempt, in `state`. */
  const begin = async (
    intent: Intent,
    previous: JournalRow | null,
    state: Readonly<{
      state: 'accepted' | 'refused' | 'awaiting_approval';
      reason: string | null;
      error: string | null;
      ended_at: string | null;
      approval_id?: string;
      approval?: string;
    }>,
  ) => {
    const at = now();
    const attempt = {
      approval_id: null,
      approval: null,
      delivered_at: null,
      ...state,
      connector_name: intent.connectorName,
      device_id: intent.deviceId,
      caller_name: intent.caller.name,
      summary: intent.plan.summary,
      plan: planToText(intent.plan),
      entity_key: intent.entityKey,
      output: intent.plan.output ?? null,
      last_attempt_at: at,
    };
    if (previous !== null) {
      const cleared = {
        ...{ sent: 0, evidence: null, witness: null, result: null, sent_at: null },
        ...{ release_due_at: null, released_at: null, release_reason: null, release_evidence: null },
      };
      const next = { ...attempt, ...cleared, attempts: previous.attempts + 1 };
      return move(previous.journal_id, `${RETRYABLE} AND attempts = ${previous.attempts}`, next);
    }
    const journalId = mintId('jr');
    const fresh: Record<string, SqlValue> = {
      ...attempt,
      journal_id: journalId,
      epoch,
      connector_id: intent.connectorId,
      caller: intent.caller.id,
      tool: intent.tool,
      arguments: JSON.stringify(intent.arguments),
      fingerprint: intent.fingerprint,
      idempotency_key: intent.key,
      key_given: intent.keyGiven ? 1 : 0,
      sent: 0,
      attempts: 1,
      created_at: at,
    };
    const names = Object.keys(fresh);
    await database.write([
      {
        sql: `INSERT INTO effects (${names.join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`,
        parameters: fresh,
        expectChanges: 1,
      },
    ]);
    const after = row(journalId);
    onChange(after);
    return after;
  };

  return {
    find: ({ connectorId, caller, key }) =>
      select('WHERE connector_id = :connector_id AND caller = :caller AND idempotency_key = :key', {
        connector_id: connectorId,
        caller: caller.id,
        key,
      })[0] ?? null,
    row,
    entries({ connector_id, state, before, limit }) {
      const conditions: string[] = ['1'];
      const parameters: Record<string, SqlValue> = { limit };
      if (connector_id !== undefined) {
        conditions.push('connector_id = :connector_id');
        parameters['connector_id'] = connector_id;
      }
      if (state !== undefined) {
        conditions.push('state = :state');
        parameters['state'] = state;
      }
      if (before !== undefined) {
        row(before);
        conditions.push('rowid < (SELECT rowid FROM effects WHERE journal_id = :before)');
        parameters['before'] = before;
      }
      return select(`WHERE ${conditions.join(' AND ')} ORDER BY rowid DESC LIMIT :limit`, parameters).map(toEntry);
    },
    unresolvedOn: (deviceId) => [...(unresolved.get(deviceId) ?? [])],
    sentSince: (connectorId, tool, sinceMs) =>
      times.sentSince(toolKey(connectorId, tool), sinceMs, (afterWallMs) =>
        database
          .read(
            z.object({ journal_id: z.string(), sent_at: z.string() }),
            `SELECT journal_id, sent_at FROM effects
             WHERE connector_id = :connector_id AND tool = :tool AND sent = 1 AND sent_at > :since`,
            { connector_id: connectorId, tool, since: toInstant(afterWallMs) },
          )
          .map((found) => ({ journalId: found.journal_id, wallMs: Date.parse(found.sent_at) })),
      ),
    heldOn: (deviceId) =>
      select('WHERE device_id = :device_id AND release_due_at IS NOT NULL AND released_at IS NULL', {
        device_id: deviceId,
      }),
    lastEffectOn(deviceId, output) {
      const [found] = database.read(
        z.object({ at: z.string().nullable() }),
        `SELECT max(coalesce(released_at, sent_at)) AS at FROM effects
         WHERE device_id = :device_id AND output = :output AND sent = 1`,
        { device_id: deviceId, output },
      );
      return found?.at == null ? null : Date.parse(found.at);
    },
    undelivered: (intent, sinceMs) =>
      select(
        `WHERE connector_id = :connector_id AND caller = :caller AND fingerprint = :fingerprint AND key_given = 0
           AND sent = 1 AND ended_at IS NOT NULL AND delivered_at IS NULL AND settlement IS NULL ORDER BY rowid DESC`,
        { connector_id: intent.connectorId, caller: intent.caller.id, fingerprint: intent.fingerprint },
      ).find(
        ({ journal_id: id, ended_at: endedAt }) =>
          !delivering.has(id) && times.endedAt(id, Date.parse(endedAt ?? '')) >= sinceMs,
      ) ?? null,

    unheardRequest: (intent) =>
      select(
        `WHERE connector_id = :connector_id AND caller = :caller AND fingerprint = :fingerprint AND key_given = 0
           AND state = 'awaiting_approval' AND delivered_at IS NULL ORDER BY rowid DESC`,
        { connector_id: intent.connectorId, caller: intent.caller.id, fingerprint: intent.fingerprint },
      ).find(hasApproval) ?? null,
    isUntold({ journal_id: journalId, state, sent, approval, delivered_at: deliveredAt }) {
      const ended = state === 'refused' || (state === 'failed' && !sent);
      return ended && approval?.decision != null && deliveredAt === null && !telling.has(`${journalId}/${state}`);
    },
    byApproval: (approvalId) => select('WHERE approval_id = :id', { id: approvalId }).find(hasApproval) ?? null,
    approvals({ state, before, limit }) {
      const conditions = ['approval_id IS NOT NULL'];
      const parameters: Record<string, SqlValue> = { limit };
      if (state !== undefined) conditions.push(`state ${state === 'waiting' ? '=' : '<>'} 'awaiting_approval'`);
      if (before !== undefined) {
        conditions.push(
          'last_attempt_at || journal_id < (SELECT last_attempt_at || journal_id FROM effects WHERE approval_id = :before)',
        );
        parameters['before'] = before;
      }
      return select(
        `WHERE ${conditions.join(' AND ')} ORDER BY last_attempt_at DESC, journal_id DESC LIMIT :limit`,
        parameters,
      ).filter(hasApproval);
    },
    awaiting: () => select("WHERE state = 'awaiting_approval' ORDER BY last_attempt_at", {}).filter(hasApproval),

    async requestApproval(intent, previous, approvalId, terms) {
      const waiting = { state: 'awaiting_approval', reason: null, error: null, ended_at: null } as const;
      const stored = { ...waiting, approval_id: approvalId, approval: JSON.stringify(terms) };
      return requireApproval(await begin(intent, previous, stored));
    },
    approve: (row, decision) =>
      move(
        row.journal_id,
        WAITING,
        { state: 'accepted', approval: JSON.stringify({ ...row.approval, decision }), delivered_at: null },
        { expected: row.approval_id },
      ),
    async endApproval(row, decision, { reason, error }) {
      const change = {
        state: 'refused',
        reason,
        error: errorText(error.serialize()),
        approval: JSON.stringify({ ...row.approval, decision }),
        delivered_at: null,
        ended_at: now(),
      };
      return requireApproval(await move(row.journal_id, WAITING, change, { expected: row.approval_id }));
    },

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
        const { device_id: deviceId } = row(journalId);
        unresolved.set(deviceId, new Set(unresolved.get(deviceId)).add(journalId));
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
    async delivered(journalId) {
      const already = delivering.get(journalId);
      if (already !== undefined) return already;
      const writing = database
        .write([
          {
            sql: 'UPDATE effects SET delivered_at = :at WHERE journal_id = :id AND delivered_at IS NULL',
            parameters: { at: now(), id: journalId },
          },
        ])
        .then(() => {})
        .finally(() => delivering.delete(journalId));
      delivering.set(journalId, writing);
      return writing;
    },
    async told(journalId, state) {
      const writing = database
        .write([
          {
            sql: `UPDATE effects SET delivered_at = :at
                  WHERE journal_id = :id AND delivered_at IS NULL AND approval_id IS NOT NULL AND sent = 0 AND state = :state`,
            parameters: { at: now(), id: journalId, state },
          },
        ])
        .then(() => {})
        .finally(() => telling.delete(`${journalId}/${state}`));
      telling.set(`${journalId}/${state}`, writing);
      return writing;
    },
    async idle() {
      await Promise.allSettled([...delivering.values(), ...telling.values()]);
    },
  };
}

const notHappened = new AgentError('device_refused', 'The device says that it did not happen.', {
  hint: 'Look at the device; ask again with a new key if it is still wanted.',
});

function requireApproval(row: JournalRow): ApprovalRow {
  if (hasApproval(row)) return row;
  throw new AgentError('internal_error', `Row ${row.journal_id} has lost its approval.`);
}

function errorText(error: SerializedAgentError | null): string | null {
  return error === null ? null : JSON.stringify(error);
}
