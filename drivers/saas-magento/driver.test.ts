import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  encodeHttpRequest,
  type HttpMethod,
  type JsonObject,
  type ReadTool,
  type SideEffectTool,
} from '../kit/index.ts';
import { createHttpLink } from '../kit/simulator/http-link.ts';
import { readReply } from './answer.ts';
import { saasMagento } from './index.ts';
import { orderSchema } from './order.ts';
import { allRights } from './simulator/rest-api.ts';
import { type MagentoSimulator, type StoreFault, startMagentoSimulator } from './simulator.ts';

const TOKEN = 'mg_live_9f4c2e8b1a41';
const LOOKER = 'may_only_look_0001';
const context = { options: { base_url: 'https://store.example.com' } };
let store: MagentoSimulator;

beforeEach(async () => {
  store = await startMagentoSimulator({
    tokens: new Map([
      [TOKEN, allRights],
      [LOOKER, new Set(['Magento_Sales::actions_view'])],
    ]),
  });
});
afterEach(() => store.close());

const link = (token = TOKEN) => createHttpLink(saasMagento, store.url, `Bearer ${token}`);
const read = (args: JsonObject, token = TOKEN) => readTool().read(link(token), args);

function readTool(): ReadTool {
  const [tool] = saasMagento.tools(context);
  if (tool === undefined || tool.sideEffect) throw new Error('order.read was expected first');
  return tool;
}

function effect(capability: string): SideEffectTool {
  const tool = saasMagento.tools(context).find((one) => one.capability === capability);
  if (tool?.sideEffect !== true) throw new Error(`no ${capability}`);
  return tool;
}

/** Plan, check, act, as the core does. */
async function perform(capability: string, args: JsonObject, token = TOKEN) {
  const tool = effect(capability);
  const plan = tool.plan(args);
  const witness = await tool.check(link(token), plan);
  const act = () => tool.act(createHttpLink(saasMagento, store.url, `Bearer ${token}`, plan), plan, witness);
  return { act, resolve: () => tool.resolve(link(token), plan, witness) };
}

describe('order.read', () => {
  test('by number gives the order, amounts as text', async () => {
    expect(await read({ increment_id: '000000123' })).toEqual({
      found: true,
      order: {
        entity_id: 7,
        increment_id: '000000123',
        state: 'new',
        status: 'pending',
        on_hold: false,
        holdable: true,
        email_sent: true,
        currency: 'USD',
        subtotal: '120.1',
        discount: '0',
        shipping: '5.5',
        tax: '2.09',
        grand_total: '120.1',
        total_paid: null,
        total_due: '120.1',
        total_refunded: null,
        customer: { name: 'Veronica Costello', email: 'roni_cost@example.com' },
        items: [{ sku: 'WS12-M-Orange', name: 'Radiant Tee', quantity: '1', price: '22', row_total: '22' }],
        created_at: '2026-07-02T14:59:40Z',
        updated_at: '2026-07-02T15:03:11Z',
      },
    });
  });

  test('keeps what its output schema promises, by number, by id and with neither', async () => {
    for (const args of [{ increment_id: '000000002' }, { entity_id: 2 }, {}]) {
      expect(readTool().output.parse(await read(args))).toMatchObject({ found: true });
    }
    expect(await read({})).toMatchObject({ order: { entity_id: 7 } });
  });

  test('says when there is none', async () => {
    expect(await read({ increment_id: '999' })).toEqual({ found: false, order: null });
    expect(await read({ entity_id: 999 })).toEqual({ found: false, order: null });
    expect(await read({ entity_id: 7, increment_id: '000000002' })).toEqual({ found: false, order: null });
    store.orders.length = 0;
    expect(await read({})).toEqual({ found: false, order: null });
  });

  test('does not choose between two with one number', async () => {
    const twin = store.orders.at(-1);
    if (twin !== undefined) store.orders.push({ ...twin, entity_id: 8 });
    await expect(read({ increment_id: '000000123' })).rejects.toMatchObject({
      code: 'invalid_arguments',
      hint: expect.stringContaining('7, 8'),
    });
  });

  test('asks for nothing of addresses and payment', async () => {
    await read({ entity_id: 7 });
    expect(decodeURIComponent(store.seen[0]?.target ?? '')).not.toMatch(/address|payment/);
  });

  test.each<[StoreFault, string]>([
    [{ kind: 'rate_limited', retryAfterS: 7 }, 'source_busy'],
    [{ kind: 'maintenance' }, 'source_busy'],
    [{ kind: 'failure', work: false }, 'source_unreachable'],
    [{ kind: 'garbage' }, 'bad_reply'],
    [{ kind: 'other_shape' }, 'bad_reply'],
    [{ kind: 'half', work: false }, 'source_unreachable'],
    [{ kind: 'reset', work: false }, 'source_unreachable'],
  ])('during %j is %s', async (fault, code) => {
    store.fail(fault);
    await expect(read({ increment_id: '000000123' })).rejects.toMatchObject({ code });
    await expect(read({ entity_id: 7 })).rejects.toMatchObject({ code });
  });

  test('hands on how long the store wants to be left alone', async () => {
    store.fail({ kind: 'rate_limited', retryAfterS: 7 });
    await expect(read({})).rejects.toMatchObject({ details: { retry_after_ms: 7_000 } });
  });

  test('with a rejected token is auth_failed, in the words of the store', async () => {
    await expect(read({}, 'wrong')).rejects.toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining("The consumer isn't authorized to access Magento_Sales::actions_view"),
    });
    await expect(saasMagento.healthCheck(link('wrong'), context)).rejects.toMatchObject({ code: 'auth_failed' });
    await expect(saasMagento.healthCheck(link(), context)).resolves.toBeUndefined();
  });

  test.each<[string, StoreFault]>([
    ['is a page', { kind: 'not_found', body: null }],
    ['says that there is no such route', { kind: 'not_found', body: { message: 'Request does not match any route.' } }],
  ])('from an address whose 404 %s does not say that there is no order', async (_, fault) => {
    store.fail(fault);
    for (const args of [{ entity_id: 7 }, { increment_id: '000000123' }]) {
      await expect(read(args)).rejects.toMatchObject({ code: 'bad_reply', hint: expect.stringContaining('base_url') });
    }
    await expect(saasMagento.healthCheck(link(), context)).rejects.toMatchObject({ code: 'bad_reply' });
  });

  test('that the store refuses in its own words is no good health', async () => {
    store.fail({ kind: 'echo' });
    await expect(read({})).rejects.toMatchObject({ code: 'device_refused' });
    await expect(saasMagento.healthCheck(link(), context)).rejects.toMatchObject({ code: 'bad_reply' });
  });

  test('of another store view asks that one', async () => {
    const [tool] = saasMagento.tools({ options: { ...context.options, store_code: 'all' } });
    if (tool?.sideEffect === false) await tool.read(link(), { entity_id: 7 });
    expect(store.seen[0]?.target).toMatch(/^\/rest\/all\/V1\/orders\/7\?/);
  });
});

describe('order.hold', () => {
  test('holds an open order and reads it back', async () => {
    const { act, resolve } = await perform('order.hold', { entity_id: 7, increment_id: '000000123' });
    expect(await resolve()).toEqual({ happened: false, evidence: 'read_back' });
    expect(await act()).toEqual({
      outcome: 'applied',
      evidence: 'read_back',
      result: { entity_id: 7, increment_id: '000000123', state: 'holded', state_before: 'new' },
    });
    expect(await resolve()).toEqual({ happened: true, evidence: 'read_back' });
    expect(store.seen.filter(({ method }) => method === 'POST').map(({ target, body }) => [target, body])).toEqual([
      ['/rest/V1/orders/7/hold', ''],
    ]);
  });

  test.each([
    [{ entity_id: 1 }, 'state complete'],
    [{ entity_id: 99 }, 'no order with id 99'],
    [{ entity_id: 7, increment_id: '000000002' }, 'has the number 000000123'],
  ])('is not sent for %j', async (args, message) => {
    await expect(perform('order.hold', args)).rejects.toMatchObject({
      code: 'device_refused',
      message: expect.stringContaining(message),
    });
    expect(store.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('is refused for one that is on hold already', async () => {
    const first = await perform('order.hold', { entity_id: 2 });
    await first.act();
    await expect(perform('order.hold', { entity_id: 2 })).rejects.toMatchObject({
      message: 'The order with id 2 is on hold already.',
    });
  });

  test('that the store declines has failed', async () => {
    const { act } = await perform('order.hold', { entity_id: 7 });
    for (const order of store.orders) order.state = 'complete';
    expect(await act()).toMatchObject({
      outcome: 'failed',
      error: { code: 'device_refused', message: expect.stringContaining('A hold action is not available') },
    });
  });

  test('without the right to has failed, and says which right', async () => {
    const { act } = await perform('order.hold', { entity_id: 7 }, LOOKER);
    expect(await act()).toMatchObject({
      outcome: 'failed',
      error: { code: 'device_refused', message: expect.stringContaining('access Magento_Sales::hold') },
    });
    expect(store.orders.at(-1)?.state).toBe('new');
  });

  const isPost = ({ method }: { method: string }) => method === 'POST';
  test.each([true, false])('whose answer is lost is settled by the state (done: %s)', async (work) => {
    for (const fault of [
      { kind: 'reset', work },
      { kind: 'half', work },
      { kind: 'failure', work },
    ] as const) {
      for (const order of store.orders) order.state = 'new';
      const { act, resolve } = await perform('order.hold', { entity_id: 7 });
      store.fail(fault, isPost);
      await expect(act()).rejects.toMatchObject({ code: 'source_unreachable' });
      store.fail(null);
      expect(await resolve()).toEqual({ happened: work, evidence: 'read_back' });
    }
  });

  test('never says device_refused once it was sent, whatever the read-back meets', async () => {
    const { act } = await perform('order.hold', { entity_id: 7 });
    store.fail({ kind: 'echo' }, ({ method }) => method === 'GET');
    await expect(act()).rejects.toMatchObject({ code: 'bad_reply' });
  });

  test('can not be settled when the order has gone on', async () => {
    const { resolve } = await perform('order.hold', { entity_id: 7 });
    for (const order of store.orders) order.state = 'complete';
    expect(await resolve()).toMatchObject({ happened: 'unknown' });
  });
});

describe('order.notify', () => {
  const order = () => {
    const found = store.orders.at(-1);
    if (found === undefined) throw new Error('no order');
    return found;
  };

  test('sends the e-mail; the store’s word is the proof where one was sent before', async () => {
    const { act, resolve } = await perform('order.notify', { entity_id: 7 });
    expect(await act()).toEqual({
      outcome: 'applied',
      evidence: 'device_ack',
      result: { entity_id: 7, increment_id: '000000123', sent_before: true },
    });
    expect(order().mails).toBe(2);
    expect(await resolve()).toMatchObject({ happened: 'unknown' });
  });

  test('is read back where none was sent before', async () => {
    order().email_sent = null;
    const { act, resolve } = await perform('order.notify', { entity_id: 7 });
    expect(await resolve()).toMatchObject({ happened: 'unknown' });
    expect(await act()).toMatchObject({ outcome: 'applied', evidence: 'read_back', result: { sent_before: false } });
    expect(await resolve()).toEqual({ happened: true, evidence: 'read_back' });
  });

  test('keeps the store’s word when the read-back fails', async () => {
    order().email_sent = null;
    const { act } = await perform('order.notify', { entity_id: 7 });
    store.fail({ kind: 'reset', work: false }, ({ method }) => method === 'GET');
    expect(await act()).toMatchObject({ outcome: 'applied', evidence: 'device_ack' });
  });

  test('that the store puts off is neither done nor failed, until it is sent', async () => {
    order().email_sent = 0;
    store.settings.mail = 'later';
    const { act, resolve } = await perform('order.notify', { entity_id: 7 });
    await expect(act()).rejects.toMatchObject({ code: 'bad_reply', message: expect.stringContaining('false') });
    expect(await resolve()).toMatchObject({ happened: 'unknown' });
    store.sendWaitingMail();
    expect(await resolve()).toEqual({ happened: true, evidence: 'read_back' });
  });

  test('without the right to has failed', async () => {
    const { act } = await perform('order.notify', { entity_id: 7 }, LOOKER);
    expect(await act()).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringContaining('access Magento_Sales::emails') },
    });
    expect(order().mails).toBe(1);
  });
});

describe('what is harmless', () => {
  const frame = (method: HttpMethod, target: string) => encodeHttpRequest({ method, target, body: null });

  test('are GETs of orders, and no other request', () => {
    for (const target of ['/rest/V1/orders', '/rest/V1/orders/7', '/rest/all/V1/orders/7?fields=state']) {
      expect(saasMagento.isHarmless(frame('GET', target))).toBe(true);
      for (const method of ['POST', 'PUT', 'DELETE'] as const)
        expect(saasMagento.isHarmless(frame(method, target))).toBe(false);
    }
    for (const target of [
      '/rest/V1/customers/me',
      '/rest/V1/orders/7/hold',
      '/rest/V1/ordersx',
      '/admin',
      '/rest/V1/orders/7/',
    ]) {
      expect(saasMagento.isHarmless(frame('GET', target))).toBe(false);
    }
    expect(saasMagento.isHarmless(encodeHttpRequest({ method: 'GET', target: '/rest/V1/orders', body: '{}' }))).toBe(
      false,
    );
  });

  test('is no planned frame of any side effect', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_294_967_295 }),
        fc.constantFrom('order.hold', 'order.notify'),
        (id, capability) => {
          const { frames } = effect(capability).plan({ entity_id: id });
          expect(frames).toHaveLength(1);
          for (const { bytes } of frames) expect(saasMagento.isHarmless(bytes)).toBe(false);
        },
      ),
    );
  });

  test('is every request that a number or id can make', async () => {
    const { byNumber, byId, latest } = (await import('./api.ts')).openStore(context.options);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 4_294_967_295 }), (number, id) => {
        const clean = number.replaceAll(/[\ud800-\udfff]/g, '');
        for (const request of [byNumber(clean), byId(id), latest()]) {
          expect(saasMagento.isHarmless(encodeHttpRequest(request))).toBe(true);
        }
      }),
    );
  });
});

test('an answer of any bytes is read without a throw', () => {
  const answer = fc.record({
    status: fc.integer({ min: 100, max: 599 }),
    headers: fc.constant({}),
    body: fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
    ),
  });
  fc.assert(
    fc.property(answer, (response) => {
      const reading = readReply(response, orderSchema);
      if (response.status < 200 || response.status > 299) expect(reading).toMatchObject({ value: { kind: 'failed' } });
      else expect(['bad', 'reply']).toContain(reading.kind);
    }),
  );
});

test('an error’s parameters stand in its words, by name or by place', () => {
  const said = (body: object) => {
    const response = { status: 400, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
    const reading = readReply(response, orderSchema);
    return reading.kind === 'reply' && reading.value.kind === 'failed' ? reading.value.failure.message : null;
  };
  expect(
    said({ message: 'No such entity with %fieldName = %fieldValue', parameters: { fieldName: 'id', fieldValue: '9' } }),
  ).toBe('No such entity with id = 9');
  expect(said({ message: '"%1" is not %2', parameters: ['a', 'b'] })).toBe('"a" is not b');
  expect(said({ message: 'odd %3\u001b[31m', parameters: ['a'] })).toBe('odd %3 [31m');
  expect(said({ message: 'x'.repeat(1000) })).toHaveLength(301);
});
