import { z } from 'zod';
import { AgentError, decodeHttpRequest, defineSource, type Source } from '../kit/index.ts';
import { askOrders, openStore, readOnlyTarget } from './api.ts';
import { holdTool } from './hold-tool.ts';
import { notifyTool } from './notify-tool.ts';
import { readTool } from './read-tool.ts';

/** Adobe Commerce and Magento Open Source, through the REST API that every store has. */
export const saasMagento: Source = defineSource({
  id: 'cn-magento',
  version: '1.0.0',
  title: 'Adobe Commerce (Magento 2)',
  summary:
    'Orders of an Adobe Commerce or Magento Open Source store: read them, put them on hold, send the order e-mail.',
  category: 'commerce',
  models: ['Adobe Commerce 2.4', 'Magento Open Source 2.4'],
  manuals: [
    'Adobe Commerce Web API: REST reference (developer.adobe.com/commerce/webapi/rest)',
    'Magento 2 source: Magento_Sales/etc/webapi.xml, Model/Order.php, Model/Order/Email/Sender/OrderSender.php',
  ],
  auth: { type: 'api_key', scheme: 'bearer' },
  price: null,
  options: z.strictObject({
    base_url: z.string().describe('Address of the store, https, without /rest: https://store.example.com'),
    store_code: z
      .string()
      .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, 'a store view code such as default or all')
      .optional()
      .describe('Store view whose API is asked; default: that of the address itself'),
    reply_timeout_ms: z.int().min(1_000).max(60_000).default(15_000).describe('How long the store may take to answer'),
  }),
  capabilities: ['order.hold', 'order.notify', 'order.read'],
  isHarmless(bytes) {
    const request = decodeHttpRequest(bytes);
    return request !== null && request.method === 'GET' && request.body === null && readOnlyTarget.test(request.target);
  },
  tools(context) {
    const store = openStore(context.options);
    return [readTool(store), holdTool(store), notifyTool(store)];
  },
  async healthCheck(link, context) {
    const store = openStore(context.options);
    try {
      await askOrders(link, store, store.latest('entity_id'), 'ask for one order number');
    } catch (error) {
      // A device that refuses has answered; a store that refuses this question serves nothing.
      if (!AgentError.is(error, 'device_refused')) throw error;
      const { message, hint, details } = error;
      throw new AgentError('bad_reply', message, { ...(hint === undefined ? {} : { hint }), details, cause: error });
    }
  },
});
