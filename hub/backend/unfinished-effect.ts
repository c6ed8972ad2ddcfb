import type { AgentError, SerializedAgentError } from '../../drivers/kit/index.ts';
import type { EffectObject } from '../../main/api/schemas/index.ts';

/** Of these nobody at the hub knows whether the machine acted. */
const doubtful: ReadonlySet<unknown> = new Set(['link_cut', 'bad_reply']);

/** How a side effect stands whose answer never came: not sent, or not known. It is asked for again with its key. */
export function unfinishedEffect(
  error: AgentError,
  { key, isDryRun }: { readonly key: string; readonly isDryRun: boolean },
): EffectObject & { readonly reason: null; readonly error: SerializedAgentError } {
  const mayHaveActed =
    !isDryRun &&
    (error.code === 'deadline_exceeded' || error.code === 'internal_error' || doubtful.has(error.details['reason']));
  return {
    outcome: mayHaveActed ? 'unknown' : 'failed',
    journal_id: null,
    idempotency_key: key,
    sent: mayHaveActed,
    deduplicated: false,
    evidence: null,
    first_at: null,
    reason: null,
    error: error.serialize(),
    result: null,
    approval_id: null,
  };
}
