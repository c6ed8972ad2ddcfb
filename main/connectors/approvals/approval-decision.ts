/** What became of an approval. `void`: what was asked for is no longer what would happen, or was not allowed any more. */
export interface ApprovalDecision {
  readonly state: 'approved' | 'denied' | 'expired' | 'void';
  /** Who, for people; null for `expired` and for a `void` that nobody caused. */
  readonly by: string | null;
  readonly note: string | null;
  readonly at: string;
}
