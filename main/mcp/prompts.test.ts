import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scope } from '../api/index.ts';
import { connectClient } from './testing/clients.ts';
import { type McpHost, startMcpHost } from './testing/mcp-host.ts';
import { sampleConnector } from './testing/sample-connectors.ts';
import { createServiceDouble } from './testing/service-double.ts';

let host: McpHost;
const both: readonly Scope[] = ['tools:read', 'tools:act'];

beforeEach(async () => {
  const scale = sampleConnector('cn_1', 'bench-scale');
  const [read, set] = scale.tools;
  if (read === undefined || set === undefined) throw new Error('the sample has two tools');
  const printer = { ...sampleConnector('cn_2', 'receipts'), tools: [{ ...set, capability: 'receipt.print' }] };
  host = await startMcpHost(createServiceDouble([scale, printer]));
});
afterEach(() => host.close());

const connect = (scopes = both, limits: Parameters<McpHost['grant']>[1] = {}, path = '/mcp') =>
  connectClient(new URL(`${host.origin}${path}`), host.grant(scopes, limits).token);
const names = async (...args: Parameters<typeof connect>) =>
  (await (await connect(...args)).listPrompts()).prompts.map(({ name }) => name);
const textOf = (content: { readonly type: string; readonly text?: unknown }) => String(content.text);

describe('the prompts', () => {
  it('are the jobs for which the token has the tools', async () => {
    expect(await names()).toEqual(['why_is_this_device_red', 'try_without_doing', 'weigh_and_print']);
    expect(await names(['tools:read'])).toEqual(['why_is_this_device_red']);
    expect(await names(both, { connectors: new Set(['cn_1']) })).not.toContain('weigh_and_print');
    expect(await names(both, {}, '/mcp/cn_1')).toEqual(['why_is_this_device_red', 'try_without_doing']);
  });

  it('name the tools there are, and what was given', async () => {
    const client = await connect();
    const prompt = await client.getPrompt({ name: 'weigh_and_print', arguments: { item: 'Apples' } });
    const text = textOf(prompt.messages[0]?.content ?? { type: 'none' });
    expect(text).toContain('"Apples"');
    expect(text).toContain('`bench-scale__weight_read`');
    expect(text).toContain('`receipts__receipt_print`');
    expect(text).toContain('never print again');
  });

  it('carry the health of the connector they are about, and of no other', async () => {
    const client = await connect(both, { connectors: new Set(['cn_2']) });
    const { messages } = await client.getPrompt({ name: 'why_is_this_device_red' });
    expect(messages.slice(1).map(({ content }) => content)).toMatchObject([
      { type: 'resource', resource: { uri: 'fibric-edge://connectors/cn_2/health' } },
    ]);
  });

  it.each([
    [{ name: 'weigh_and_print' }, 'needs the argument item'],
    [{ name: 'why_is_this_device_red', arguments: { connector: 'nope' } }, 'There are: bench-scale, receipts'],
    [{ name: 'make_coffee' }, 'There are: why_is_this_device_red'],
  ])('say what is wrong with %j, and what would be right', async (params, words) => {
    const client = await connect();
    await expect(client.getPrompt(params)).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining(words),
    });
  });
});
