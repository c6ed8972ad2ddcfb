import { z } from 'zod';
import {
  AgentError,
  defineSideEffectTool,
  encodeHttpRequest,
  httpExchange,
  type Link,
  type SideEffectTool,
} from '../kit/index.ts';
import { readReply } from './answer.ts';
import { failureError, type Store } from './api.ts';
import { nameOrder, orderData, orderInput, readBack, requireOrder } from './order-arguments.ts';
import { refusedByStore } from './refused.ts';

/**
 * `order.notify`: `POST orders/{id}/emails`. The store answers `true` when it has handed the mail over. It answers `false`
 * when it has not: its mail failed, is switched off, or is sent later by its own timer; which one it was can't be told, so
 * that is not taken for a failure. `email_sent` proves it only where it was not set before.
 */
export function notifyTool(store: Store): SideEffectTool {
  return defineSideEffectTool({
    capability: 'order.notify',
    title: 'Send the order e-mail',
    description:
      "Has the store send its order e-mail to the order's customer, again if it was sent before: each call is one more " +
      'message to a person. Text and recipient are the store’s.',
    input: orderInput,
    output: z.strictObject({
      entity_id: z.int(),
      increment_id: z.string(),
      sent_before: z.boolean().describe('Whether the store had sent this e-mail already'),
    }),
    data: orderData,
    witness: z.strictObject({ email_sent: z.boolean(), increment_id: z.string() }),
    testArguments: null,
    bestEvidence: 'read_back',
    destructive: false,
    idempotent: false,
    plan({ entity_id, increment_id = null }) {
      const data = { entity_id, increment_id };
      const summary = `Send the e-mail of ${nameOrder(data)} to its customer`;
      const question = `Did the customer get the e-mail of ${nameOrder(data)}?`;
      return {
        summary,
        question,
        frames: [{ bytes: encodeHttpRequest(store.email(entity_id)), label: summary }],
        data,
      };
    },
    async check(link, data) {
      const { email_sent, increment_id, customer_email: recipient } = await requireOrder(link, store, data);
      if (recipient == null || recipient === '') {
        throw new AgentError('device_refused', `The store knows no e-mail address for ${nameOrder(data)}.`, {
          hint: 'Nothing was sent.',
          details: { expected: 'an e-mail address', seen: 'none' },
        });
      }
      return { email_sent: email_sent === 1, increment_id };
    },
    async act(link, data, _plan, { email_sent: before, increment_id }) {
      const reply = await link.exchange(
        httpExchange({
          request: store.email(data.entity_id),
          label: `send the e-mail of order ${data.entity_id}`,
          replyTimeoutMs: store.replyTimeoutMs,
          read: (response) => readReply(response, z.boolean()),
        }),
      );
      if (reply.kind === 'failed') {
        const refused = refusedByStore(reply.failure, 'send the e-mail');
        if (refused !== null) return { outcome: 'failed', error: refused };
        throw failureError(reply.failure, 'send the e-mail');
      }
      if (!reply.value) throw notSentNow();
      const proven = !before && (await readsSent(link, store, data));
      return {
        outcome: 'applied',
        evidence: proven ? 'read_back' : 'device_ack',
        result: { entity_id: data.entity_id, increment_id, sent_before: before },
      };
    },
    async resolve(link, data, _plan, { email_sent: before }) {
      const { email_sent } = await requireOrder(link, store, data);
      if (before)
        return { happened: 'unknown', reason: 'the store had sent this e-mail before, and does not count them' };
      if (email_sent === 1) return { happened: true, evidence: 'read_back' };
      return { happened: 'unknown', reason: 'the store has not sent it yet, but may have it in its queue' };
    },
  });
}

/** A read-back that fails takes nothing from the answer that the store gave. */
async function readsSent(link: Link, store: Store, data: z.output<typeof orderData>): Promise<boolean> {
  try {
    return (await readBack(link, store, data)).email_sent === 1;
  } catch {
    return false;
  }
}

function notSentNow(): AgentError {
  return new AgentError('bad_reply', 'The store answered false: it has not sent the e-mail now.', {
    hint:
      'It may send it later (Stores > Configuration > Sales > Sales Emails: asynchronous sending), or its order e-mails are switched ' +
      'off or fail. Look at the order in the store.',
    details: { expected: 'true', seen: 'false' },
  });
}
