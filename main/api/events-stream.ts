import type { ServerResponse } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';
import type { EventPosition, EventsBackend } from './events-backend.ts';
import { decodeCursor, encodeCursor, invalidCursor } from './pagination.ts';
import type { Principal } from './principal.ts';
import { defineRoute, type Route } from './route.ts';
import { type EventFilter, eventStreamQuerySchema, streamedEventSchema } from './schemas/index.ts';
import type { StreamOptions } from './stream-count.ts';

/** Events read at once; more are read when the reader has taken these. */
const PAGE = 100;
/** Cursors of the stream say so, so that a list's is not taken for one. */
const CURSOR = 'events/stream';

/**
 * Events as they come (WHATWG HTML, section 9.2): frames `id: ev_...`, `event: envelope`. A reader goes on where it was by
 * `Last-Event-ID`, or by the `cursor` of a frame. They are read from the store at the reader's pace, so that a slow one
 * loses nothing and takes no more memory than a page.
 */
export function createEventStreamRoute(events: EventsBackend, options: StreamOptions): Route {
  const open = new Map<string, number>();
  return defineRoute({
    method: 'GET',
    path: '/events/stream',
    operationId: 'streamStoredEvents',
    summary: 'Stored events as they come, oldest first (server-sent events); resumes by Last-Event-ID or cursor',
    scopes: ['events:read'],
    rateClass: 'event_reads',
    ours: false,
    query: eventStreamQuerySchema,
    answers: streamedEventSchema,
    mediaType: 'text/event-stream',
    async handle({ principal, query: { cursor, ...filter }, request, signal }) {
      const held = open.get(principal.id) ?? 0;
      if (held >= options.maxPerPrincipal) {
        throw new AgentError('rate_limited', `More than ${options.maxPerPrincipal} streams are open with this key.`, {
          hint: 'Close one and try again.',
          details: { retry_after_s: 1 },
        });
      }
      const lastId = request.headers['last-event-id'];
      const from = await beginning(events, principal, filter, typeof lastId === 'string' ? lastId : undefined, cursor);
      return {
        kind: 'stream',
        async write(response) {
          open.set(principal.id, (open.get(principal.id) ?? 0) + 1);
          try {
            await writeEvents(response, { events, principal, filter, from, signal, heartbeatMs: options.heartbeatMs });
          } finally {
            const left = (open.get(principal.id) ?? 1) - 1;
            if (left > 0) open.set(principal.id, left);
            else open.delete(principal.id);
          }
        },
      };
    },
  });
}

/** The header goes before the parameter: it is what a reader that reconnects by itself adds to the address it began with. */
async function beginning(
  events: EventsBackend,
  principal: Principal,
  filter: EventFilter,
  lastId: string | undefined,
  cursor: string | undefined,
): Promise<EventPosition> {
  if (lastId !== undefined && lastId !== '') {
    const found = await events.positionOf(principal, lastId);
    if (found !== null) return found;
    throw new AgentError(
      'invalid_cursor',
      `Last-Event-ID: there is no event ${JSON.stringify(lastId.slice(0, 100))} (any more).`,
      {
        hint: 'List the events to see what was missed, and begin the stream again without it.',
        details: { parameter: 'Last-Event-ID' },
      },
    );
  }
  if (cursor === undefined) return events.end(principal);
  const position = Number(decodeCursor(CURSOR, filter, cursor));
  if (!Number.isSafeInteger(position)) throw invalidCursor();
  return { position };
}

interface Reader {
  readonly events: EventsBackend;
  readonly principal: Principal;
  readonly filter: EventFilter;
  readonly from: EventPosition;
  readonly signal: AbortSignal;
  readonly heartbeatMs: number;
}

/** Resolves when the reader has gone, or its key has ended. */
async function writeEvents(
  response: ServerResponse,
  { events, principal, filter, from, signal, heartbeatMs }: Reader,
): Promise<void> {
  const ended = AbortSignal.any([signal, principal.ended]);
  const wake = createWake(ended);
  let blocked = false;
  const stopNews = events.onNews(principal, wake.now);
  const onDrain = () => {
    blocked = false;
    wake.now();
  };
  const put = (text: string) => {
    if (!response.write(text)) blocked = true;
  };
  response.on('drain', onDrain);
  response.once('close', wake.now);
  const heartbeat = setInterval(() => {
    if (!blocked) put(': alive\n\n');
  }, heartbeatMs);
  try {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    put(': open\n\n');
    let { position } = from;
    while (!ended.aborted && !response.destroyed) {
      const seen = wake.version();
      if (!blocked) {
        const page = await events.after(principal, filter, { position }, PAGE);
        for (const placed of page.events)
          put(frame(placed.event.id, { ...placed.event, cursor: cursorAt(filter, placed.position) }));
        position = page.position;
        if (page.more && !blocked) continue;
      }
      await wake.beyond(seen);
    }
  } finally {
    clearInterval(heartbeat);
    stopNews();
    response.off('drain', onDrain);
    response.off('close', wake.now);
    wake.close();
    response.end();
    // A reader that does not read would keep the connection of an ended key open.
    if (response.writableNeedDrain) response.destroy();
  }
}

function cursorAt(filter: EventFilter, position: number): string {
  return encodeCursor(CURSOR, filter, String(position));
}

function frame(id: string, data: object): string {
  return `id: ${id}\nevent: envelope\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Lets one loop sleep until something has happened since it last looked. */
function createWake(ended: AbortSignal) {
  let version = 0;
  let waiting: (() => void) | null = null;
  const now = () => {
    version += 1;
    waiting?.();
    waiting = null;
  };
  ended.addEventListener('abort', now, { once: true });
  return {
    now,
    version: () => version,
    beyond: (seen: number): Promise<void> =>
      version > seen || ended.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting = resolve;
          }),
    close: () => ended.removeEventListener('abort', now),
  };
}
