import { z } from 'zod';
import {
  AgentError,
  defineSideEffectTool,
  encodeHttpRequest,
  httpExchange,
  type SideEffectTool,
} from '../kit/index.ts';
import { readReply } from './answer.ts';
import { failureError, type Store } from './api.ts';
import { HOLDED, isHoldable } from './order.ts';
import { nameOrder, orderData, orderInput, readBack, requireOrder } from './order-arguments.ts';
import { refusedByStore } from './refused.ts';

/**
 * `order.hold`: `POST orders/{id}/hold`. The state says whether it can be done and whether it was. An order that somebody
 * else has put on hold meanwhile counts as done: it is as it was to be.
 */
export function holdTool(store: Store): SideEffectTool {
  return defineSideEffectTool({
    capability: 'order.hold',
    title: 'Put an order on hold',
    description:
      'Puts one order on hold, so that the store neither invoices nor ships it until the hold is taken off. ' +
      'Only open orders can be held: not ones that are complete, closed, canceled, in payment review, or on hold already.',
    input: orderInput,
    output: z.strictObject({
      entity_id: z.int(),
      increment_id: z.string(),
      state: z.string().describe('The state afterwards: holded'),
      state_before: z.string(),
    }),
    data: orderData,
    witness: z.strictObject({ state: z.string() }),
    testArguments: null,
    bestEvidence: 'read_back',
    destructive: false,
    idempotent: true,
    plan({ entity_id, increment_id = null }) {
      const data = { entity_id, increment_id };
      const summary = `Put ${nameOrder(data)} on hold`;
      const question = `Is ${nameOrder(data)} on hold?`;
      return { summary, question, frames: [{ bytes: encodeHttpRequest(store.hold(entity_id)), label: summary }], data };
    },
    async check(link, data) {
      const { state } = await requireOrder(link, store, data);
      if (isHoldable(state)) return { state };
      throw new AgentError(
        'device_refused',
        state === HOLDED
          ? `${capitalise(nameOrder(data))} is on hold already.`
          : `${capitalise(nameOrder(data))} can't be put on hold in the state ${state}.`,
        { hint: 'Nothing was sent.', details: { expected: 'an open order', seen: state } },
      );
    },
    async act(link, data, _plan, { state: before }) {
      const reply = await link.exchange(
        httpExchange({
          request: store.hold(data.entity_id),
          label: `put order ${data.entity_id} on hold`,
          replyTimeoutMs: store.replyTimeoutMs,
          read: (response) => readReply(response, z.boolean()),
        }),
      );
      if (reply.kind === 'failed') {
        const refused = refusedByStore(reply.failure, 'hold it');
        if (refused !== null) return { outcome: 'failed', error: refused };
        throw failureError(reply.failure, 'hold the order');
      }
      const after = await readBack(link, store, data);
      const { entity_id, increment_id, state } = after;
      if (state === HOLDED) {
        return {
          outcome: 'applied',
          evidence: 'read_back',
          result: { entity_id, increment_id, state, state_before: before },
        };
      }
      throw new AgentError('bad_reply', `The store answered ${reply.value}, but the order reads ${state}.`, {
        hint: 'Look at the order in the store.',
        details: { expected: HOLDED, seen: state },
      });
    },
    async resolve(link, data) {
      const { state } = await requireOrder(link, store, data);
      if (state === HOLDED) return { happened: true, evidence: 'read_back' };
      if (isHoldable(state)) return { happened: false, evidence: 'read_back' };
      return { happened: 'unknown', reason: `the order went on to the state ${state}` };
    },
  });
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
