import { defineRoute, type Route } from './route.ts';
import { streamEventSchema } from './schemas/index.ts';
import { openEventPipe } from './sse.ts';
import { createStreamCount, type StreamOptions } from './stream-count.ts';
import { seesEvent } from './token-limits.ts';

/**
 * The stream of what happens. Once the head of the response is there the subscription stands: what is fetched after
 * that misses nothing. Ends when the caller goes or its token or window session ends.
 */
export function createStreamRoute(options: StreamOptions): Route {
  const open = createStreamCount(options.maxPerPrincipal);
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
      open.requireRoom(principal.id);
      return {
        kind: 'stream',
        async write(response) {
          let unsubscribe = () => {};
          const release = open.take(principal.id);
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
            release();
          }
        },
      };
    },
  });
}
