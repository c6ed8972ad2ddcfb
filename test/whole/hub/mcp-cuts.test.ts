import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkedAgent, PATIENCE_MS, startLinkedAgent } from '../support/linked-agent.ts';
import { connectMcp } from '../support/mcp.ts';
import { eventually } from '../support/wires.ts';

/** Less than a request has on the link, in bytes; a heartbeat has two. */
const REQUEST_BYTES = 300;

/** A receipt is printed once or told; the simulator counts what left it. */
describe('a call of MCP over a link that is cut', () => {
  let linked: LinkedAgent;
  let key = '';
  let printer = '';
  let client: Client;
  let orders = 0;

  beforeAll(async () => {
    linked = await startLinkedAgent();
    ({ key } = await linked.makeKey(['tools:read', 'tools:act', 'connectors:read']));
    printer = await linked.connector('receipt-printer');
    client = await connectMcp(linked.hub, printer, key);
  }, 240_000);
  afterAll(async () => {
    await client?.close();
    await linked?.close();
  });

  const content = ['Tea 2.50', 'Cake 3.10', 'Total 5.60'].map((text) => ({ type: 'text', text }));
  const printed = async () => Number((await linked.simulators.state('till'))['receipts_total']);
  const print = (more: object, onprogress?: () => void) =>
    client.callTool(
      { name: 'receipt_print', arguments: { content, ...more } },
      { timeout: PATIENCE_MS, ...(onprogress === undefined ? {} : { onprogress }) },
    );
  const newKey = () => {
    orders += 1;
    return `order-${orders}`;
  };
  const rowsOf = async (idempotencyKey: string) =>
    (await linked.agent.api.listJournal({ limit: 50 })).data.filter((row) => row.idempotency_key === idempotencyKey);
  const untilDone = (idempotencyKey: string) =>
    eventually('the machine has acted', PATIENCE_MS, async () =>
      (await rowsOf(idempotencyKey)).some(({ state }) => state === 'applied'),
    );
  /** The paper runs out under it: it was sent, and does not end before there is more. */
  const untilStuck = () =>
    eventually('it is on its way', PATIENCE_MS, async () => (await linked.simulators.state('till'))['paper'] === 'out');
  const mend = async () => {
    linked.proxy.mend();
    await linked.untilLinked();
    await linked.connector('receipt-printer');
  };
  /** Asks once more with the key: one receipt in all, and one row. */
  const expectOne = async (before: number, idempotencyKey: string, deduplicated: boolean) => {
    const again = await print({ idempotency_key: idempotencyKey });
    expect(again.structuredContent).toMatchObject({
      outcome: 'applied',
      deduplicated,
      idempotency_key: idempotencyKey,
    });
    expect(await printed()).toBe(before + 1);
    expect(await rowsOf(idempotencyKey)).toHaveLength(1);
    return again;
  };

  it('before the request has left: nothing was sent, and asking again does it', async () => {
    const [before, idempotencyKey] = [await printed(), newKey()];
    linked.proxy.stall();
    await linked.untilOffline();
    const failed = await print({ idempotency_key: idempotencyKey });
    expect(failed.isError).toBe(true);
    expect(failed.structuredContent).toMatchObject({
      outcome: 'failed',
      sent: false,
      idempotency_key: idempotencyKey,
      error: { code: 'connector_upstream_error', details: { reason: 'agent_offline' } },
    });
    await mend();
    await expectOne(before, idempotencyKey, false);
  });

  it('with requests on their way: what may have been done is told so, and asking again does it once', async () => {
    const [before, idempotencyKey] = [await printed(), newKey()];
    linked.proxy.swallowRequests();
    const waiting = print({ idempotency_key: idempotencyKey });
    const reading = client.callTool({ name: 'printer_read', arguments: {} });
    await eventually('both were swallowed', PATIENCE_MS, async () => linked.proxy.swallowed() > 2 * REQUEST_BYTES);
    linked.proxy.cut();
    const cut = await waiting;
    expect(cut.isError).toBe(true);
    expect(cut.structuredContent).toMatchObject({ outcome: 'unknown', idempotency_key: idempotencyKey });
    // What only reads is an error that a model reads, and nothing else.
    expect(await reading).toMatchObject({
      isError: true,
      _meta: { 'io.fibric.edge/error': { code: 'connector_upstream_error', details: { reason: 'link_cut' } } },
    });
    await mend();
    expect((await client.callTool({ name: 'printer_read', arguments: {} })).isError ?? false).toBe(false);
    await expectOne(before, idempotencyKey, false);
  });

  it('after the machine has acted: the caller without a key is told the one to ask again with', async () => {
    const answeredKey = newKey();
    const first = await print({ idempotency_key: answeredKey });
    expect(first.structuredContent).toMatchObject({ outcome: 'applied', deduplicated: false });
    const before = await printed();
    linked.proxy.swallowAnswers();
    const waiting = print({});
    const row = await eventually('the machine has acted', PATIENCE_MS, async () => {
      const [newest] = (await linked.agent.api.listJournal({ limit: 1 })).data;
      return newest?.idempotency_key?.startsWith('ik_') && newest.state === 'applied' && newest;
    });
    linked.proxy.cut();
    const cut = await waiting;
    const idempotencyKey = row.idempotency_key ?? '';
    expect(cut.structuredContent).toMatchObject({ outcome: 'unknown', sent: true, idempotency_key: idempotencyKey });
    expect(JSON.stringify(cut.content)).toContain(idempotencyKey);
    await mend();
    const again = await expectOne(before, idempotencyKey, true);
    expect(again.structuredContent).toMatchObject({ journal_id: row.journal_id });
    // And the call whose answer had left before the cut: the same answer.
    const known = await print({ idempotency_key: answeredKey });
    const { journal_id } = first.structuredContent as { readonly journal_id: string };
    expect(known.structuredContent).toMatchObject({ outcome: 'applied', deduplicated: true, journal_id });
    expect(await printed()).toBe(before + 1);
  });

  it('in the middle of its progress: the stream ends with what is known, and the key', async () => {
    const [before, idempotencyKey] = [await printed(), newKey()];
    await linked.simulators.change('till', { lines_left: 1 });
    const told = Promise.withResolvers<void>();
    const waiting = print({ idempotency_key: idempotencyKey }, told.resolve);
    await told.promise;
    await untilStuck();
    linked.proxy.swallowAnswers();
    await linked.simulators.change('till', { paper: 'ok', lines_left: null });
    await untilDone(idempotencyKey);
    linked.proxy.cut();
    const cut = await waiting;
    expect(cut.isError).toBe(true);
    expect(cut.structuredContent).toMatchObject({ outcome: 'unknown', sent: true, idempotency_key: idempotencyKey });
    await mend();
    await expectOne(before, idempotencyKey, true);
  });

  it('lets what moves finish when its caller goes, and frees the device', async () => {
    const [before, idempotencyKey] = [await printed(), newKey()];
    await linked.simulators.change('till', { lines_left: 1 });
    const leave = new AbortController();
    const told = Promise.withResolvers<void>();
    const left = client.callTool(
      { name: 'receipt_print', arguments: { content, idempotency_key: idempotencyKey } },
      { signal: leave.signal, onprogress: () => told.resolve() },
    );
    left.catch(() => {});
    await told.promise;
    await untilStuck();
    leave.abort();
    await expect(left).rejects.toThrow();
    await linked.simulators.change('till', { paper: 'ok', lines_left: null });
    await untilDone(idempotencyKey);
    await expectOne(before, idempotencyKey, true);
  });
});
