import { z } from 'zod';
import { AgentError, type HttpRequest, httpExchange, type JsonObject, type Link } from '../kit/index.ts';
import { describeFailure, type MagentoFailure, type MagentoReply, readReply } from './answer.ts';
import { type MagentoOrder, orderFields, orderSchema, ordersSchema } from './order.ts';

/** A store as its configuration describes it: which requests it is asked. Sends nothing itself. */
export interface Store {
  readonly replyTimeoutMs: number;
  /** `fields`: what of the order is wanted, in Magento's own notation. */
  byId(entityId: number, fields?: string): HttpRequest;
  byNumber(incrementId: string): HttpRequest;
  /** The one that was made last. */
  latest(fields?: string): HttpRequest;
  hold(entityId: number): HttpRequest;
  email(entityId: number): HttpRequest;
}

const optionsSchema = z.object({
  store_code: z.string().optional(),
  reply_timeout_ms: z.int().default(15_000),
});

/** GETs below `orders` and no other: what `isHarmless` lets through. */
export const readOnlyTarget = /^\/rest\/(?:[a-zA-Z][a-zA-Z0-9_]{0,63}\/)?V1\/orders(?:\/\d{1,10})?(?:\?[!-"$-~]*)?$/;

/** Reads a connector's options (checked already). */
export function openStore(options: JsonObject): Store {
  const { store_code: code, reply_timeout_ms: replyTimeoutMs } = optionsSchema.parse(options);
  const root = code === undefined ? '/rest/V1/orders' : `/rest/${code}/V1/orders`;
  const get = (target: string): HttpRequest => ({ method: 'GET', target: `${root}${target}`, body: null });
  const post = (target: string): HttpRequest => ({ method: 'POST', target: `${root}${target}`, body: null });
  const search = (criteria: readonly (readonly [string, string])[], fields: string) => {
    const pairs = criteria.map(([name, value]) => `searchCriteria[${name}=${encodeURIComponent(value)}`);
    return get(`?${pairs.join('&')}&fields=items[${fields}],total_count`);
  };
  return {
    replyTimeoutMs,
    byId: (entityId, fields = orderFields) => get(`/${entityId}?fields=${fields}`),
    byNumber: (incrementId) =>
      search(
        [
          ['filter_groups][0][filters][0][field]', 'increment_id'],
          ['filter_groups][0][filters][0][value]', incrementId],
          ['filter_groups][0][filters][0][condition_type]', 'eq'],
          ['pageSize]', '2'],
        ],
        orderFields,
      ),
    latest: (fields = orderFields) =>
      search(
        [
          ['sortOrders][0][field]', 'entity_id'],
          ['sortOrders][0][direction]', 'DESC'],
          ['pageSize]', '1'],
        ],
        fields,
      ),
    hold: (entityId) => post(`/${entityId}/hold`),
    email: (entityId) => post(`/${entityId}/emails`),
  };
}

/** One exchange; gives the store's failures as values. Rejects only as {@link Link.exchange} does. */
export function exchange<Schema extends z.ZodType>(
  link: Link,
  store: Store,
  request: HttpRequest,
  label: string,
  schema: Schema,
): Promise<MagentoReply<z.output<Schema>>> {
  return link.exchange(
    httpExchange({
      request,
      label,
      replyTimeoutMs: store.replyTimeoutMs,
      read: (response) => readReply(response, schema),
    }),
  );
}

/** The order with this entity id; null when the store has none. Rejects with what {@link failureError} makes. */
export async function askOrder(link: Link, store: Store, entityId: number): Promise<MagentoOrder | null> {
  const reply = await exchange(link, store, store.byId(entityId), `read order ${entityId}`, orderSchema);
  if (reply.kind === 'ok') return reply.value;
  if (saysNoSuchEntity(reply.failure)) return null;
  throw failureError(reply.failure, `read order ${entityId}`);
}

/** The orders a search gives. Rejects with what {@link failureError} makes. */
export async function askOrders(
  link: Link,
  store: Store,
  request: HttpRequest,
  label: string,
): Promise<readonly JsonObject[]> {
  const reply = await exchange(link, store, request, label, ordersSchema);
  if (reply.kind === 'ok') return reply.value.items ?? [];
  throw failureError(reply.failure, label);
}

/** The API itself says so, in its own words; a 404 of anything else says that there is no such API at this address. */
function saysNoSuchEntity({ status, message }: MagentoFailure): boolean {
  return status === 404 && message !== null && !noRoute.test(message);
}

const noRoute = /does not match any route/i;

/**
 * Why a question was not answered: `auth_failed`, `source_busy`, `source_unreachable`, `device_refused` (the API's own
 * words), `bad_reply` (not the API: another server, another path).
 */
export function failureError(failure: MagentoFailure, what: string): AgentError {
  const said = describeFailure(failure);
  const seen = { expected: 'HTTP 200', seen: said };
  const { status, retryAfterMs } = failure;
  if (status === 401 || status === 403) {
    return new AgentError('auth_failed', `The store rejects the credentials (to ${what}): ${said}.`, {
      hint:
        'Check that the integration is active, that its access token is the one given, that it may use Sales > Operations > Orders, ' +
        'and, from 2.4.4 on, that access tokens are allowed as bearer tokens (Stores > Configuration > Services > OAuth).',
      details: seen,
    });
  }
  if (status === 429 || status === 503) {
    return new AgentError('source_busy', `The store does not serve now (to ${what}): ${said}.`, {
      hint: status === 429 ? 'Ask less often.' : 'It may be in maintenance; it is asked again by itself.',
      details: { ...seen, ...(retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs }) },
    });
  }
  if (status >= 500) {
    return new AgentError('source_unreachable', `The store failed (to ${what}): ${said}.`, {
      hint: 'Look at the store and what stands in front of it.',
      details: seen,
    });
  }
  if (failure.message === null || noRoute.test(failure.message)) {
    return new AgentError('bad_reply', `There is no REST API at this address (to ${what}): ${said}.`, {
      hint: 'Check base_url and store_code.',
      details: seen,
    });
  }
  return new AgentError('device_refused', `The store refused (to ${what}): ${said}.`, {
    hint: 'See what it says.',
    details: seen,
  });
}
