import type { Evidence, JsonObject, SerializedAgentError } from '../../../drivers/kit/index.ts';
import type { RefusalReason } from '../calls/call-terms.ts';
import type { JournalState } from '../journal/journal-entry.ts';
import type { ApprovalDecision } from './approval-decision.ts';

/** A side effect that a person is, or was, asked to allow (contract section 1, "Confirm"). */
export interface Approval {
  readonly id: string;
  readonly journal_id: string;
  readonly connector_id: string;
  readonly connector_name: string;
  /** The unit as it was known when the approval was asked for; null for a software source. */
  readonly device: {
    readonly id: string;
    readonly path: string;
    /** Its address on a bus. */
    readonly unit: number | null;
    readonly product: string | null;
    readonly serial_number: string | null;
    /** How it is known again, for people. */
    readonly known_by: string;
    readonly simulated: boolean;
  } | null;
  readonly tool: string;
  readonly summary: string;
  /** What will not be as it was asked for: characters that a printer does not have. */
  readonly notes: readonly string[];
  /** Exactly what would be done, defaults included. */
  readonly arguments: JsonObject;
  readonly entity_key: string | null;
  readonly caller: string;
  readonly caller_name: string;
  readonly requested_at: string;
  /** From then on it can't be allowed any more. */
  readonly expires_at: string;
  readonly state: 'waiting' | ApprovalDecision['state'];
  readonly decision: ApprovalDecision | null;
  /** What has become of the side effect itself. */
  readonly journal_state: JournalState;
  readonly reason: RefusalReason | null;
  readonly evidence: Evidence | null;
  readonly error: SerializedAgentError | null;
}

export interface ApprovalFilter {
  /** `waiting`, or those that were decided. */
  readonly state?: 'waiting' | 'ended';
  /** Older than this one; for paging, newest first. */
  readonly before?: string;
  readonly limit: number;
}
