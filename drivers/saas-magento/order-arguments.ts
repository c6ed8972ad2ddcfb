import { z } from 'zod';
import { AgentError, type Link } from '../kit/index.ts';
import { askOrder, type Store } from './api.ts';
import type { MagentoOrder } from './order.ts';

/** An order number as customers see it; stores may prefix it. */
export const incrementId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,49}$/, 'an order number such as 000000123')
  .describe('The order number that customers see: 000000123');

/** The store's internal id of an order. */
export const entityId = z.int().min(1).max(4_294_967_295).describe("The store's internal id, as order.read gives it");

/** Which order a side effect is for. The plan needs the internal id, since it may ask nothing. */
export const orderInput = z.strictObject({
  entity_id: entityId,
  increment_id: incrementId.optional().describe('The order number it must have: nothing is done to another one'),
});

/** What a side effect's plan remembers. */
export const orderData = z.strictObject({ entity_id: z.int(), increment_id: z.string().nullable() });

/** `order 000000123 (id 7)` */
export function nameOrder({ entity_id: id, increment_id: number }: z.output<typeof orderData>): string {
  return number === null ? `the order with id ${id}` : `order ${number} (id ${id})`;
}

/** The order a plan is for. Rejects with `device_refused` when the store has none, or it has another number. */
export async function requireOrder(link: Link, store: Store, data: z.output<typeof orderData>): Promise<MagentoOrder> {
  const order = await askOrder(link, store, data.entity_id);
  if (order === null) {
    throw new AgentError('device_refused', `The store has no order with id ${data.entity_id}.`, {
      hint: 'Read the order first; its entity_id is what is wanted, not its number.',
      details: { expected: nameOrder(data), seen: 'none' },
    });
  }
  if (order.entity_id !== data.entity_id || (data.increment_id !== null && order.increment_id !== data.increment_id)) {
    throw new AgentError(
      'device_refused',
      `The order with id ${data.entity_id} has the number ${order.increment_id}.`,
      {
        hint: 'Read the order again and take both from there.',
        details: { expected: data.increment_id, seen: order.increment_id },
      },
    );
  }
  return order;
}

/** The order after something was sent. Whatever fails now says nothing about that, so it is never `device_refused`. */
export async function readBack(link: Link, store: Store, data: z.output<typeof orderData>): Promise<MagentoOrder> {
  try {
    return await requireOrder(link, store, data);
  } catch (error) {
    if (!AgentError.is(error, 'device_refused')) throw error;
    throw new AgentError('bad_reply', `After it was asked to, the store would not show the order: ${error.message}`, {
      hint: 'Look at the order in the store.',
      details: error.details,
      cause: error,
    });
  }
}
