import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from './principal.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  healthTimelineQuerySchema,
  healthTimelineSchema,
  wireLogQuerySchema,
  wireLogSchema,
  wireRecordingBodySchema,
  wireStreamQuerySchema,
} from './schemas/index.ts';
import { openEventPipe } from './sse.ts';
import { createStreamCount, type StreamOptions } from './stream-count.ts';
import { requireConnector } from './token-limits.ts';

/** Bytes of every tool, and of what the device says by itself: as caring for the device. */
const care = { scopes: ['connectors:write'], rateClass: 'connectors' } as const;

/** What goes over a connector's wire, and how the connector was. */
export function createWireRoutes(options: StreamOptions): readonly Route[] {
  const open = createStreamCount(options.maxPerPrincipal);
  return [
    defineRoute({
      method: 'GET',
      path: '/connectors/{id}/health',
      operationId: 'getHealthTimeline',
      summary: 'How a connector was, as spans of time without holes',
      scopes: ['connectors:read'],
      rateClass: 'connectors',
      query: healthTimelineQuerySchema,
      answers: healthTimelineSchema,
      async handle({ backend, principal, params: { id = '' }, query }) {
        requireConnector(principal, id);
        return ok(await backend.getHealthTimeline(principal, id, query));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/connectors/{id}/wire',
      operationId: 'getWireLog',
      summary: 'What went over the wire of a connector, as far as it was recorded',
      ...care,
      query: wireLogQuerySchema,
      answers: wireLogSchema,
      async handle({ backend, principal, params: { id = '' }, query }) {
        requireAll(principal, id);
        return ok(await backend.getWireLog(principal, id, query));
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/connectors/{id}/wire',
      operationId: 'recordWire',
      summary: 'Begin to record the wire of a connector, for a while, or stop',
      ...care,
      body: wireRecordingBodySchema,
      answers: wireLogSchema,
      async handle({ backend, principal, params: { id = '' }, body }) {
        requireAll(principal, id);
        return ok(await backend.recordWire(principal, id, body));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/connectors/{id}/wire',
      operationId: 'clearWireLog',
      summary: 'Delete what was recorded of the wire of a connector; recording goes on',
      ...care,
      answers: wireLogSchema,
      async handle({ backend, principal, params: { id = '' } }) {
        requireAll(principal, id);
        return ok(await backend.clearWireLog(principal, id));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/connectors/{id}/wire/stream',
      operationId: 'followWireLog',
      summary:
        'The same as it comes (server-sent events): each `wire` is a part of the log; the first tells what is kept',
      scopes: ['connectors:write'],
      rateClass: 'stream',
      query: wireStreamQuerySchema,
      answers: wireLogSchema,
      mediaType: 'text/event-stream',
      async handle({ backend, principal, params: { id = '' }, query, signal }) {
        requireAll(principal, id);
        open.requireRoom(principal.id);
        // An unknown connector or cursor is told before the stream begins.
        await backend.getWireLog(principal, id, { ...query, limit: 1 });
        return {
          kind: 'stream',
          async write(response) {
            const release = open.take(principal.id);
            const left = new AbortController();
            try {
              const pipe = openEventPipe(response, {
                heartbeatMs: options.heartbeatMs,
                maxQueued: options.maxQueued,
                signals: [signal, principal.ended],
                // Never full: the next part is read only when this one has left.
                gap: (lost) => ({ name: 'gap', data: { lost } }),
              });
              void pipe.ended.then(() => left.abort());
              await backend.followWireLog(principal, id, query, left.signal, async (page) => {
                pipe.send('wire', page);
                await Promise.race([pipe.drained(), pipe.ended]);
              });
              pipe.close();
              await pipe.ended;
            } finally {
              left.abort();
              release();
            }
          },
        };
      },
    }),
  ];
}

/** A token that may use some tools only must not see the bytes of all. */
function requireAll(principal: Principal, connectorId: string): void {
  requireConnector(principal, connectorId);
  if (principal.tools === null) return;
  throw new AgentError(
    'insufficient_scope',
    'This token is limited to certain tools and sees no wire, which is that of all.',
    {
      hint: 'Use a token without --tools.',
    },
  );
}
