import { randomUUID } from 'node:crypto';
import { type Server, type ServerEvent, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { authInfoOf, type Exchange } from './exchange.ts';

const cancellation = z.looseObject({
  method: z.literal('notifications/cancelled'),
  params: z.looseObject({ requestId: z.union([z.string(), z.number()]) }),
});

/** A session of a client of the 2025 revisions: one server that lives between requests. */
export interface Session {
  readonly id: string;
  /** The token (or local user) that opened it, and the only one that may use it. */
  readonly principalId: string;
  /** Null for the endpoint of all connectors. */
  readonly connectorId: string | null;
  /** Whether a request or the stream of notifications is open. */
  readonly busy: boolean;
  /** Whether its client has yet to say anything after `initialize`. */
  readonly beginning: boolean;
  /** When it was last used; milliseconds of the sessions' clock. */
  readonly usedAtMs: number;
  /** Serves one HTTP request. The session counts as busy until `request`'s answer has been read or dropped. */
  serve(request: Request, message: unknown, exchange: Exchange): Promise<Response>;
  /** Ends its streams and running calls; idempotent. */
  close(): Promise<void>;
}

/** What a session is made of. */
export interface SessionParts {
  readonly opening: Exchange;
  readonly connectorId: string | null;
  /** Makes the server; `subscriptions` is what it keeps its subscribed addresses in. */
  readonly createServer: (subscriptions: Set<string>) => Server;
  /** Hears of changes; returns what ends that. */
  readonly listen: (listener: (event: ServerEvent) => void) => () => void;
  readonly now: () => number;
  readonly onClosed: (session: Session) => void;
}

/**
 * Makes a session, to which `initialize` is then served. Changes that come while the client's stream of notifications is
 * not open are told when it opens, so that none is lost.
 */
export async function openSession(parts: SessionParts): Promise<Session> {
  const { opening, connectorId, createServer, listen, now, onClosed } = parts;
  const id = randomUUID();
  const subscriptions = new Set<string>();
  const missed = new Map<string, ServerEvent>();
  const running = new Set<Exchange>();
  /** The answer to the GET that notifications go to; null while there is none. */
  let stream: Response | null = null;
  let open = 0;
  let served = 0;
  let usedAtMs = now();
  let closing: Promise<void> | null = null;

  const server = createServer(subscriptions);
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id });

  const tell = (event: ServerEvent) => {
    if (event.kind === 'resource_updated' && !subscriptions.has(event.uri)) return;
    if (stream === null) {
      missed.set(event.kind === 'resource_updated' ? event.uri : event.kind, event);
      return;
    }
    // The stream has just gone: what it missed, the next one tells.
    send(server, event).catch(() => void missed.set(event.kind, event));
  };
  const stopListening = listen(tell);

  const session: Session = {
    id,
    principalId: opening.principal.id,
    connectorId,
    get busy() {
      return open > 0;
    },
    get beginning() {
      return served < 2;
    },
    get usedAtMs() {
      return usedAtMs;
    },
    async serve(request, message, exchange) {
      open += 1;
      served += 1;
      running.add(exchange);
      const isStream = request.method === 'GET';
      // A client that listens anew has lost its former stream, whether that is known here yet or not.
      if (isStream) transport.closeStandaloneSSEStream();
      const done = () => {
        open -= 1;
        usedAtMs = now();
        running.delete(exchange);
      };
      try {
        const response = await transport.handleRequest(request, {
          authInfo: authInfoOf(exchange),
          ...(message === undefined ? {} : { parsedBody: message }),
        });
        const cancelled = cancellation.safeParse(message);
        // No answer follows a cancelled request, so that its stream would stay open.
        if (cancelled.success) transport.closeSSEStream(cancelled.data.params.requestId);
        if (!isStream || !response.ok) return follow(response, done);
        stream = response;
        for (const event of missed.values()) if (stillWanted(event, subscriptions)) void send(server, event);
        missed.clear();
        return follow(response, () => {
          if (stream === response) stream = null;
          done();
        });
      } catch (error) {
        done();
        throw error;
      }
    },
    close() {
      closing ??= (async () => {
        stopListening();
        for (const exchange of running) exchange.abort();
        onClosed(session);
        await server.close();
      })();
      return closing;
    },
  };
  await server.connect(transport);
  // The client ended it with DELETE.
  const onTransportClosed = transport.onclose;
  transport.onclose = () => {
    onTransportClosed?.();
    void session.close();
  };
  return session;
}

function stillWanted(event: ServerEvent, subscriptions: ReadonlySet<string>): boolean {
  return event.kind !== 'resource_updated' || subscriptions.has(event.uri);
}

function send(server: Server, event: ServerEvent): Promise<void> {
  switch (event.kind) {
    case 'tools_list_changed':
      return server.sendToolListChanged();
    case 'resources_list_changed':
      return server.sendResourceListChanged();
    case 'prompts_list_changed':
      return server.sendPromptListChanged();
    case 'resource_updated':
      return server.sendResourceUpdated({ uri: event.uri });
  }
}

/** The same response; `done` is called once when its body has been read to the end or dropped. */
function follow(response: Response, done: () => void): Response {
  if (response.body === null) {
    done();
    return response;
  }
  const reader = response.body.getReader();
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    done();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: finished, value } = await reader.read();
          if (!finished) return controller.enqueue(value);
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      async cancel(reason) {
        end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
