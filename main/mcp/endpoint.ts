import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  isInitializeRequest,
  isJsonContentType,
  isLegacyRequest,
  type McpRequestContext,
} from '@modelcontextprotocol/server';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from '../api/index.ts';
import { type Clock, systemClock } from '../connectors/index.ts';
import { createChangeFeed } from './change-feed.ts';
import { authInfoOf, Exchange, exchangeOf } from './exchange.ts';
import { createHandlers } from './handlers.ts';
import { type Audience, createServer, type ServerParts } from './mcp-server.ts';
import { protocolHeaders } from './protocol-headers.ts';
import { readBody } from './read-body.ts';
import { challenge, type Refusal, refusalResponse, refuse, wrongType } from './refusal.ts';
import { missingScopes, toolScopes, withinLimits } from './required-scopes.ts';
import { maySubscribe } from './resources.ts';
import { createSessions } from './sessions.ts';
import type { McpSource } from './source.ts';
import { createTargets } from './targets.ts';
import { writeResponse } from './write-response.ts';

/** What the endpoint needs. */
export interface McpEndpointOptions {
  readonly service: McpSource;
  /** The agent's version, shown to clients. */
  readonly version: string;
  /** A hub serves connectors of several machines: it hears of no readings, and says that machines may be away. */
  readonly isHub?: boolean;
  /** For tests. */
  readonly clock?: Clock;
  /** Faults that are ours; never the caller's mistakes. */
  readonly onFault?: (error: unknown) => void;
  /** What answers the requests that were admitted; by default the connectors' tools and resources. */
  readonly createServer?: (parts: ServerParts, audience: Audience) => ReturnType<typeof createServer>;
}

/** A Node or Express request; with a body parser before us, `body` is what it left. */
export type McpRequest = IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown };

/** Who sends a request. Rejects or throws `key_invalid` or `key_revoked`. */
export type Authenticate = (req: IncomingMessage) => Promise<Principal> | Principal;

/** MCP over HTTP for every connector. */
export interface McpEndpoint {
  /**
   * Answers `/mcp/{connector id}` (one connector) and `/mcp` (all of them). Host and Origin are checked before.
   * Resolves when the answer is written; never rejects.
   */
  handle(req: McpRequest, res: ServerResponse, authenticate: Authenticate): Promise<void>;
  /** Answers a request that a hub relayed. Never rejects; what reads the answer's body sets its pace. */
  relay(asked: RelayedRequest, principal: Principal): Promise<RelayedResponse>;
  /** Ends open streams and running exchanges; idempotent. */
  close(): Promise<void>;
}

/** A request without its connection. */
export interface RelayedRequest {
  readonly connectorId: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; null for GET and DELETE. */
  readonly body: unknown;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

/** The answer to one, and what to do once it has reached the caller. */
export interface RelayedResponse {
  readonly response: Response;
  readonly delivered: () => void;
}

const path = /^\/mcp(?:\/([^/]+))?\/?$/;

/** Serves each connector as an MCP server: to clients of 2026-07-28 request by request, to those of 2025 in sessions. */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { service, version, isHub = false, clock = systemClock, onFault = () => {} } = options;
  const parts: ServerParts = { service, version, isHub, now: () => clock.now() };
  const makeServer = (audience: Audience) => (options.createServer ?? createServer)(parts, audience);
  const feed = createChangeFeed(service, (connectorId) => {
    handlers.closeOf(connectorId);
    sessions.closeOf(connectorId);
  });
  const handlers = createHandlers({
    factory: ({ authInfo }: McpRequestContext) => makeServer({ exchange: exchangeOf(authInfo), subscriptions: null }),
    feed,
    onFault,
  });
  const sessions = createSessions({
    createServer: (exchange, subscriptions) => makeServer({ exchange, subscriptions }),
    feed,
    clock,
    onFault,
  });
  const targets = createTargets(service);
  let closed = false;

  /** Whatever stands between the request and the protocol, in the order of the contract. */
  const admitRequest = async (req: McpRequest, authenticate: Authenticate): Promise<Admitted | Refusal> => {
    if (closed) return stopping;
    const found = path.exec((req.originalUrl ?? req.url ?? '').replace(/\?.*$/s, ''));
    if (found === null) return notFound;
    const principal = await authenticate(req);
    return admit(found[1] ?? null, principal, () => messageOf(req, 'mcp-session-id' in req.headers));
  };
  const admit = async (
    named: string | null,
    principal: Principal,
    read: () => ReturnType<typeof messageOf>,
  ): Promise<Admitted | Refusal> => {
    if (!toolScopes.some((scope) => principal.scopes.has(scope))) return lacking(toolScopes);
    const message = await read();
    if (message !== null && 'refusal' in message) return message.refusal;
    const target = targets.find(named, principal);
    if (target === null) return notFound;
    const exchange = new Exchange(principal, target.toolset, target.title);
    const { connectorId } = target;
    if (message === null) return { exchange, connectorId, message: undefined };
    const missing = missingScopes(message.value, target.toolset, principal);
    if (missing !== null) return lacking(missing);
    return {
      exchange,
      connectorId,
      message: withinLimits(message.value, (uri) => !isHub && maySubscribe(uri, target.toolset, principal)),
    };
  };

  /** The protocol's answer: within a session, by opening one, or for the request alone. */
  const answer = async (
    request: Request,
    { exchange, connectorId, message }: Admitted,
  ): Promise<Response | Refusal> => {
    const sessionId = request.headers.get('mcp-session-id');
    const former = sessionId !== null || isInitializeRequest(message);
    if (former && (message === undefined || (await isLegacyRequest(request, message)))) {
      const session =
        sessionId === null
          ? await sessions.open(exchange, connectorId)
          : (sessions.find(sessionId, exchange, connectorId) ?? unknownSession);
      if ('status' in session) return session;
      const response = await session.serve(request, message, exchange);
      if (sessionId === null && !response.ok) await session.close();
      return response;
    }
    const handler = handlers.for(connectorId, exchange.principal);
    return handler.fetch(request, { authInfo: authInfoOf(exchange), parsedBody: message });
  };

  const serve = async (admitted: Admitted, req: McpRequest, res: ServerResponse): Promise<void> => {
    const { exchange } = admitted;
    const { ended } = exchange.principal;
    const end = () => {
      exchange.abort();
      res.destroy();
    };
    const left = () => {
      if (!res.writableFinished) exchange.abort();
    };
    if (ended.aborted) end();
    ended.addEventListener('abort', end, { once: true });
    res.once('close', left);
    res.once('finish', () => exchange.deliver());
    try {
      const request = new Request('http://localhost/mcp', {
        method: req.method ?? 'POST',
        headers: protocolHeaders(req.headers),
        signal: exchange.signal,
      });
      const answered = await answer(request, admitted);
      if (answered instanceof Response) await writeResponse(answered, res);
      else refuse(res, answered);
    } finally {
      ended.removeEventListener('abort', end);
    }
  };

  return {
    async handle(req, res, authenticate) {
      try {
        const admitted = await admitRequest(req, authenticate);
        if ('status' in admitted) refuse(res, admitted);
        else await serve(admitted, req, res);
      } catch (error) {
        refuse(res, refusalFor(error, onFault));
      }
    },
    async relay({ connectorId, method, headers, body, signal }, principal) {
      let exchange: Exchange | null = null;
      const answered = async (): Promise<Response | Refusal> => {
        if (closed) return stopping;
        const admitted = await admit(connectorId, principal, async () => {
          if (method === 'POST') return { value: body };
          return 'mcp-session-id' in headers ? null : { refusal: wrongMethod };
        });
        if ('status' in admitted) return admitted;
        const { exchange: own } = admitted;
        exchange = own;
        const request = new Request('http://localhost/mcp', {
          method,
          headers: protocolHeaders(headers),
          signal: own.signal,
        });
        return answer(request, admitted);
      };
      const end = () => exchange?.abort();
      signal.addEventListener('abort', end, { once: true });
      principal.ended.addEventListener('abort', end, { once: true });
      const delivered = () => exchange?.deliver();
      try {
        const response = await answered();
        if (signal.aborted) end();
        return { response: response instanceof Response ? response : refusalResponse(response), delivered };
      } catch (error) {
        return { response: refusalResponse(refusalFor(error, onFault)), delivered };
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      feed.close();
      targets.close();
      await Promise.all([handlers.close(), sessions.close()]);
    },
  };
}

interface Admitted {
  readonly exchange: Exchange;
  readonly connectorId: string | null;
  /** Parsed JSON, not yet seen by the protocol; undefined for GET and DELETE. */
  readonly message: unknown;
}

/** The JSON of a POST; null for what a session takes beside it: GET (its stream) and DELETE (its end). */
async function messageOf(
  req: McpRequest,
  inSession: boolean,
): Promise<{ readonly value: unknown } | { readonly refusal: Refusal } | null> {
  if (inSession && (req.method === 'GET' || req.method === 'DELETE')) return null;
  if (req.method !== 'POST') return { refusal: wrongMethod };
  if (!isJsonContentType(req.headers['content-type'] ?? null)) return { refusal: wrongType };
  const body = await readBody(req);
  return body.type === 'refused' ? body : { value: body.value };
}

/** Only what the protocol reads: the token stays here. */
const stopping: Refusal = { status: 503, code: -32_000, message: 'The agent is stopping.' };
const notFound: Refusal = {
  status: 404,
  code: -32_000,
  message: 'There is no such connector here, or the token may not use it.',
};
const unknownSession: Refusal = {
  status: 404,
  code: -32_001,
  message: 'Session not found: it has ended, or another token opened it. Send initialize without Mcp-Session-Id.',
};
const wrongMethod: Refusal = {
  status: 405,
  code: -32_000,
  message: 'Only POST is answered here; GET and DELETE only within a session, with its Mcp-Session-Id.',
  headers: { Allow: 'POST' },
};

function lacking(scopes: Parameters<typeof challenge>[2]): Refusal {
  return challenge(403, 'insufficient_scope', scopes, `The token lacks the scope ${scopes.join(' or ')}.`);
}

function refusalFor(error: unknown, onFault: (error: unknown) => void): Refusal {
  if (AgentError.is(error, 'key_invalid', 'key_revoked')) {
    return challenge(
      401,
      'invalid_token',
      toolScopes,
      error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
    );
  }
  onFault(error);
  return { status: 500, code: -32_603, message: 'Internal error' };
}
