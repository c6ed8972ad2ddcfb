import type { ApprovalObject } from '../api/schemas/index.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { formatFacts, formatTable, plain } from './table.ts';

/** Of the arguments, in a table. */
const EXACT_WIDTH = 60;

/** What is left of a countdown: `1:42`; `0:00` once it is over. */
export function timeLeft(expiresAt: string, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(expiresAt) - nowMs) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Approvals as a table, or that there are none. */
export function approvalTable(approvals: readonly ApprovalObject[], nowMs: number): string {
  return formatTable(
    approvals,
    [
      { heading: 'id', value: ({ id }) => id },
      { heading: 'left', value: ({ state, expires_at: at }) => (state === 'waiting' ? timeLeft(at, nowMs) : null) },
      { heading: 'connector', value: ({ connector_name: name }) => name },
      { heading: 'what', value: ({ summary }) => summary },
      { heading: 'exactly', value: ({ tool, arguments: args }) => shorten(`${tool} ${JSON.stringify(args)}`) },
      { heading: 'asked by', value: ({ caller_name: name }) => name },
      { heading: 'state', value: (approval) => stateWords(approval) },
    ],
    'No approvals. When a program wants to do something you chose to be asked about, it waits here.',
  );
}

/** A receipt does not fit on a line; `show` has it whole. */
function shorten(text: string): string {
  return text.length <= EXACT_WIDTH ? text : `${text.slice(0, EXACT_WIDTH - 1)}…`;
}

/** One approval whole, as a person has to see it before deciding. */
export function approvalFacts(approval: ApprovalObject, nowMs: number): string {
  const { device, decision, error } = approval;
  return formatFacts({
    id: approval.id,
    connector: `${approval.connector_name} (${approval.connector_id})`,
    ...(device === null ? {} : { device: deviceWords(device), 'known by': device.known_by }),
    what: approval.summary,
    ...(approval.notes.length === 0 ? {} : { but: approval.notes.join(' ') }),
    tool: approval.tool,
    exactly: JSON.stringify(approval.arguments),
    about: approval.entity_key,
    'asked by': `${approval.caller_name} (${approval.caller})`,
    asked: approval.requested_at,
    ...(approval.state === 'waiting'
      ? { left: `${timeLeft(approval.expires_at, nowMs)}, until ${approval.expires_at}` }
      : {}),
    state: stateWords(approval),
    ...(decision?.note == null ? {} : { note: decision.note }),
    journal: approval.journal_id,
    ...(error === null ? {} : { problem: error.message, advice: error.hint ?? null }),
  });
}

function deviceWords({ product, path, unit, simulated }: NonNullable<ApprovalObject['device']>): string {
  return [product, path, unit === null ? null : `unit ${unit}`, simulated ? '(simulated)' : null]
    .filter((part) => part !== null)
    .join(' ');
}

/** How it stands, in a few words: who decided, and what came of it. */
function stateWords({ state, decision, journal_state: row, reason, evidence }: ApprovalObject): string {
  const by = decision?.by == null ? '' : ` by ${plain(decision.by)}`;
  switch (state) {
    case 'waiting':
      return 'waiting';
    case 'approved': {
      const how =
        row === 'applied' ? (evidence === 'transmitted' ? 'sent, not confirmed' : (evidence ?? 'done')) : reason;
      return `allowed${by}: ${row}${how === null ? '' : ` (${how})`}`;
    }
    case 'denied':
      return `not allowed${by}`;
    case 'expired':
      return 'ran out of time';
    case 'void':
      return `void${reason === null || reason === 'approval_expired' ? '' : ` (${reason})`}`;
  }
}

/** The exit code of an approval that was given: what came of the effect. */
export function exitCodeOfApproved({ journal_state: state }: ApprovalObject): ExitCode {
  switch (state) {
    case 'applied':
      return exitCodes.ok;
    case 'failed':
      return exitCodes.failure;
    case 'refused':
      return exitCodes.refused;
    case 'unknown':
      return exitCodes.unknownOutcome;
    case 'accepted':
    case 'awaiting_approval':
    case 'sent':
      return exitCodes.pending;
  }
}
