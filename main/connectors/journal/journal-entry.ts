import type { Evidence, JsonObject, SerializedAgentError } from '../../../drivers/kit/index.ts';
import type { ApprovalDecision } from '../approvals/approval-decision.ts';
import type { RefusalReason } from '../calls/call-terms.ts';

export type JournalState = 'accepted' | 'awaiting_approval' | 'sent' | 'applied' | 'failed' | 'unknown' | 'refused';

/** A row of the journal, for people. */
export interface JournalEntry {
  readonly journal_id: string;
  readonly epoch: string;
  readonly connector_id: string;
  readonly connector_name: string;
  readonly device_id: string;
  readonly caller: string;
  readonly caller_name: string;
  readonly tool: string;
  readonly summary: string;
  /** What a person is asked when nobody knows whether it happened. */
  readonly question: string;
  readonly arguments: JsonObject;
  readonly idempotency_key: string;
  readonly key_given: boolean;
  readonly entity_key: string | null;
  readonly state: JournalState;
  readonly sent: boolean;
  readonly reason: RefusalReason | null;
  readonly evidence: Evidence | null;
  readonly result: JsonObject | null;
  readonly error: SerializedAgentError | null;
  readonly attempts: number;
  readonly created_at: string;
  readonly sent_at: string | null;
  readonly ended_at: string | null;
  readonly settlement: {
    readonly answer: 'happened' | 'did_not_happen';
    readonly by: string;
    readonly note: string | null;
    readonly at: string;
  } | null;
  /** Of a timed output (a lock); else null. */
  readonly release: OutputRelease | null;
  /** Who was asked to allow the latest attempt, and what they said; null where nobody had to be asked. */
  readonly approval: { readonly approval_id: string; readonly decision: ApprovalDecision | null } | null;
}

/** How a timed output ended, or has to end. */
export interface OutputRelease {
  readonly due_at: string;
  /** Null: it may be on. */
  readonly released_at: string | null;
  /** `due`: in time. `called_off`: stop, pause, uninstall. `in_doubt`: after a crash, a lost port, a doubtful answer. `settled`: a person looked. */
  readonly reason: 'due' | 'called_off' | 'in_doubt' | 'settled' | null;
  readonly evidence: Evidence | null;
}

export interface JournalFilter {
  readonly connector_id?: string;
  readonly state?: JournalState;
  /** Rows older than this one; for paging, newest first. */
  readonly before?: string;
  readonly limit: number;
}

/** A part of the journal by when its rows were accepted: from `sinceMs` to before `untilMs`, milliseconds since 1970. */
export interface JournalSpan {
  readonly connector_id?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}
