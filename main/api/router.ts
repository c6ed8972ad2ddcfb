import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from './backend.ts';
import { describeError } from './errors.ts';
import type { EventsBackend } from './events-backend.ts';
import { createIdempotency, type IdempotencyStore } from './idempotency.ts';
import type { Guard } from './local-guard.ts';
import type { Principal } from './principal.ts';
import { countRequest, createRateLimiter } from './rate-limit.ts';
import { createRequestId, requestIdHeader } from './request-id.ts';
import { sendError } from './respond.ts';
import type { Route } from './route.ts';
import { createRoutes, type RouteChoice } from './routes.ts';
import { type ServeOptions, serveRoute } from './serve-route.ts';
import type { StreamOptions } from './stream-count.ts';
import { apiRevision, versionHeader } from './version-header.ts';

/** What the router works with. */
export interface ApiRouterOptions {
  readonly backend: ConnectorsBackend;
  /** Of who keeps events, a hub; without it there are no such routes. */
  readonly events?: EventsBackend;
  /** Who asks; throws `key_invalid` or `key_revoked`. */
  readonly authenticate: (request: IncomingMessage) => Promise<Principal> | Principal;
  /** Whose request it is, where proxies stand between; default: the address of its connection, null over a local socket. */
  readonly addressOf?: (request: IncomingMessage) => string | null;
  /** Where many share a process: resolves when it is this one's turn; rejects with `rate_limited`. Default: at once. */
  readonly turn?: (principal: Principal) => Promise<void>;
  readonly idempotency: IdempotencyStore;
  /** The vault's key for hashing bodies that carry a secret; rejects with `vault_unavailable`. */
  readonly hmacKey: () => Promise<Buffer>;
  /** Per principal and route class. Default 1000. */
  readonly rateLimitPerMinute?: number;
  /** Host and Origin, for a loopback endpoint; none for a local socket. Run here so that its answers are complete, too. */
  readonly guard?: Guard;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Runs `run` once after `delayMs`; returns what takes it back. */
  readonly after?: (delayMs: number, run: () => void) => () => void;
  /** Told of faults of ours, with the request they happened in. */
  readonly onFault?: (error: unknown, requestId: string) => void;
  readonly stream?: Partial<StreamOptions>;
  /** How long a repeated key waits for its first request, in milliseconds. Default 30 s. */
  readonly idempotencyWaitMs?: number;
  readonly routes?: RouteChoice;
}

/**
 * The Connectors API, to be mounted at `/v1`. Every answer carries `X-Request-Id`, `Fibric-Version` and rate headers;
 * every error is the envelope, unknown routes, bad JSON and faults of ours included.
 */
export function createApiRouter(options: ApiRouterOptions): Router {
  const clock = options.clock ?? Date.now;
  const onFault = options.onFault ?? (() => {});
  const serve: ServeOptions = {
    backend: options.backend,
    authenticate: options.authenticate,
    addressOf: options.addressOf ?? (({ socket }) => socket.remoteAddress ?? null),
    turn: options.turn ?? (() => Promise.resolve()),
    rate: createRateLimiter({ perMinute: options.rateLimitPerMinute ?? 1000, clock }),
    idempotency: createIdempotency({
      store: options.idempotency,
      clock,
      after: options.after ?? afterReally,
      waitMs: options.idempotencyWaitMs ?? 30_000,
      onFault,
    }),
    hmacKey: options.hmacKey,
    onFault,
  };
  const routes = createRoutes({
    ...options.routes,
    stream: { heartbeatMs: 15_000, maxQueued: 256, maxPerPrincipal: 32, ...options.stream },
    events: options.events ?? null,
  });
  const router = express.Router({ caseSensitive: true });

  router.use((request: Request, response: Response, next) => {
    response.setHeader(requestIdHeader, createRequestId());
    response.setHeader(versionHeader, apiRevision);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // Until it is known who asks, so that refusals before that carry the headers too.
    serve.rate.announce(response, anonymous, classOf(routes, request.path));
    next();
  });
  if (options.guard !== undefined) router.use(options.guard);
  for (const [path, methods] of byPath(routes)) {
    const target = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of methods) {
      const handler = (request: Request, response: Response) => serveRoute(route, serve, request, response);
      const method = route.method;
      if (method === 'GET') target.get(handler);
      else if (method === 'POST') target.post(handler);
      else if (method === 'PUT') target.put(handler);
      else if (method === 'PATCH') target.patch(handler);
      else target.delete(handler);
    }
    const allow = methods.map(({ method }) => method).join(', ');
    target.all(async (request: Request, response: Response) => {
      await authenticated(serve, classOf(routes, request.path), request, response);
      response.setHeader('Allow', allow);
      throw new AgentError('method_not_allowed', `${request.method} is not a method of /v1${path}.`, {
        hint: `Use ${allow}.`,
        details: { allow },
      });
    });
  }
  router.use(async (request: Request, response: Response) => {
    await authenticated(serve, classOf(routes, request.path), request, response);
    throw new AgentError(
      'not_found',
      `There is no route ${request.method} ${JSON.stringify(request.originalUrl.split('?')[0])}.`,
      {
        hint: 'See /v1/openapi.json for the routes there are.',
      },
    );
  });
  router.use(answerFault(onFault));
  return router;
}

const anonymous = '';

function afterReally(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

/** Token and rate, which come before anything about the route, also for a route that does not exist. */
async function authenticated(
  serve: ServeOptions,
  rateClass: Route['rateClass'],
  request: Request,
  response: Response,
): Promise<void> {
  const principal = await serve.authenticate(request);
  await serve.turn(principal);
  countRequest(serve.rate, response, principal, rateClass);
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  // A literal path goes before one with a parameter in its place.
  const sorted = [...routes].sort((left, right) => Number(left.path.includes('{')) - Number(right.path.includes('{')));
  return Map.groupBy(sorted, (route) => route.path);
}

function classOf(routes: readonly Route[], path: string): Route['rateClass'] {
  const first = path.split('/')[1] ?? '';
  return routes.find((route) => route.path.split('/')[1] === first)?.rateClass ?? 'machine';
}

function answerFault(onFault: (error: unknown, requestId: string) => void): ErrorRequestHandler {
  return (error: unknown, _request, response: ServerResponse, _next) => {
    const undecodable = error instanceof URIError || (error instanceof Error && error.name === 'URIError');
    const told = undecodable
      ? new AgentError('invalid_parameter', 'The path holds a malformed percent escape.', {
          details: { parameter: 'path' },
        })
      : error;
    const requestId = String(response.getHeader(requestIdHeader) ?? createRequestId());
    const answer = describeError(told, requestId);
    if (answer.status === 500) onFault(error, requestId);
    sendError(response, answer);
  };
}
