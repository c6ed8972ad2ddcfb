import { AgentError } from '../../drivers/kit/index.ts';
import type { EventsBackend, Ingested } from './events-backend.ts';
import { createEventStreamRoute } from './events-stream.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { decodeCursor, toList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  type EventBatchObject,
  eventBatchBodySchema,
  eventBatchSchema,
  eventBodySchema,
  eventQuerySchema,
  eventSchema,
  listOf,
} from './schemas/index.ts';
import type { StreamOptions } from './stream-count.ts';

const read = { scopes: ['events:read'], rateClass: 'event_reads' } as const;
const write = { scopes: ['events:write'], rateClass: 'events' } as const;

/**
 * Events of whoever keeps them. Their keys are the store's own affair, not the router's: it keeps a key as long as its
 * event, in the same commit.
 */
export function createEventsRoutes(events: EventsBackend, stream: StreamOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/events',
      operationId: 'ingestEvent',
      summary: 'Store one event; the same Idempotency-Key with the same content is the same event',
      ...write,
      ours: false,
      idempotent: false,
      body: eventBodySchema,
      answers: eventSchema,
      status: 201,
      async handle({ principal, body, request }) {
        const key = readIdempotencyKey(request.headers['idempotency-key']);
        const [ingested] = await events.ingest(principal, [{ key, body }]);
        if (ingested === undefined) throw new AgentError('internal_error', 'An event had no outcome.');
        if (ingested.status === 'conflict') throw conflict(key ?? '');
        if (ingested.status === 'refused') throw ingested.error;
        return ok(ingested.event, ingested.status === 'accepted' ? 201 : 200);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/events/batch',
      operationId: 'ingestEvents',
      summary: 'Store many events in one commit, each under its own key',
      ...write,
      idempotent: false,
      body: eventBatchBodySchema,
      answers: eventBatchSchema,
      async handle({ principal, body }) {
        const keyed = body.events.map(({ idempotency_key: key, event }) => ({ key, body: event }));
        const ingested = await events.ingest(principal, keyed);
        const results = keyed.map(({ key }, index) => resultOf(key, ingested[index]));
        return ok({ object: 'event_batch', results } satisfies EventBatchObject);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/events',
      operationId: 'listEvents',
      summary: 'Stored events, newest first',
      ...read,
      ours: false,
      query: eventQuerySchema,
      answers: listOf(eventSchema),
      async handle({ principal, query: { limit, cursor, ...filter } }) {
        const position = cursor === undefined ? null : decodeCursor('events', filter, cursor);
        return ok(toList('events', filter, await events.list(principal, filter, { limit, position })));
      },
    }),
    createEventStreamRoute(events, stream),
    defineRoute({
      method: 'GET',
      path: '/events/{id}',
      operationId: 'getEvent',
      summary: 'One event',
      ...read,
      ours: false,
      answers: eventSchema,
      handle: async ({ principal, params: { id = '' } }) => ok(await events.get(principal, id)),
    }),
  ];
}

function resultOf(key: string, ingested: Ingested | undefined): EventBatchObject['results'][number] {
  if (ingested === undefined) throw new AgentError('internal_error', 'An event had no outcome.');
  if (ingested.status === 'accepted' || ingested.status === 'duplicate') {
    return { idempotency_key: key, status: ingested.status, id: ingested.event.id, error: null };
  }
  const { code, message, hint } = ingested.status === 'refused' ? ingested.error : conflict(key);
  return { idempotency_key: key, status: 'refused', id: null, error: { code, message, hint: hint ?? null } };
}

function conflict(key: string): AgentError {
  return new AgentError(
    'idempotency_conflict',
    `The Idempotency-Key ${JSON.stringify(key)} belongs to an event with another content.`,
    { hint: 'Send the same content to repeat an event, or a new key for a new one.' },
  );
}
