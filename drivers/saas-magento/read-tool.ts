import { z } from 'zod';
import { AgentError, defineReadTool, type Link, type ReadTool } from '../kit/index.ts';
import { askOrder, askOrders, type Store } from './api.ts';
import { type MagentoOrder, orderOutput, orderSchema, showOrder } from './order.ts';
import { entityId, incrementId } from './order-arguments.ts';

/** `order.read`: by number, by internal id, or the last one. */
export function readTool(store: Store): ReadTool {
  return defineReadTool({
    capability: 'order.read',
    title: 'Read an order',
    description:
      'Reads one order of the store: by increment_id (the number that customers see), by entity_id (the internal id), or, ' +
      'with neither, the order that was made last. Amounts are decimal text in the currency of the order. Changes nothing.',
    input: z.strictObject({ increment_id: incrementId.optional(), entity_id: entityId.optional() }),
    output: z.strictObject({
      found: z.boolean().describe('False when the store has no such order'),
      order: orderOutput.nullable(),
    }),
    testArguments: {},
    async read(link, { increment_id: number, entity_id: id }) {
      const order = await find(link, store, number, id);
      if (order === null || (number !== undefined && order.increment_id !== number))
        return { found: false, order: null };
      return { found: true, order: showOrder(order) };
    },
  });
}

async function find(link: Link, store: Store, number?: string, id?: number): Promise<MagentoOrder | null> {
  if (id !== undefined) return askOrder(link, store, id);
  const request = number === undefined ? store.latest() : store.byNumber(number);
  const found = await askOrders(
    link,
    store,
    request,
    number === undefined ? 'read the last order' : `read order ${number}`,
  );
  const orders = found.map((order) => readOrder(order));
  const [first, second] = orders;
  if (first !== undefined && second !== undefined) {
    throw new AgentError('invalid_arguments', `Several orders have the number ${number}.`, {
      hint: `Read one by its entity_id: ${orders.map((order) => order.entity_id).join(', ')}.`,
    });
  }
  return first ?? null;
}

function readOrder(order: unknown): MagentoOrder {
  const parsed = orderSchema.safeParse(order);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const expected = `items.${issue?.path.join('.')}: ${issue?.message}`;
  throw new AgentError('bad_reply', `The store answered an order we can't read; expected ${expected}.`, {
    hint: 'An extension of the store may change what its API answers.',
    details: { expected, seen: 'JSON of another shape' },
  });
}
