import { AgentError } from '../../../drivers/kit/index.ts';
import type { Intent } from '../journal/intent.ts';
import type { JournalRow } from '../journal/journal-row.ts';
import type { Approval } from './approval.ts';
import type { ApprovalTerms } from './approval-terms.ts';

/** A row that has an approval. */
export type ApprovalRow = JournalRow & { readonly approval_id: string; readonly approval: ApprovalTerms };

/** Whether a person was ever asked about this row's latest attempt. */
export function hasApproval(row: JournalRow): row is ApprovalRow {
  return row.approval_id !== null && row.approval !== null;
}

/** An approval as a person is shown it. */
export function viewApproval(row: ApprovalRow): Approval {
  const { decision, device, requested_at, expires_at } = row.approval;
  return {
    id: row.approval_id,
    journal_id: row.journal_id,
    connector_id: row.connector_id,
    connector_name: row.connector_name,
    device,
    tool: row.tool,
    summary: row.summary,
    notes: row.plan.notes ?? [],
    arguments: row.arguments,
    entity_key: row.entity_key,
    caller: row.caller,
    caller_name: row.caller_name,
    requested_at,
    expires_at,
    state: decision?.state ?? 'waiting',
    decision,
    journal_state: row.state,
    reason: row.reason,
    evidence: row.evidence,
    error: row.error,
  };
}

/** The effect that was asked for, as it was then. */
export function intentOf(row: ApprovalRow): Intent {
  return {
    connectorId: row.connector_id,
    connectorName: row.connector_name,
    deviceId: row.device_id,
    caller: { id: row.caller, kind: row.approval.caller_kind, name: row.caller_name },
    tool: row.tool,
    arguments: row.arguments,
    plan: row.plan,
    fingerprint: row.fingerprint,
    key: row.idempotency_key,
    keyGiven: row.key_given,
    entityKey: row.entity_key,
  };
}

/** There is no such approval, or none any more: a row has that of its latest attempt only. */
export function noSuchApproval(approvalId: string): AgentError {
  return new AgentError('not_found', `There is no approval ${approvalId}.`, {
    hint: 'List the approvals; the same action may have been asked for again since.',
  });
}

/** It was decided already. */
export function alreadyDecided(row: ApprovalRow): AgentError {
  const { decision } = row.approval;
  const how: Readonly<Record<NonNullable<typeof decision>['state'], string>> = {
    approved: `${decision?.by ?? 'somebody'} allowed it`,
    denied: `${decision?.by ?? 'somebody'} did not allow it`,
    expired: 'its time ran out',
    void: row.error?.message ?? 'it is void',
  };
  const seen = decision === null ? `it is ${row.state}` : how[decision.state];
  return new AgentError('state_conflict', `Approval ${row.approval_id} can't be decided any more: ${seen}.`, {
    hint: `An approval is good once. See fibric-edge journal show ${row.journal_id}`,
    details: { approval_state: decision?.state ?? null, journal_id: row.journal_id },
  });
}
