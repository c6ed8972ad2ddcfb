import { AgentError } from '../../drivers/kit/index.ts';
import { type ApiClient, createApiClient } from '../api/client.ts';
import type { AgentOwner } from './agent-state.ts';

/** Where an agent may be listening. */
export interface AgentPlace {
  readonly socketPath: string;
  /** Whether it is the machine's service, which this shell never starts by itself. */
  readonly isService: boolean;
}

/** What was found. */
export type FoundAgent =
  | { readonly kind: 'running'; readonly api: ApiClient; readonly place: AgentPlace; readonly owner: AgentOwner }
  /** There is a service; it does not answer now, or not to this user. A second agent would fight it for the ports. */
  | { readonly kind: 'service-silent'; readonly error: AgentError }
  | { readonly kind: 'none' };

const PROBE_TIMEOUT_MS = 10_000;

/**
 * Looks for an agent at each place in turn: this user's own, then the service, as the command line does. `serviceInstalled`
 * says whether the machine has one even when its socket is gone.
 */
export async function findAgent(
  places: readonly AgentPlace[],
  { serviceInstalled, signal }: { readonly serviceInstalled: () => boolean; readonly signal: AbortSignal },
): Promise<FoundAgent> {
  let serviceError: AgentError | null = null;
  for (const place of places) {
    const api = createApiClient({ socketPath: place.socketPath });
    try {
      await api.request('GET', '/v1/health', undefined, { timeoutMs: PROBE_TIMEOUT_MS, signal });
      return { kind: 'running', api, place, owner: 'system' };
    } catch (error) {
      api.close();
      const known = AgentError.from(error);
      if (known.code === 'cancelled') throw known;
      const isThere = known.details['reason'] !== 'ENOENT' && known.details['reason'] !== 'ECONNREFUSED';
      if (place.isService) {
        if (isThere || serviceInstalled()) serviceError = known;
      } else if (isThere) {
        // It holds the folder and hangs, or it is somebody else's: a second one could not start either.
        return { kind: 'service-silent', error: known };
      }
    }
  }
  return serviceError === null ? { kind: 'none' } : { kind: 'service-silent', error: serviceError };
}
