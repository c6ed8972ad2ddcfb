/** An order as a store keeps it: what the REST API shows of it, numbers as they stand in its JSON. */
export interface SimulatedOrder {
  readonly entity_id: number;
  readonly increment_id: string;
  state: string;
  status: string;
  email_sent: 0 | 1 | null;
  /** E-mails that went to the customer. */
  mails: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Two open orders and one that is complete, with amounts as PHP writes them. */
export function sampleOrders(): SimulatedOrder[] {
  return [
    order(1, '000000001', 'complete', 'complete', { grand_total: 36.39, total_paid: 36.39, total_due: 0 }),
    order(2, '000000002', 'processing', 'processing', { grand_total: 29, total_paid: 29, total_due: 0 }),
    order(7, '000000123', 'new', 'pending', { grand_total: 120.1, total_due: 120.1 }),
  ];
}

function order(
  entityId: number,
  incrementId: string,
  state: string,
  status: string,
  amounts: Readonly<Record<string, number>>,
): SimulatedOrder {
  return {
    entity_id: entityId,
    increment_id: incrementId,
    state,
    status,
    email_sent: 1,
    mails: 1,
    fields: {
      created_at: '2026-07-02 14:59:40',
      updated_at: '2026-07-02 15:03:11',
      order_currency_code: 'USD',
      subtotal: amounts['grand_total'],
      discount_amount: 0,
      shipping_amount: 5.5,
      tax_amount: 2.09,
      ...amounts,
      customer_firstname: 'Veronica',
      customer_lastname: 'Costello',
      customer_email: 'roni_cost@example.com',
      billing_address: { city: 'Calder', telephone: '(555) 229-3326' },
      items: [{ sku: 'WS12-M-Orange', name: 'Radiant Tee', qty_ordered: 1, price: 22, row_total: 22, weight: 1 }],
    },
  };
}

/** The order as the API answers it; fields without a value are absent. */
export function showOrder(order: SimulatedOrder): Record<string, unknown> {
  const { entity_id, increment_id, state, status, email_sent, fields } = order;
  return { ...fields, entity_id, increment_id, state, status, ...(email_sent === null ? {} : { email_sent }) };
}
