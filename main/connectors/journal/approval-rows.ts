import { AgentError } from '../../../drivers/kit/index.ts';
import type { SqlValue } from '../../store/index.ts';
import { type ApprovalRow, hasApproval } from '../approvals/approval-view.ts';
import { type Clock, toInstant } from '../clock.ts';
import { type EffectsTable, errorText } from './effects-table.ts';
import type { Journal } from './journal.ts';
import type { JournalRow } from './journal-row.ts';

/** Waiting for a person, under the approval that is expected and no later one. */
const WAITING = "state = 'awaiting_approval' AND approval_id = :expected";

/** Rows that wait, or waited, for a person. */
export function createApprovalRows({
  table,
  clock,
}: {
  readonly table: EffectsTable;
  readonly clock: Clock;
}): Pick<Journal, 'byApproval' | 'approvals' | 'awaiting' | 'requestApproval' | 'approve' | 'endApproval'> {
  const { select, begin, move } = table;
  const now = () => toInstant(clock.now());
  return {
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
  };
}

function requireApproval(row: JournalRow): ApprovalRow {
  if (hasApproval(row)) return row;
  throw new AgentError('internal_error', `Row ${row.journal_id} has lost its approval.`);
}
