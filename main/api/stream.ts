import { AgentError } from '../../drivers/kit/index.ts';
import { defineRoute, type Route } from './route.ts';
import { streamEventSchema } from './schemas/index.ts';
import { openEventPipe } from './sse.ts';
import { seesEvent } from './token-limits.ts';

/** How the stream is kept within bounds. */
export interface StreamOptions {
  /** Between heartbeats, in milliseconds. */
  readonly heartbeatMs: number;
  /** Events kept for a slow reader before they are dropped and told as a `gap`. */
  readonly maxQueued: number;
  /** Streams that one principal may hold open. */
  readonly maxPerPrincipal: number;
}

/**
 * The stream of what happens. Once the head of the response is there the subscription stands: what is fetched after
 * that misses nothing. Ends when the caller goes or its token or window session ends.
 */
export function createStreamRoute(options: StreamOptions): Route {
  const open = new Map<string, number>();
  const count = (principalId: string, change: 1 | -1) => {
    const next = (open.get(principalId) ?? 0) + change;
    if (next > 0) open.set(principalId, next);
    else open.delete(principalId);
  };
  return defineRoute({
    method: 'GET',
    path: '/stream',
    operationId: 'streamEvents',
    summary: 'Connectors, devices, readings, journal rows and tests as they change (server-sent events)',
    scopes: ['connectors:read'],
    rateClass: 'stream',
    answers: streamEventSchema,
    mediaType: 'text/event-stream',
    async handle({ backend, principal, signal }) {
      if ((open.get(principal.id) ?? 0) >= options.maxPerPrincipal) {
        throw new AgentError('rate_limited', `More than ${options.maxPerPrincipal} streams are open with this token.`, {
          hint: 'Close one and try again.',
          details: { retry_after_s: 1 },
        });
      }
      return {
        kind: 'stream',
        async write(response) {
          let unsubscribe = () => {};
          count(principal.id, 1);
          try {
            const pipe = openEventPipe(response, {
              heartbeatMs: options.heartbeatMs,
              maxQueued: options.maxQueued,
              signals: [signal, principal.ended],
              gap: (lost) => ({ name: 'gap', data: { type: 'gap', lost } }),
            });
            unsubscribe = backend.subscribe(principal, (event) => {
              if (seesEvent(principal, event)) pipe.send(event.type, event);
            });
            await pipe.ended;
          } finally {
            unsubscribe();
            count(principal.id, -1);
          }
        },
      };
    },
  });
}
