import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from './backend.ts';
import { describeError, type ErrorAnswer } from './errors.ts';
import {
  bindsKey,
  carriesSealedSecret,
  hashBody,
  type Idempotency,
  type IdempotentRun,
  type RecordInCommit,
  readIdempotencyKey,
} from './idempotency.ts';
import { isLong, sendInParts } from './json-parts.ts';
import type { Principal } from './principal.ts';
import { countRequest, type RateLimiter } from './rate-limit.ts';
import { requestIdHeader } from './request-id.ts';
import { invalidParameter, parseInput, readJsonBody, readQuery } from './request-input.ts';
import { sendError, sendJson } from './respond.ts';
import type { Reply, Route } from './route.ts';
import { checkVersion } from './version-header.ts';

/** The largest body that is read, in bytes. */
const maxBodyBytes = 1024 * 1024;
/** What is not larger is understood in no time. */
const smallBodyBytes = 16 * 1024;

const nothing = z.strictObject({});

/** What all routes share. */
export interface ServeOptions {
  readonly backend: ConnectorsBackend;
  readonly authenticate: (request: Request) => Promise<Principal> | Principal;
  readonly addressOf: (request: Request) => string | null;
  readonly turn: (principal: Principal) => Promise<void>;
  readonly rate: RateLimiter;
  readonly idempotency: Idempotency;
  readonly hmacKey: () => Promise<Buffer>;
  readonly onFault: (error: unknown, requestId: string) => void;
}

type Outcome =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'error'; readonly answer: ErrorAnswer };

/**
 * Answers one request. The checks run in the contract's order: token, scope, rate, idempotency, body; existence and
 * state are the handler's. Rejects with what the error handler turns into the envelope.
 */
export async function serveRoute(
  route: Route,
  options: ServeOptions,
  request: Request,
  response: Response,
): Promise<void> {
  const requestId = String(response.getHeader(requestIdHeader));
  const gone = whenGone(response);

  const address = options.addressOf(request);
  const principal = route.open ? passerBy(address) : await options.authenticate(request);
  await options.turn(principal);
  options.rate.announce(response, principal.id, route.rateClass);
  checkReach(route, principal);
  checkScope(route, principal);
  countRequest(options.rate, response, principal, route.rateClass);
  checkVersion(request);

  const idempotencyKey = route.idempotent ? readIdempotencyKey(request.headers['idempotency-key']) : null;
  const takesBody = route.method !== 'GET' && route.method !== 'DELETE';
  const raw = takesBody ? await readBody(request, response) : Buffer.alloc(0);
  // Bodies come at the pace of their connections, many at once perhaps; to understand a large one is work.
  if (raw.length > smallBodyBytes) await options.turn(principal);
  // A secret that is sealed anew is another body here. The machine, which can read it, binds the key.
  const key = idempotencyKey !== null && carriesSealedSecret(raw) ? null : idempotencyKey;
  const run = async (record: RecordInCommit | null): Promise<Reply> => {
    const query = parseInput(route.query ?? nothing, readQuery(request.originalUrl));
    const given = takesBody ? readJsonBody(raw, request.headers['content-type']) : {};
    refuseOtherTenant(given, principal);
    const body = parseInput(route.body?.schema ?? nothing, given);
    return route.handle({
      backend: options.backend,
      principal,
      params: paramsOf(request),
      query,
      body,
      request,
      address,
      signal: gone,
      record,
      idempotencyKey,
    });
  };

  if (key === null) {
    await send(response, requestId, await run(null), route);
    return;
  }
  const scope = { principal: principal.id, method: route.method, route: filledPath(route, request), key };
  const bodyHash = await hashBody(raw, options.hmacKey);
  const result = await options.idempotency.run(scope, bodyHash, gone, (recordOf) => {
    const { status } = route.answer;
    const record: RecordInCommit = (body) => recordOf({ status, response: JSON.stringify(body), requestId });
    return runBinding(() => run(record), requestId, options);
  });
  if (result.kind === 'replay') {
    response.setHeader(requestIdHeader, result.answer.requestId);
    sendJson(response, result.answer.status, result.answer.response);
  } else if (result.outcome.kind === 'error') {
    sendError(response, result.outcome.answer);
  } else {
    await send(response, requestId, result.outcome.reply, route);
  }
}

/** Runs and says what of it stays bound to the key: successes, and refusals that come from the state of things. */
async function runBinding(
  run: () => Promise<Reply>,
  requestId: string,
  options: ServeOptions,
): Promise<IdempotentRun<Outcome>> {
  try {
    const reply = await run();
    if (reply.kind === 'stream') return { outcome: { kind: 'reply', reply }, bind: null };
    const response = JSON.stringify(reply.replayBody ?? reply.body);
    return { outcome: { kind: 'reply', reply }, bind: { status: reply.status, response, requestId } };
  } catch (error) {
    const answer = describeError(error, requestId);
    if (answer.status === 500) options.onFault(error, requestId);
    const { status, envelope } = answer;
    const bind = bindsKey(status, envelope.error.code)
      ? { status, response: JSON.stringify(envelope), requestId }
      : null;
    return { outcome: { kind: 'error', answer }, bind };
  }
}

async function send(response: Response, requestId: string, reply: Reply, route: Route): Promise<void> {
  const { mediaType } = route.answer;
  if (reply.kind === 'stream') {
    // HEAD asks what a GET would begin with, which for a stream is all there is to say.
    if (response.req.method === 'HEAD') response.writeHead(200, { 'Content-Type': mediaType }).end();
    else await reply.write(response, requestId);
    return;
  }
  const { onSent } = reply;
  if (onSent !== undefined) response.once('finish', onSent);
  if (isLong(reply.body)) await sendInParts(response, reply.status, reply.body);
  else sendJson(response, reply.status, JSON.stringify(reply.body));
}

function checkReach(route: Route, principal: Principal): void {
  if (route.reach === 'anyone' || principal.kind === 'local-admin') return;
  if (route.reach === 'machine' && principal.local) return;
  throw new AgentError('local_only', `${route.summary}: tokens can't do this, whatever their scopes.`, {
    hint:
      route.reach === 'machine'
        ? 'Use the fibric-edge command or the window on the machine itself.'
        : 'Use the fibric-edge command on the machine itself.',
  });
}

function checkScope(route: Route, principal: Principal): void {
  if (route.open || route.scopes.some((scope) => principal.scopes.has(scope))) return;
  const scope = route.scopes.join(' or ');
  throw new AgentError('insufficient_scope', `This token lacks the scope ${scope}.`, {
    hint: `Make a token with ${scope} on the machine itself.`,
    details: { scope },
  });
}

/** Who asks without a token: an address, so that each has its own rate. */
function passerBy(address: string | null): Principal {
  const from = address ?? 'unknown';
  return {
    id: `from:${from}`,
    kind: 'token',
    name: from,
    scopes: new Set(),
    local: false,
    connectors: null,
    tools: null,
    ended: new AbortController().signal,
  };
}

/** The tenant comes from the key; a body that names another was meant for somebody else. Throws `tenant_mismatch`. */
function refuseOtherTenant(body: unknown, { partition }: Principal): void {
  if (partition === undefined || typeof body !== 'object' || body === null) return;
  for (const name of ['tenant_id', 'reseller_id', 'workspace_id'] as const) {
    const named: unknown = Reflect.get(body, name);
    const own = name === 'tenant_id' ? partition.tenantId : null;
    if (named === undefined || named === null || named === own) continue;
    throw new AgentError('tenant_mismatch', `The body names a ${name} that is not the one of this key.`, {
      hint: `Leave ${name} out: it comes from the key.`,
      details: { parameter: name },
    });
  }
}

const rawBody = express.raw({ type: () => true, limit: maxBodyBytes, inflate: false });

/** The body's bytes; `payload_too_large` over the limit. */
async function readBody(request: Request, response: Response): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  rawBody(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(bodyError(error))));
  await promise;
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function bodyError(error: unknown): AgentError {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') {
    return new AgentError('payload_too_large', `The body is larger than ${maxBodyBytes} bytes (1 MiB).`, {
      hint: 'Send less.',
    });
  }
  if (type === 'encoding.unsupported') {
    return invalidParameter('Content-Encoding', 'The body must not be compressed.');
  }
  return invalidParameter('body', 'The body did not arrive whole.');
}

function paramsOf(request: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)]));
}

function filledPath(route: Route, request: Request): string {
  const params = paramsOf(request);
  return `/v1${route.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''))}`;
}

/** Aborts when the connection closes before the answer is out. */
function whenGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
