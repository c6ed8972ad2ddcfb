import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createMcpHandler,
  isJsonContentType,
  type McpHttpHandler,
  type McpRequestContext,
} from '@modelcontextprotocol/server';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from '../api/index.ts';
import type { ConnectorService } from '../connectors/index.ts';
import { createChangeFeed } from './change-feed.ts';
import { Exchange } from './exchange.ts';
import { createServer } from './mcp-server.ts';
import { readBody } from './read-body.ts';
import { challenge, type Refusal, refuse } from './refusal.ts';
import { missingScopes, toolScopes, withinLimits } from './required-scopes.ts';
import { mayRead } from './resources.ts';
import { createTargets } from './targets.ts';
import { writeResponse } from './write-response.ts';

/** What the endpoint needs. */
export interface McpEndpointOptions {
  readonly service: ConnectorService;
  /** Who sends this request. Rejects or throws `key_invalid` or `key_revoked`. */
  readonly authenticate: (req: IncomingMessage) => Promise<Principal> | Principal;
  /** The agent's version, shown to clients. */
  readonly version: string;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
  /** Faults that are ours; never the caller's mistakes. */
  readonly onFault?: (error: unknown) => void;
}

/** A Node or Express request; with a body parser before us, `body` is what it left. */
export type McpRequest = IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown };

/** MCP over HTTP for every connector. */
export interface McpEndpoint {
  /**
   * Answers `/mcp/{connector id}` (one connector) and `/mcp` (all of them). Host and Origin are checked before.
   * Resolves when the answer is written; never rejects.
   */
  handle(req: McpRequest, res: ServerResponse): Promise<void>;
  /** Ends open streams and running exchanges; idempotent. */
  close(): Promise<void>;
}

const path = /^\/mcp(?:\/([^/]+))?\/?$/;

/** Serves each connector as an MCP server, to clients of 2026-07-28 and (without sessions) of the 2025 revisions. */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { service, authenticate, version, now = Date.now, onFault = () => {} } = options;
  const handlers = new Map<string | null, McpHttpHandler>();
  const feed = createChangeFeed(service, (connectorId) => {
    const handler = handlers.get(connectorId);
    handlers.delete(connectorId);
    feed.drop(connectorId);
    handler?.close().catch(onFault);
  });
  const targets = createTargets(service);
  let closed = false;

  const makeServer = ({ era, authInfo }: McpRequestContext) => {
    const exchange = authInfo?.extra?.['exchange'];
    if (!(exchange instanceof Exchange)) throw new TypeError('A request reached the MCP server without its exchange');
    return createServer({ service, version, now }, era, exchange);
  };
  const handlerFor = (connectorId: string | null) => {
    const existing = handlers.get(connectorId);
    if (existing !== undefined) return existing;
    const handler = createMcpHandler(makeServer, { bus: feed.bus(connectorId) });
    handlers.set(connectorId, handler);
    return handler;
  };

  /** Whatever stands between the request and the protocol, in the order of the contract. */
  const admit = async (req: McpRequest): Promise<Admitted | Refusal> => {
    if (closed) return { status: 503, code: -32_000, message: 'The agent is stopping.' };
    const found = path.exec((req.originalUrl ?? req.url ?? '').replace(/\?.*$/s, ''));
    if (found === null) return notFound;
    const principal = await authenticate(req);
    if (!toolScopes.some((scope) => principal.scopes.has(scope))) return lacking(toolScopes);
    if (req.method !== 'POST') return wrongMethod;
    if (!isJsonContentType(req.headers['content-type'] ?? null)) return wrongType;
    const body = await readBody(req);
    if (body.type === 'refused') return body.refusal;
    const target = targets.find(found[1] ?? null, principal);
    if (target === null) return notFound;
    const missing = missingScopes(body.value, target.toolset, principal);
    if (missing !== null) return lacking(missing);
    const message = withinLimits(body.value, (uri) => mayRead(uri, target.toolset, principal));
    const exchange = new Exchange(principal, target.toolset, target.title);
    return { exchange, message, handler: handlerFor(target.connectorId) };
  };

  return {
    async handle(req, res) {
      try {
        const admitted = await admit(req);
        if ('status' in admitted) refuse(res, admitted);
        else await serve(admitted, req, res);
      } catch (error) {
        refuse(res, refusalFor(error, onFault));
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      feed.close();
      targets.close();
      await Promise.all([...handlers.values()].map((handler) => handler.close()));
      handlers.clear();
    },
  };
}

interface Admitted {
  readonly exchange: Exchange;
  /** Parsed JSON, not yet seen by the protocol. */
  readonly message: unknown;
  readonly handler: McpHttpHandler;
}

async function serve({ exchange, message, handler }: Admitted, req: McpRequest, res: ServerResponse): Promise<void> {
  const { principal } = exchange;
  const end = () => {
    exchange.abort();
    res.destroy();
  };
  const left = () => {
    if (!res.writableFinished) exchange.abort();
  };
  if (principal.ended.aborted) end();
  principal.ended.addEventListener('abort', end, { once: true });
  res.once('close', left);
  res.once('finish', () => exchange.deliver());
  try {
    const request = new Request('http://localhost/mcp', {
      method: 'POST',
      headers: protocolHeaders(req),
      signal: exchange.signal,
    });
    const response = await handler.fetch(request, {
      authInfo: { token: '', clientId: principal.id, scopes: [...principal.scopes], extra: { exchange } },
      parsedBody: message,
    });
    await writeResponse(response, res);
  } finally {
    principal.ended.removeEventListener('abort', end);
  }
}

/** Only what the protocol reads: the token stays here. */
function protocolHeaders({ headers }: IncomingMessage): Headers {
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (name === 'accept' || name === 'content-type' || name.startsWith('mcp-')) kept.set(name, value);
  }
  return kept;
}

const notFound: Refusal = {
  status: 404,
  code: -32_000,
  message: 'There is no such connector here, or the token may not use it.',
};
const wrongMethod: Refusal = {
  status: 405,
  code: -32_000,
  message: 'Only POST is answered here: there are no sessions and no separate stream.',
  headers: { Allow: 'POST' },
};
const wrongType: Refusal = { status: 415, code: -32_000, message: 'The Content-Type must be application/json.' };

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
