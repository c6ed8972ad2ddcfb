import { filterFields, parseFields } from './fields.ts';
import { type SimulatedOrder, showOrder } from './orders.ts';

/** What the store's owner has set. */
export interface StoreSettings {
  /** Access tokens of integrations, with the API resources each may use. */
  readonly tokens: Map<string, ReadonlySet<string>>;
  readonly orders: SimulatedOrder[];
  /** `now`: in the request. `later`: by the store's timer. `off`: order e-mails are switched off. */
  mail: 'now' | 'later' | 'off';
}

/** An answer before it is put on the wire. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a new integration may do here. Releases name these rights differently; early ones have one for all, `Magento_Sales::sales`. */
export const allRights: ReadonlySet<string> = new Set([
  'Magento_Sales::actions_view',
  'Magento_Sales::hold',
  'Magento_Sales::emails',
]);

const notThere = "The entity that was requested doesn't exist. Verify the entity and try again.";
const error = (status: number, message: string, parameters?: object): ApiAnswer => ({
  status,
  body: { message, ...(parameters === undefined ? {} : { parameters }) },
});

/** One request of the Sales API, token and rights included (Magento_Webapi: 401 for both). */
export function answerRequest(
  store: StoreSettings,
  { method, url, authorization }: { readonly method: string; readonly url: URL; readonly authorization: string },
): ApiAnswer {
  const found =
    /^\/rest\/(?:[a-z][a-z0-9_]*\/)?V1\/orders(?:\/(\d+))?(?:\/(hold|unhold|emails|statuses|comments))?$/i.exec(
      url.pathname,
    );
  if (found === null) return error(404, 'Request does not match any route.');
  const [, id, action] = found;
  const resource =
    action === 'hold' || action === 'unhold'
      ? 'Magento_Sales::hold'
      : action === 'emails'
        ? 'Magento_Sales::emails'
        : 'Magento_Sales::actions_view';
  const token = /^Bearer (.+)$/.exec(authorization)?.[1];
  if (token === undefined || store.tokens.get(token)?.has(resource) !== true) {
    return error(401, "The consumer isn't authorized to access %resources.", { resources: resource });
  }
  if (id === undefined) return method === 'GET' ? search(store, url) : error(404, 'Request does not match any route.');
  const order = store.orders.find((candidate) => candidate.entity_id === Number(id));
  if (order === undefined) return error(404, notThere);
  switch (`${method} ${action ?? ''}`) {
    case 'GET ':
      return filtered(url, showOrder(order));
    case 'GET statuses':
      return { status: 200, body: order.status };
    case 'GET comments':
      return { status: 200, body: { items: [], total_count: 0 } };
    case 'POST hold':
      return hold(order);
    case 'POST unhold':
      return unhold(order);
    case 'POST emails':
      return sendMail(store, order);
    default:
      return error(404, 'Request does not match any route.');
  }
}

/** `Model/Order.php`: `canHold`, `hold`. */
function hold(order: SimulatedOrder): ApiAnswer {
  if (['canceled', 'payment_review', 'complete', 'closed', 'holded'].includes(order.state)) {
    return error(400, 'A hold action is not available.');
  }
  order.state = 'holded';
  order.status = 'holded';
  return { status: 200, body: true };
}

function unhold(order: SimulatedOrder): ApiAnswer {
  if (order.state !== 'holded') return error(400, 'You cannot remove the hold.');
  order.state = 'processing';
  order.status = 'processing';
  return { status: 200, body: true };
}

/** `Model/Order/Email/Sender/OrderSender.php` and `Model/AbstractNotifier.php`. */
function sendMail({ mail }: StoreSettings, order: SimulatedOrder): ApiAnswer {
  if (mail === 'now') {
    order.email_sent = 1;
    order.mails += 1;
    return { status: 200, body: true };
  }
  if (mail === 'later') order.email_sent = null;
  return { status: 200, body: false };
}

/** The store's timer: what was put off is sent. */
export function sendWaitingMail(store: StoreSettings): void {
  for (const order of store.orders) {
    if (order.email_sent !== null) continue;
    order.email_sent = 1;
    order.mails += 1;
  }
}

function search({ orders }: StoreSettings, url: URL): ApiAnswer {
  const parameter = (name: string) => url.searchParams.get(`searchCriteria[${name}`);
  const field = parameter('filter_groups][0][filters][0][field]');
  const value = parameter('filter_groups][0][filters][0][value]');
  if (field !== null && field !== 'increment_id') return error(400, 'Invalid attribute name: %1', [field]);
  let found = orders.filter((order) => field === null || order.increment_id === value);
  if (parameter('sortOrders][0][direction]') === 'DESC') found = found.toSorted((a, b) => b.entity_id - a.entity_id);
  const total_count = found.length;
  const size = parameter('pageSize]');
  if (size !== null) found = found.slice(0, Number(size));
  return filtered(url, { items: found.map(showOrder), search_criteria: {}, total_count });
}

function filtered(url: URL, body: unknown): ApiAnswer {
  const text = url.searchParams.get('fields');
  const fields = text === null ? new Map() : parseFields(text);
  // What can't be parsed is answered empty: Magento_Webapi's field filter gives nothing for it.
  return { status: 200, body: fields === null ? {} : filterFields(body, fields) };
}
