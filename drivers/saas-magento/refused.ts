import { AgentError } from '../kit/index.ts';
import { describeFailure, type MagentoFailure } from './answer.ts';

/**
 * The error of a side effect that the store itself declined before doing anything (4xx); null for a 5xx, which may come
 * from whatever stands in front of a store that is still at it.
 */
export function refusedByStore(failure: MagentoFailure, what: string): AgentError | null {
  const { status, retryAfterMs } = failure;
  if (status < 400 || status >= 500) return null;
  const said = describeFailure(failure);
  if (status === 429) {
    return new AgentError('source_busy', `The store did not ${what}: ${said}.`, {
      hint: 'Ask less often.',
      details: { seen: said, ...(retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs }) },
    });
  }
  // The check before it was answered with the same credential, so that it is the right that is missing.
  const rights = status === 401 || status === 403;
  return new AgentError('device_refused', `The store refused to ${what}: ${said}.`, {
    hint: rights ? 'Give the integration the right that it names, in the store.' : 'Read the order to see its state.',
    details: { expected: 'HTTP 200', seen: said },
  });
}
