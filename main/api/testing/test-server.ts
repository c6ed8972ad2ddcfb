import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import express from 'express';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { IdempotencyRecord, IdempotencyScope, IdempotencyStore } from '../idempotency.ts';
import { createHostOriginGuard } from '../local-guard.ts';
import { type Principal, type Scope, scopes } from '../principal.ts';
import { type ApiRouterOptions, createApiRouter } from '../router.ts';
import { createMemoryBackend, type MemoryBackend } from './memory-backend.ts';

/** A store of bound answers in memory. */
export interface MemoryIdempotencyStore extends IdempotencyStore {
  readonly records: Map<string, IdempotencyRecord>;
}

/** Makes an empty one. */
export function createMemoryIdempotencyStore(): MemoryIdempotencyStore {
  const records = new Map<string, IdempotencyRecord>();
  const idOf = ({ principal, method, route, key }: IdempotencyScope) => JSON.stringify([principal, method, route, key]);
  return {
    records,
    get: async (scope) => records.get(idOf(scope)) ?? null,
    async put(record) {
      records.set(idOf(record), record);
    },
    async purge(before) {
      for (const [id, record] of records) if (record.expiresAt < before) records.delete(id);
    },
  };
}

/** The router on a real server on loopback. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly backend: MemoryBackend;
  readonly store: MemoryIdempotencyStore;
  /** Tokens that are let in; `admin` is the local socket's principal, `window` the window's. */
  readonly principals: Map<string, Principal>;
  readonly faults: unknown[];
  /** Adds a bearer token; what is returned ends it. */
  addToken(token: string, options?: TokenOptions): AbortController;
  /** One request with the token `full` unless another is named. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** What a token of a test may do. */
export interface TokenOptions {
  readonly scopes?: readonly Scope[];
  readonly connectors?: readonly string[];
  readonly tools?: readonly string[];
  readonly kind?: Principal['kind'];
}

/** What a request carries. */
export interface AskOptions {
  readonly token?: string | null;
  /** An object is sent as JSON, text as it is. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer read whole; what is not JSON as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what the tests look into
  readonly body: any;
}

/** Starts one. `full` holds every scope; `admin` and `window` sit at the machine. */
export async function startTestServer(options: Partial<ApiRouterOptions> = {}): Promise<TestServer> {
  const backend = createMemoryBackend();
  const store = createMemoryIdempotencyStore();
  const principals = new Map<string, Principal>();
  const faults: unknown[] = [];
  let port = 0;
  const app = express();
  app.disable('x-powered-by');
  app.use(
    '/v1',
    createApiRouter({
      backend,
      idempotency: store,
      authenticate(request: IncomingMessage) {
        const principal = principals.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
        if (principal === undefined) throw new AgentError('key_invalid', 'This token is not known.');
        return principal;
      },
      hmacKey: async () => Buffer.alloc(32, 7),
      guard: createHostOriginGuard({ port: () => port }),
      onFault: (error) => faults.push(error),
      ...options,
    }),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;

  const result: TestServer = {
    url,
    port,
    backend,
    store,
    principals,
    faults,
    addToken(token, { scopes: held = scopes, connectors, tools, kind = 'token' } = {}) {
      const ending = new AbortController();
      principals.set(token, {
        id: kind === 'token' ? `tok_${token}` : kind === 'local-admin' ? 'local-admin' : kind,
        kind,
        name: token,
        scopes: new Set(held),
        local: kind === 'local-admin' || kind === 'window',
        connectors: connectors === undefined ? null : new Set(connectors),
        tools: tools === undefined ? null : new Set(tools),
        ended: ending.signal,
      });
      return ending;
    },
    async ask(method, path, { token = 'full', body, headers = {}, signal } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(typeof body === 'object' ? { 'Content-Type': 'application/json' } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : isJson ? JSON.parse(text) : text,
      };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  result.addToken('full');
  result.addToken('admin', { kind: 'local-admin' });
  result.addToken('window', { kind: 'window' });
  return result;
}

/** An install of the listing that needs no credentials. */
export const scaleInstall = { listing: 'cn-scale-sics', auth: { type: 'none' }, config: { device: 'dev_1' } };
