import type { AgentError, Evidence, JsonObject, Resolution, Witness } from '../../../drivers/kit/index.ts';
import type { ActAnswer, ReleaseReason } from '../../hardware/index.ts';
import type { ApprovalFilter } from '../approvals/approval.ts';
import type { ApprovalDecision } from '../approvals/approval-decision.ts';
import type { ApprovalTerms } from '../approvals/approval-terms.ts';
import type { ApprovalRow } from '../approvals/approval-view.ts';
import type { Caller } from '../caller.ts';
import type { Intent, Refusal } from './intent.ts';
import type { JournalEntry, JournalFilter } from './journal-entry.ts';
import type { JournalRow } from './journal-row.ts';

/**
 * The durable record of side effects. Each method that changes a row is one transition of the state machine of contract
 * section 1: it names the states it may leave, and rejects with `state_conflict` when the row is in another. They resolve
 * when the change is on disk, with the row as it is then.
 */
export interface Journal {
  /** The row under this key of this caller at this connector, or null. */
  find(intent: Pick<Intent, 'connectorId' | 'caller' | 'key'>): JournalRow | null;
  /** Rejects with `not_found`. */
  row(journalId: string): JournalRow;
  entries(filter: JournalFilter): readonly JournalEntry[];
  /** Rows of a device that may have happened and are not settled. No disk. */
  unresolvedOn(deviceId: string): readonly string[];
  /** When effects of this tool were sent since `sinceMs`, oldest first; on the monotonic clock. */
  sentSince(connectorId: string, tool: string, sinceMs: number): readonly number[];
  /** Rows whose timed output is, or may be, on. */
  heldOn(deviceId: string): readonly JournalRow[];
  /** When this output of a device was last done with, in epoch milliseconds; null when it was never used. */
  lastEffectOn(deviceId: string, output: string): number | null;
  /** The newest keyless effect of this caller like this one that ended since `sinceMs` (monotonic) with its answer undelivered. */
  undelivered(intent: Intent, sinceMs: number): JournalRow | null;
  /** The newest keyless effect of this caller like this one that waits for a person and of which its caller knows nothing. */
  unheardRequest(intent: Intent): ApprovalRow | null;
  /** Whether a person's decision, or what came of it without anything being sent, has yet to reach its caller. */
  isUntold(row: JournalRow): boolean;
  /** The row that has this approval, or null. */
  byApproval(approvalId: string): ApprovalRow | null;
  /** Rows with an approval, newest first. */
  approvals(filter: ApprovalFilter): readonly ApprovalRow[];
  /** Every row that waits for a person. */
  awaiting(): readonly ApprovalRow[];

  /** (none, `failed` unsent, `refused`, an `accepted` that nobody works on) to `accepted`. */
  accept(intent: Intent, previous: JournalRow | null): Promise<JournalRow>;
  /** The same to `refused`: a call that got nowhere. */
  refuse(intent: Intent, previous: JournalRow | null, refusal: Refusal): Promise<JournalRow>;
  /** The same to `awaiting_approval`. */
  requestApproval(
    intent: Intent,
    previous: JournalRow | null,
    approvalId: string,
    terms: ApprovalTerms,
  ): Promise<ApprovalRow>;
  /** `awaiting_approval` to `accepted`, under this approval and no other: it is used up. */
  approve(row: ApprovalRow, decision: ApprovalDecision): Promise<JournalRow>;
  /** `awaiting_approval` to `refused`, likewise. */
  endApproval(row: ApprovalRow, decision: ApprovalDecision, refusal: Refusal): Promise<ApprovalRow>;
  /** `accepted` to `refused`. */
  withdraw(journalId: string, refusal: Refusal): Promise<JournalRow>;
  /** `accepted` to `failed`, nothing sent; also `sent`, where the row was stored and its writer died before it could say so: then there was no permit. */
  abandon(journalId: string, error: AgentError): Promise<JournalRow>;
  /** `accepted` to `applied`, for what is done here and sends nothing. */
  done(journalId: string): Promise<JournalRow>;
  /** `accepted` to `sent`: once this resolves, and not before, a permit may be minted. */
  sent(journalId: string, witness: Witness): Promise<JournalRow>;
  /** Stays `sent`: the device confirmed that the timed output is on. */
  begun(journalId: string, answer: ActAnswer): Promise<JournalRow>;
  /** The timed output is off. A row that was `unknown` only for want of this becomes `applied`. */
  released(
    journalId: string,
    release: {
      readonly at: string;
      readonly reason: ReleaseReason;
      readonly evidence: Evidence;
      readonly result: JsonObject;
    },
  ): Promise<JournalRow>;
  /** `sent` to `applied`, `failed` or `unknown`. */
  finish(journalId: string, answer: ActAnswer): Promise<JournalRow>;
  /** `unknown` (or a `sent` that nobody finished) to `applied` or `failed`, because the device said which. */
  resolved(journalId: string, resolution: Exclude<Resolution, { happened: 'unknown' }>): Promise<JournalRow>;
  /** A person says what happened to an `unknown`, and that its output is off. Rejects with `not_found`, `state_conflict`. */
  settle(
    journalId: string,
    settlement: { readonly answer: 'happened' | 'did_not_happen'; readonly note?: string; readonly by?: string },
    caller: Caller,
  ): Promise<JournalRow>;
  /** The answer has reached its caller. */
  delivered(journalId: string): Promise<void>;
  /** The same for an answer about an approval, of which nothing was sent: as long as the row is still in `state`. */
  told(journalId: string, state: 'awaiting_approval' | 'refused' | 'failed'): Promise<void>;
  /** Waits for the notes of delivery that are on their way to disk. */
  idle(): Promise<void>;
}
