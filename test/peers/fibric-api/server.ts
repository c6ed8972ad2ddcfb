import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * A server that answers as Fibric's public documents say, for tests: the Connectors API's page, and of the others what
 * can be read. Where the documents differ among themselves it takes turns: 200 or 201 for an install, `connected`, `ready` or
 * `degraded` for a status, `t_` or `tn_` for a tenant; fields that no page names are there too.
 */
export interface FibricApi {
  readonly url: string;
  /** Everything asked for, in order. */
  readonly requests: readonly PeerRequest[];
  /** Connectors of a mode, as they are stored. */
  connectors(mode: Mode): readonly PeerConnector[];
  events(mode: Mode): readonly { readonly key: string | null; readonly body: PeerEvent }[];
  /** Somebody else installs one. */
  plant(mode: Mode, connector: { readonly listing: string; readonly name: string }): PeerConnector;
  /** Somebody else removes one. */
  vanish(mode: Mode, id: string): void;
  /** What the next request of this method is answered with instead; `done`: after it was done, so that only the answer is lost. */
  spoil(method: string, how: Spoiled): void;
  /** An operator depends on what only this one fulfils. */
  inUse(id: string, isUsed: boolean): void;
  /** Keys are forgotten, as after their time. */
  forgetKeys(): void;
  revoke(key: string): void;
  close(): Promise<void>;
}

export type Mode = 'live' | 'test';
export type Spoiled =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'cut'; readonly done: boolean };
export interface PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: string;
}
export interface PeerConnector {
  readonly id: string;
  readonly listing: string;
  readonly name: string;
  readonly auth: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}
export interface PeerEvent {
  readonly source: string;
  readonly event_type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `listings`: what the catalogue holds of hardware; `early`: which of it can't be installed by oneself yet. */
export async function startFibricApi(options: {
  readonly keys: readonly string[];
  readonly listings: readonly string[];
  readonly early?: readonly string[];
}): Promise<FibricApi> {
  const revoked = new Set<string>();
  const used = new Set<string>();
  const requests: PeerRequest[] = [];
  const spoils: { readonly method: string; readonly how: Spoiled }[] = [];
  const partitions = {
    live: { connectors: [] as PeerConnector[], events: [] as { key: string | null; body: PeerEvent }[] },
    test: { connectors: [] as PeerConnector[], events: [] as { key: string | null; body: PeerEvent }[] },
  };
  const bound = new Map<string, { readonly body: string; readonly answer: Answer }>();
  let turn = 0;

  const make = (mode: Mode, connector: Omit<PeerConnector, 'id' | 'created_at'>): PeerConnector => {
    const made = { ...connector, id: `cn_${randomBytes(3).toString('hex')}`, created_at: new Date().toISOString() };
    partitions[mode].connectors.unshift(made);
    return made;
  };
  const shown = ({ id, listing, name, auth, created_at }: PeerConnector, full: boolean) => ({
    id,
    object: 'connector',
    listing,
    name,
    kind: 'hardware',
    transport: 'mcp',
    capabilities: [],
    ...(full ? { tools: [], health: {}, version: '1.0.0' } : {}),
    auth: { type: auth['type'], hint: auth['type'] === 'api_key' ? 'ed_****41' : null },
    status: ['connected', 'ready', 'degraded'][turn++ % 3],
    created_at,
    last_synced_at: null,
  });

  const install = (mode: Mode, body: Record<string, unknown>): Answer => {
    const { listing, auth, name = listing, config = {} } = body;
    if (typeof listing !== 'string' || typeof auth !== 'object' || auth === null) return no(400, 'missing_parameter');
    if ('kind' in body) return no(400, 'invalid_parameter');
    if (options.early?.includes(listing) === true) return no(422, 'listing_early_access');
    if (!options.listings.includes(listing)) return no(404, 'not_found');
    if (partitions[mode].connectors.some((one) => one.name === name)) return no(409, 'state_conflict');
    const made = make(mode, {
      listing,
      name: String(name),
      auth: auth as Record<string, string>,
      config: config as Record<string, unknown>,
    });
    return { status: turn % 2 === 0 ? 200 : 201, body: shown(made, false) };
  };
  const list = (mode: Mode, query: URLSearchParams): Answer => {
    const limit = Number(query.get('limit') ?? 20);
    if (!(limit >= 1 && limit <= 100)) return no(400, 'invalid_parameter');
    const from = Number(query.get('cursor')?.slice(4) ?? 0);
    const all = partitions[mode].connectors;
    // The server's own limit on a page is lower than the documented one: nobody may take a page for the whole.
    const page = all.slice(from, from + Math.min(limit, 2));
    const end = from + page.length;
    const data = page.map(({ id, listing, name }) => ({
      id,
      object: 'connector',
      listing,
      name,
      kind: 'hardware',
      capabilities: [],
      status: 'ready',
    }));
    return {
      status: 200,
      body: { object: 'list', data, has_more: end < all.length, next_cursor: end < all.length ? `cur_${end}` : null },
    };
  };
  const ingest = (mode: Mode, key: string | null, body: Record<string, unknown>): Answer => {
    const { source, event_type: type, payload } = body;
    if (typeof source !== 'string' || typeof type !== 'string' || typeof payload !== 'object')
      return no(400, 'missing_parameter');
    partitions[mode].events.push({ key, body: body as unknown as PeerEvent });
    return {
      status: 202,
      body: {
        id: `ev_${randomBytes(8).toString('hex')}`,
        object: 'event',
        tenant_id: turn++ % 2 === 0 ? 't_1' : 'tn_1',
      },
    };
  };
  const route = (mode: Mode, { method, path, key, body }: PeerRequest): Answer => {
    const { pathname, searchParams } = new URL(path, 'http://peer');
    const parsed: Record<string, unknown> = body === '' ? {} : JSON.parse(body);
    if (method === 'POST' && pathname === '/v1/connectors') return install(mode, parsed);
    if (method === 'POST' && pathname === '/v1/events') return ingest(mode, key, parsed);
    if (method === 'GET' && pathname === '/v1/connectors') return list(mode, searchParams);
    const id = /^\/v1\/connectors\/([^/]+)$/.exec(pathname)?.[1] ?? '';
    const found = partitions[mode].connectors.find((one) => one.id === id);
    if (found === undefined) return no(404, 'not_found');
    if (method === 'GET') return { status: 200, body: shown(found, true) };
    if (used.has(id)) return no(409, 'connector_in_use');
    partitions[mode].connectors = partitions[mode].connectors.filter((one) => one !== found);
    return { status: 200, body: { id, object: 'connector', deleted: true } };
  };
  const keyed = (token: string, mode: Mode, asked: PeerRequest): Answer => {
    if (asked.method !== 'POST' || asked.key === null) return route(mode, asked);
    const id = JSON.stringify([token, asked.path, asked.key]);
    const before = bound.get(id);
    if (before !== undefined) {
      return before.body === asked.body ? { ...before.answer, status: 200 } : no(409, 'idempotency_conflict');
    }
    const answer = route(mode, asked);
    if (answer.status < 300) bound.set(id, { body: asked.body, answer });
    return answer;
  };

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    const key = typeof headers['idempotency-key'] === 'string' ? headers['idempotency-key'] : null;
    const asked: PeerRequest = { method, path, key, body };
    requests.push(asked);
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    const mode = /^sk_(live|test)_/.exec(token)?.[1] as Mode | undefined;
    const send = ({ status, body: answer, headers: more = {} }: Answer) =>
      response
        .writeHead(status, {
          'Content-Type': 'application/json',
          'X-Request-Id': 'req_1',
          'X-RateLimit-Limit': '1000',
          'X-RateLimit-Remaining': '900',
          'X-RateLimit-Reset': String(Math.ceil(Date.now() / 1000) + 30),
          ...more,
        })
        .end(JSON.stringify(answer));
    if (mode === undefined || !options.keys.includes(token)) return void send(no(401, 'key_invalid'));
    if (revoked.has(token)) return void send(no(401, 'key_revoked'));
    const spoiled = spoils.findIndex((one) => one.method === method);
    const [how] = spoiled === -1 ? [] : spoils.splice(spoiled, 1).map((one) => one.how);
    if (how?.kind === 'status')
      return void send({ ...no(how.status, how.code ?? `http_${how.status}`), headers: how.headers ?? {} });
    if (how?.kind === 'cut') {
      if (how.done) keyed(token, mode, asked);
      return void response.destroy();
    }
    send(keyed(token, mode, asked));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    requests,
    connectors: (mode) => partitions[mode].connectors,
    events: (mode) => partitions[mode].events,
    plant: (mode, { listing, name }) => make(mode, { listing, name, auth: { type: 'none' }, config: {} }),
    vanish(mode, id) {
      partitions[mode].connectors = partitions[mode].connectors.filter((one) => one.id !== id);
    },
    spoil: (method, how) => void spoils.push({ method, how }),
    inUse: (id, isUsed) => void (isUsed ? used.add(id) : used.delete(id)),
    forgetKeys: () => bound.clear(),
    revoke: (key) => void revoked.add(key),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  409: 'conflict_error',
  422: 'validation_error',
  429: 'rate_limit_error',
};

function no(status: number, code: string): Answer {
  const doc = `https://fibric.io/docs/errors#${code}`;
  return {
    status,
    body: {
      error: {
        type: types[status] ?? 'api_error',
        code,
        message: `It says ${code}.`,
        doc_url: doc,
        request_id: 'req_1',
      },
    },
  };
}
