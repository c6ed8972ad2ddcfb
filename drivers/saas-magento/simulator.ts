import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type SimulatedOrder, sampleOrders } from './simulator/orders.ts';
import { allRights, answerRequest, type StoreSettings, sendWaitingMail } from './simulator/rest-api.ts';

/**
 * How a store, or what stands in front of it, can fail. `work`: whether the request still does its work; a fault without
 * it comes before.
 */
export type StoreFault =
  /** 429 with `Retry-After`. */
  | { readonly kind: 'rate_limited'; readonly retryAfterS: number }
  /** 503 with a proxy's HTML page. */
  | { readonly kind: 'maintenance' }
  /** 500 with the API's own words. */
  | { readonly kind: 'failure'; readonly work: boolean }
  /** 404 with JSON, or with a web server's page. */
  | { readonly kind: 'not_found'; readonly body: object | null }
  /** 302 to another place. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** 200 and HTML. */
  | { readonly kind: 'garbage' }
  /** JSON of another shape. */
  | { readonly kind: 'other_shape' }
  /** Bytes that are no HTTP. */
  | { readonly kind: 'no_http' }
  /** The answer ends in the middle. */
  | { readonly kind: 'half'; readonly work: boolean }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly work: boolean }
  /** No answer. */
  | { readonly kind: 'silent'; readonly work: boolean }
  /** An answer without end. */
  | { readonly kind: 'endless' }
  /** The request's own credential in the error's words. */
  | { readonly kind: 'echo' };

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A store on loopback. */
export interface MagentoSimulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly orders: SimulatedOrder[];
  readonly settings: StoreSettings;
  /** Every request, in order. */
  readonly seen: SeenRequest[];
  /** The next requests that `when` takes fail so; null mends it. */
  fail(fault: StoreFault | null, when?: (request: SeenRequest) => boolean): void;
  /** Resolves when a request that `when` takes has come, from now on. */
  nextRequest(when?: (request: SeenRequest) => boolean): Promise<SeenRequest>;
  sendWaitingMail(): void;
  /** Ends all connections; idempotent. */
  close(): Promise<void>;
}

/** Starts a store with these access tokens, each with all rights of the Sales API, or with those given. */
export async function startMagentoSimulator(options: {
  readonly tokens: readonly string[] | ReadonlyMap<string, ReadonlySet<string>>;
  /** 0 or absent takes a free one. */
  readonly port?: number;
  readonly orders?: readonly SimulatedOrder[];
}): Promise<MagentoSimulator> {
  const tokens = new Map<string, ReadonlySet<string>>(
    options.tokens instanceof Map ? options.tokens : [...options.tokens].map((token) => [String(token), allRights]),
  );
  const settings: StoreSettings = { tokens, orders: [...(options.orders ?? sampleOrders())], mail: 'now' };
  const seen: SeenRequest[] = [];
  const waiting = new Set<{
    readonly when: (request: SeenRequest) => boolean;
    readonly resolve: (request: SeenRequest) => void;
  }>();
  let fault: StoreFault | null = null;
  let faulty: (request: SeenRequest) => boolean = () => true;

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    seen.push(request);
    const url = new URL(request.target, 'http://store.invalid');
    const work = () =>
      answerRequest(settings, { method: request.method, url, authorization: request.headers.authorization ?? '' });
    const failing = fault !== null && faulty(request) ? fault : null;
    if (failing === null) {
      const { status, body } = work();
      sendJson(response, status, body);
    } else {
      failAs(failing, request, response, work);
    }
    for (const one of waiting) {
      if (!one.when(request)) continue;
      waiting.delete(one);
      one.resolve(request);
    }
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    orders: settings.orders,
    settings,
    seen,
    fail(next, when = () => true) {
      fault = next;
      faulty = when;
    },
    nextRequest: (when = () => true) => new Promise((resolve) => waiting.add({ when, resolve })),
    sendWaitingMail: () => sendWaitingMail(settings),
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function failAs(
  fault: StoreFault,
  request: SeenRequest,
  response: ServerResponse,
  work: () => { readonly status: number; readonly body: unknown },
): void {
  if ('work' in fault && fault.work) work();
  const html = (status: number, headers: Record<string, string> = {}) =>
    void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html><body>Sorry</body></html>');
  switch (fault.kind) {
    case 'rate_limited':
      html(429, { 'retry-after': String(fault.retryAfterS) });
      return;
    case 'maintenance':
      html(503);
      return;
    case 'failure':
      sendJson(response, 500, {
        message: 'Internal Error. Details are available in Magento log file. Report ID: webapi-1',
      });
      return;
    case 'not_found':
      if (fault.body === null) html(404);
      else sendJson(response, 404, fault.body);
      return;
    case 'redirect':
      html(302, { location: fault.to });
      return;
    case 'garbage':
      html(200);
      return;
    case 'other_shape':
      sendJson(response, 200, { items: [{ entity_id: 'seven' }], entity_id: [] });
      return;
    case 'no_http':
      response.socket?.end('220 mail.example.com ESMTP\r\n');
      return;
    case 'half':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
      response.write('{"items":[{"entity_id":', () => response.socket?.end());
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'silent':
      return;
    case 'endless':
      pour(response);
      return;
    case 'echo':
      sendJson(response, 400, { message: `Bad header: ${request.headers.authorization ?? ''}` });
      return;
  }
}

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const more = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  more();
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '/',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
