import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { ConnectorsBackend } from './backend.ts';
import type { RecordInCommit } from './idempotency.ts';
import type { Principal, Scope } from './principal.ts';
import type { RateClass } from './rate-limit.ts';

/** What a handler works with. Everything in it has been checked. */
export interface RouteInput<Query, Body> {
  readonly backend: ConnectorsBackend;
  readonly principal: Principal;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly request: IncomingMessage;
  /** Whose request it is; null over the local socket. */
  readonly address: string | null;
  /** Aborts when the caller goes away before the answer is out. */
  readonly signal: AbortSignal;
  /** For a backend that makes something: binds its answer to the Idempotency-Key in the same commit. Null without a key. */
  readonly record: RecordInCommit | null;
  /** The Idempotency-Key of the request. */
  readonly idempotencyKey: string | null;
}

/** What a handler answers with. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: 200 | 201;
      readonly body: object;
      /** What is kept for a replay instead of `body`, where that holds a secret. */
      readonly replayBody?: object;
      /** Called once the answer has left. */
      readonly onSent?: () => void;
    }
  /** The handler writes the response itself; resolves when it has ended. Binds no idempotency key. */
  | { readonly kind: 'stream'; readonly write: (response: ServerResponse, requestId: string) => Promise<void> };

/** The body of a route: how it is parsed, and whether one is needed at all. */
interface BodyDefinition {
  readonly schema: z.ZodType;
  readonly required: boolean;
}

/** One route as data: the router serves it and the OpenAPI document describes it from the same object. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`, parameters in braces: `/connectors/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Holding one of these is enough. */
  readonly scopes: readonly Scope[];
  /** `machine`: only the local socket and the window. `socket`: only the local socket. */
  readonly reach: 'anyone' | 'machine' | 'socket';
  /** Answered without a token, to whoever asks; such a route has no scopes. */
  readonly open: boolean;
  /** Not in the platform's documents. */
  readonly ours: boolean;
  readonly rateClass: RateClass;
  /** Whether an Idempotency-Key is kept; POST and PATCH only. */
  readonly idempotent: boolean;
  readonly query: z.ZodObject | null;
  readonly body: BodyDefinition | null;
  readonly answer: {
    readonly status: 200 | 201;
    readonly schema: z.ZodType;
    readonly mediaType: 'application/json' | 'text/event-stream' | 'application/x-ndjson';
  };
  readonly handle: (input: RouteInput<unknown, unknown>) => Promise<Reply>;
}

interface RouteOptions<Query extends z.ZodObject | undefined, Body extends z.ZodType | undefined> {
  readonly method: Route['method'];
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly scopes: readonly Scope[];
  readonly reach?: Route['reach'];
  readonly open?: boolean;
  readonly ours?: boolean;
  readonly rateClass: RateClass;
  /** Default: every POST and PATCH. */
  readonly idempotent?: boolean;
  readonly query?: Query;
  readonly body?: Body;
  /** Default true: no body reads as `{}` either way, so this only shows in the document. */
  readonly bodyRequired?: boolean;
  readonly answers: z.ZodType;
  readonly status?: 200 | 201;
  readonly mediaType?: Route['answer']['mediaType'];
  readonly handle: (
    input: RouteInput<
      Query extends z.ZodObject ? z.output<Query> : undefined,
      Body extends z.ZodType ? z.output<Body> : undefined
    >,
  ) => Promise<Reply>;
}

/** Makes a {@link Route} whose handler sees query and body as their schemas give them. */
export function defineRoute<
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(options: RouteOptions<Query, Body>): Route {
  const { handle, query, body } = options;
  return {
    method: options.method,
    path: options.path,
    operationId: options.operationId,
    summary: options.summary,
    scopes: options.scopes,
    reach: options.reach ?? 'anyone',
    open: options.open ?? false,
    ours: options.ours ?? true,
    rateClass: options.rateClass,
    idempotent: options.idempotent ?? (options.method === 'POST' || options.method === 'PATCH'),
    query: query ?? null,
    body: body === undefined ? null : { schema: body, required: options.bodyRequired ?? true },
    answer: {
      status: options.status ?? 200,
      schema: options.answers,
      mediaType: options.mediaType ?? 'application/json',
    },
    // The router calls it with what these very schemas have parsed, which the type of a list of routes can't say.
    handle: handle as Route['handle'],
  };
}

/** A JSON answer. */
export function ok(body: object, status: 200 | 201 = 200): Reply {
  return { kind: 'json', status, body };
}
