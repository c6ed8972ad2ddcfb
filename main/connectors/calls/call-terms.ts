import type { Evidence, JsonObject, SerializedAgentError } from '../../../drivers/kit/index.ts';
import type { Caller } from '../caller.ts';

export type RefusalReason =
  | 'policy_deny'
  | 'bounds'
  | 'interval'
  | 'rate'
  | 'paused'
  | 'idempotency_conflict'
  | 'duplicate_suspected'
  | 'unresolved_effect'
  | 'unconfirmed_device'
  | 'check_failed'
  | 'approval_denied'
  | 'approval_expired'
  | 'cancelled'
  | 'caller_gone'
  | 'device_busy';

/** What every side-effect call answers with. */
export interface EffectResult {
  readonly outcome: 'applied' | 'failed' | 'unknown' | 'refused' | 'pending' | 'dry_run';
  readonly journal_id: string | null;
  readonly idempotency_key: string;
  readonly sent: boolean;
  readonly deduplicated: boolean;
  readonly evidence: Evidence | 'answered' | 'port_open' | 'encoded' | null;
  /** The time of the first call, when `deduplicated`. */
  readonly first_at: string | null;
  /** Why, when `refused`. */
  readonly reason: RefusalReason | null;
  readonly error: SerializedAgentError | null;
  /** What the tool's output schema describes, when `applied`. */
  readonly result: JsonObject | null;
  readonly approval_id: string | null;
  /** What a person should know before it is done, of a dry run. */
  readonly notes?: readonly string[];
}

export interface CallRequest {
  readonly connectorId: string;
  /** Capability (`weight.read`) or MCP spelling (`weight_read`). */
  readonly tool: string;
  /** The tool's own arguments and, for a side effect, the reserved ones. */
  readonly arguments: JsonObject;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** The whole call, waiting included. Default 30 s. */
  readonly deadlineMs?: number;
  readonly onProgress?: (progress: { readonly message: string; readonly fraction: number }) => void;
}

export type CallResult =
  | { readonly kind: 'read'; readonly output: JsonObject }
  | {
      readonly kind: 'effect';
      readonly result: EffectResult;
      /** To be called once the answer has left for the caller; without it a keyless repeat within 60 s is suspect. */
      readonly delivered: () => void;
    };
