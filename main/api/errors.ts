import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';
import { type ErrorStatus, errorStatuses, errorTypes } from './error-statuses.table.ts';
import type { ErrorEnvelope } from './schemas/index.ts';

/** An error as it goes over HTTP. */
export interface ErrorAnswer {
  readonly status: ErrorStatus;
  readonly envelope: ErrorEnvelope;
  /** Seconds; with 429 and `entity_locked` only. */
  readonly retryAfterSeconds: number | null;
}

/**
 * The status and envelope for anything that was thrown. What is not an `AgentError` becomes `internal_error` with no
 * word of its own, since it may quote a secret. `hint` and further facts are in `details` (ours).
 */
export function describeError(error: unknown, requestId: string): ErrorAnswer {
  const known =
    AgentError.is(error) && error.code !== 'internal_error'
      ? error
      : new AgentError('internal_error', 'Unexpected fault in Fibric Edge; the request was not carried out as asked.', {
          hint: `This is a fault of Fibric Edge. Please report it with the log lines of ${requestId}.`,
        });
  const mapping = errorStatuses[known.code];
  const code = mapping === 'upstream' ? 'connector_upstream_error' : known.code;
  const status = mapping === 'upstream' ? 502 : mapping;
  const details = detailsOf(known, code === 'connector_upstream_error');
  return {
    status,
    envelope: {
      error: {
        type: errorTypes[status],
        code,
        message: known.message,
        doc_url: `https://fibric.io/docs/errors#${code}`,
        request_id: requestId,
        ...(Object.keys(details).length === 0 ? {} : { details }),
      },
    },
    retryAfterSeconds: retryAfter(known),
  };
}

function detailsOf(error: AgentError, upstream: boolean): JsonObject {
  const { retry_after_s: _, ...facts } = error.details;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  if (!upstream || facts['upstream'] !== undefined) return { ...facts, ...hint };
  const { device = null, reason, expected = null, seen = null, ...rest } = facts;
  const why = error.code === 'connector_upstream_error' ? (reason ?? null) : error.code;
  return { ...rest, upstream: { device, reason: why, expected, seen, hint: error.hint ?? null }, ...hint };
}

function retryAfter(error: AgentError): number | null {
  if (error.code !== 'rate_limited' && error.code !== 'entity_locked') return null;
  const seconds = error.details['retry_after_s'];
  return typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : 1;
}
