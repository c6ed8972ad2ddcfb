import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import { toDecimalText } from './exact-json.ts';

/** What of an order is asked for, in Magento's field filter: what `order.read` gives, and nothing of its addresses and payment. */
export const orderFields =
  'entity_id,increment_id,state,status,created_at,updated_at,email_sent,order_currency_code,subtotal,discount_amount,' +
  'shipping_amount,tax_amount,grand_total,total_paid,total_due,total_refunded,customer_firstname,customer_lastname,customer_email,' +
  'items[sku,name,qty_ordered,price,row_total]';

/** Magento's states; an extension may add others. From `Model/Order.php`, `canHold`: these can't be put on hold. */
const notHoldable: ReadonlySet<string> = new Set(['canceled', 'payment_review', 'complete', 'closed', 'holded']);

/** The state of an order that is on hold; spelled so. */
export const HOLDED = 'holded';

/** Whether a store would take a hold in this state, as far as the state says. */
export function isHoldable(state: string): boolean {
  return !notHoldable.has(state);
}

/** Numbers come as text (`parseExactJson`), some of them quoted by the store itself. */
const whole = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);
const amount = z.string().transform((text, context) => {
  const plain = toDecimalText(text);
  if (plain !== null) return plain;
  context.addIssue({ code: 'custom', message: 'a decimal number' });
  return z.NEVER;
});
const words = z.string().max(1_000);
/** `2026-07-02 14:59:40`, UTC. */
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'a time')
  .transform((text) => `${text.replace(' ', 'T')}Z`);

/** An order as the store answers it. Fields without a value are absent. */
export const orderSchema = z.object({
  entity_id: whole,
  increment_id: words,
  state: words,
  status: words.nullish(),
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
  email_sent: z.union([whole, z.boolean().transform(Number)]).nullish(),
  order_currency_code: words.nullish(),
  subtotal: amount.nullish(),
  discount_amount: amount.nullish(),
  shipping_amount: amount.nullish(),
  tax_amount: amount.nullish(),
  grand_total: amount.nullish(),
  total_paid: amount.nullish(),
  total_due: amount.nullish(),
  total_refunded: amount.nullish(),
  customer_firstname: words.nullish(),
  customer_lastname: words.nullish(),
  customer_email: words.nullish(),
  items: z
    .array(
      z.object({
        sku: words,
        name: words.nullish(),
        qty_ordered: amount.nullish(),
        price: amount.nullish(),
        row_total: amount.nullish(),
      }),
    )
    .nullish(),
});
/** An order as the store answers it. */
export type MagentoOrder = z.output<typeof orderSchema>;

/** The answer to a search; what is in `items` is read by {@link orderSchema} where whole orders were asked for. */
export const ordersSchema = z.object({ items: z.array(z.record(z.string(), z.json())).nullish() });

const money = z.string().nullable().describe('Decimal text in the currency of the order');

/** An order as `order.read` gives it. */
export const orderOutput = z.strictObject({
  entity_id: z.int().describe("The store's internal id: what order.hold and order.notify take"),
  increment_id: z.string().describe('The order number that customers see'),
  state: z.string().describe('new, pending_payment, processing, complete, closed, canceled, holded, payment_review'),
  status: z.string().nullable().describe("The store's own name for the step it is in"),
  on_hold: z.boolean(),
  holdable: z.boolean().describe('Whether the state allows order.hold'),
  email_sent: z.boolean().describe('Whether the store has sent the order e-mail'),
  currency: z.string().nullable().describe('ISO 4217'),
  subtotal: money,
  discount: money,
  shipping: money,
  tax: money,
  grand_total: money,
  total_paid: money,
  total_due: money,
  total_refunded: money,
  customer: z.strictObject({ name: z.string().nullable(), email: z.string().nullable() }),
  items: z.array(
    z.strictObject({
      sku: z.string(),
      name: z.string().nullable(),
      quantity: z.string().nullable().describe('Decimal text'),
      price: money,
      row_total: money,
    }),
  ),
  created_at: z.string().nullable().describe('RFC 3339 UTC'),
  updated_at: z.string().nullable().describe('RFC 3339 UTC'),
});

/** The order in the words of `order.read`. */
export function showOrder(order: MagentoOrder): z.output<typeof orderOutput> & JsonObject {
  const name = [order.customer_firstname, order.customer_lastname]
    .filter((part) => part != null && part !== '')
    .join(' ');
  return {
    entity_id: order.entity_id,
    increment_id: order.increment_id,
    state: order.state,
    status: order.status ?? null,
    on_hold: order.state === HOLDED,
    holdable: isHoldable(order.state),
    email_sent: order.email_sent === 1,
    currency: order.order_currency_code ?? null,
    subtotal: order.subtotal ?? null,
    discount: order.discount_amount ?? null,
    shipping: order.shipping_amount ?? null,
    tax: order.tax_amount ?? null,
    grand_total: order.grand_total ?? null,
    total_paid: order.total_paid ?? null,
    total_due: order.total_due ?? null,
    total_refunded: order.total_refunded ?? null,
    customer: { name: name === '' ? null : name, email: order.customer_email ?? null },
    items: (order.items ?? []).map((item) => ({
      sku: item.sku,
      name: item.name ?? null,
      quantity: item.qty_ordered ?? null,
      price: item.price ?? null,
      row_total: item.row_total ?? null,
    })),
    created_at: order.created_at ?? null,
    updated_at: order.updated_at ?? null,
  };
}
