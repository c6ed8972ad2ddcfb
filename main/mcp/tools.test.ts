import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { connectClient, connectFormerClient } from './testing/clients.ts';
import { type McpHost, startMcpHost } from './testing/mcp-host.ts';
import { sampleConnector } from './testing/sample-connectors.ts';
import { createServiceDouble, effect, type ServiceDouble, sampleWeight } from './testing/service-double.ts';

let double: ServiceDouble;
let host: McpHost;

beforeEach(async () => {
  double = createServiceDouble([sampleConnector('cn_1', 'bench-scale'), sampleConnector('cn_2', 'dock-scale')]);
  host = await startMcpHost(double);
});

afterEach(async () => {
  await host.close();
});

const both = ['tools:read', 'tools:act'] as const;
const client = (path = 'cn_1') => connectClient(host.url(path), host.grant(both).token);
const texts = ({ content }: { readonly content: readonly { readonly type: string }[] }) =>
  content.flatMap((block) => ('text' in block && typeof block.text === 'string' ? [block.text] : []));

describe('the list of tools', () => {
  it('says of a read what it gives, that it changes nothing, and which capability it is', async () => {
    const [, read] = (await (await client()).listTools()).tools;
    expect(read).toMatchObject({
      name: 'weight_read',
      title: 'Read the weight',
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      _meta: { 'io.fibric.edge/capability': 'weight.read' },
    });
    expect(read?.description).toContain('Units (UCUM): kg, g.');
    expect(read?.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(read?.inputSchema.properties ?? {})).toEqual(['stable']);
    expect(read?.outputSchema).toMatchObject({ properties: { value: { type: 'string' } } });
  });

  it('says of a side effect its reserved arguments, its outcomes and that it may harm', async () => {
    const [set] = (await (await client()).listTools()).tools;
    expect(set?.annotations).toEqual({
      title: 'Switch a relay',
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: false,
    });
    const names = ['channel', 'on', 'idempotency_key', 'entity_key', 'dry_run'];
    expect(Object.keys(set?.inputSchema.properties ?? {})).toEqual(names);
    expect(set?.inputSchema.required).toEqual(['channel', 'on']);
    expect(Object.keys(set?.outputSchema?.['properties'] ?? {})).toEqual([
      'outcome',
      'journal_id',
      'idempotency_key',
      'sent',
      'deduplicated',
      'evidence',
      'first_at',
      'reason',
      'error',
      'result',
      'approval_id',
      'notes',
    ]);
  });

  it('follows the policy of now', async () => {
    const describeRelay = async () => (await (await client()).listTools()).tools[0]?.description ?? '';
    expect(await describeRelay()).toContain('denied');
    double.setPolicy('cn_1', {
      default: 'deny',
      tools: { 'relay.set': { decision: 'allow', bounds: { channel: { max_value: 4 } }, min_interval_ms: 500 } },
    });
    expect(await describeRelay()).toContain('allowed within these limits: channel at most 4; at least 500 ms between');
  });

  it('shows only what the token may call, and is private to it', async () => {
    const named = async (scopes: Parameters<McpHost['grant']>[0], tools: ReadonlySet<string> | null = null) => {
      const connected = await connectClient(host.url('cn_1'), host.grant(scopes, { tools }).token);
      const answer = await connected.listTools();
      expect(answer).toMatchObject({ cacheScope: 'private' });
      return answer.tools.map(({ name }) => name);
    };
    expect(await named(['tools:read'])).toEqual(['weight_read']);
    expect(await named(['tools:act'])).toEqual(['relay_set']);
    expect(await named(both, new Set(['weight.read']))).toEqual(['weight_read']);
  });

  it('is told anew to listeners when the tools change, and not when the health does', async () => {
    const listener = await client();
    const heard: string[] = [];
    const over = Promise.withResolvers<void>();
    listener.setNotificationHandler('notifications/tools/list_changed', () => void heard.push('tools'));
    listener.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      heard.push(params.uri.replace(/^.*cn_1./, ''));
      if (params.uri.endsWith('weight.read')) over.resolve();
    });
    const readingUri = 'fibric-edge://connectors/cn_1/readings/weight.read';
    const healthUri = 'fibric-edge://connectors/cn_1/health';
    const filter = { toolsListChanged: true, resourceSubscriptions: [readingUri, healthUri] };
    const subscription = await listener.listen(filter);
    const connector = sampleConnector('cn_1', 'bench-scale');
    double.add({ ...connector, health: { ...connector.health, state: 'error', reason: 'no_reply' } });
    double.add({ ...connector, tools: connector.tools.slice(0, 1) });
    const at = '2026-06-01T10:00:00.000Z';
    double.setReading({
      connector_id: 'cn_1',
      device_id: 'dev_1',
      tool: 'weight.read',
      value: sampleWeight,
      at,
      expected_interval_ms: null,
    });
    await over.promise;
    expect(heard).toEqual(['health', 'tools', 'readings/weight.read']);
    expect((await listener.listTools()).tools).toHaveLength(1);
    await subscription.close();
  });
});

describe('a call', () => {
  it('takes the capability as a name too, and passes arguments and caller on', async () => {
    await (await client()).callTool({ name: 'weight.read', arguments: { stable: true } });
    expect(double.calls).toMatchObject([
      {
        connectorId: 'cn_1',
        tool: 'weight.read',
        arguments: { stable: true },
        caller: { kind: 'token', name: 'test' },
      },
    ]);
  });

  it('of a read gives the reading structured and as text', async () => {
    const answer = await (await client()).callTool({ name: 'weight_read' });
    expect(answer.structuredContent).toEqual(sampleWeight);
    expect(texts(answer)).toEqual([JSON.stringify(sampleWeight)]);
    expect(answer.isError).toBeUndefined();
  });

  it('that fails says what went wrong and what to do', async () => {
    double.answer(() => {
      throw new AgentError('no_reply', 'The scale did not answer in 500 ms.', { hint: 'Check the cable.' });
    });
    const answer = await (await client()).callTool({ name: 'weight_read' });
    expect(answer).toMatchObject({
      isError: true,
      _meta: { 'io.fibric.edge/error': { code: 'no_reply', retryable: true } },
    });
    expect(texts(answer)).toEqual(['The scale did not answer in 500 ms. Check the cable.']);
  });

  it('of an unknown tool is an error of the protocol', async () => {
    await expect((await client()).callTool({ name: 'scale_fly' })).rejects.toMatchObject({ code: -32_602 });
  });

  it.each([
    ['failed', false, /failed\. Nothing was sent/],
    ['unknown', true, /not known whether this happened.*"ik_1"/],
    ['refused', false, /refused \(policy_deny\)/],
    ['pending', false, /Ask again with idempotency_key "ik_1"/],
  ] as const)('of a side effect that is %s is an error with the whole answer', async (outcome, sent, words) => {
    double.answer(() => effect({ outcome, sent, reason: outcome === 'refused' ? 'policy_deny' : null }));
    const answer = await (await client()).callTool({ name: 'relay_set', arguments: { channel: 1, on: true } });
    expect(answer.isError).toBe(true);
    expect(answer.structuredContent).toMatchObject({ outcome, sent, idempotency_key: 'ik_1', journal_id: 'jr_1' });
    expect(texts(answer)[0]).toMatch(words);
  });

  it.each([
    ['failed', 'The agent packing-1 is offline. Nothing was sent.', 'It links again by itself.'],
    ['refused', 'The agent packing-1 is offline. Nothing was sent.', 'It links again by itself.'],
    ['failed', 'The arguments are not usable.', 'Correct them and call again; nothing was sent.'],
    ['failed', 'The agent packing-1 is offline.', 'It links again by itself.'],
    ['refused', 'The policy denies it.', 'Allow it.'],
  ] as const)('of a side effect that is %s says once that nothing was sent: %s %s', async (outcome, message, hint) => {
    const error = new AgentError('connector_upstream_error', message, { hint });
    double.answer(() => effect({ outcome, sent: false, error: error.serialize() }));
    const answer = await (await client()).callTool({ name: 'relay_set', arguments: { channel: 1, on: true } });
    const [text = ''] = texts(answer);
    expect(text.match(/nothing was sent/gi)).toHaveLength(1);
    expect(text).toContain(`${message} ${hint}`);
  });

  it('of a side effect that the service rejects keeps the shape and the key', async () => {
    double.answer(() => {
      throw new AgentError('not_found', 'No connector cn_1 is installed here.');
    });
    const args = { channel: 1, on: true, idempotency_key: 'mine' };
    const answer = await (await client()).callTool({ name: 'relay_set', arguments: args });
    expect(answer).toMatchObject({
      isError: true,
      structuredContent: { outcome: 'failed', sent: false, idempotency_key: 'mine' },
    });
    double.answer(() => {
      throw new TypeError('a fault');
    });
    const doubtful = await (await client()).callTool({ name: 'relay_set', arguments: args });
    expect(doubtful.structuredContent).toMatchObject({ outcome: 'unknown', sent: true, idempotency_key: 'mine' });
  });

  it.each(['present', 'former'] as const)('tells progress that grows, to clients of the %s SDK', async (which) => {
    double.answer(({ onProgress }) => {
      for (const fraction of [0.1, 0.1, 0.5]) onProgress?.({ message: 'Working', fraction });
      return effect({ outcome: 'applied' });
    });
    const seen: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }) => void seen.push(progress);
    const call = { name: 'relay_set', arguments: { channel: 1, on: true } };
    if (which === 'present') await (await client()).callTool(call, { onprogress });
    else
      await (await connectFormerClient(host.url('cn_1'), host.grant(both).token)).callTool(call, undefined, {
        onprogress,
      });
    expect(seen).toEqual([0.1, 0.5]);
  });
});

describe('the answer of a side effect', () => {
  it('counts as delivered once it has left', async () => {
    double.answer(() => effect({ outcome: 'applied' }));
    await (await client()).callTool({ name: 'relay_set', arguments: { channel: 1, on: true } });
    expect(double.delivered()).toBe(1);
  });

  it.each(['auto', 'legacy'] as const)('does not when the caller has gone, and the call is told (%s)', async (mode) => {
    const called = Promise.withResolvers<AbortSignal>();
    const ended = Promise.withResolvers<void>();
    double.answer(async ({ signal }) => {
      called.resolve(signal);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      ended.resolve();
      return effect({ outcome: 'refused', reason: 'cancelled' });
    });
    const leaving = await connectClient(host.url('cn_1'), host.grant(both).token, mode);
    const call = leaving.callTool({ name: 'relay_set', arguments: { channel: 1, on: true } });
    call.catch(() => {});
    await called.promise;
    await leaving.close();
    await ended.promise;
    expect(double.delivered()).toBe(0);
  });

  it('does not when the token is revoked meanwhile', async () => {
    const token = host.grant(both);
    double.answer(async ({ signal }) => {
      token.end();
      expect(signal.aborted).toBe(true);
      return effect({ outcome: 'refused', reason: 'cancelled' });
    });
    const connected = await connectClient(host.url('cn_1'), token.token);
    await expect(connected.callTool({ name: 'relay_set', arguments: { channel: 1, on: true } })).rejects.toThrow();
    expect(double.delivered()).toBe(0);
  });
});

describe('the endpoint of all connectors', () => {
  it('names tools by connector, within the limits of the token', async () => {
    const all = await connectClient(new URL(`${host.origin}/mcp`), host.grant(both).token);
    const names = (await all.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual([
      'bench-scale__relay_set',
      'bench-scale__weight_read',
      'dock-scale__relay_set',
      'dock-scale__weight_read',
    ]);
    await all.callTool({ name: 'dock-scale__weight_read' });
    expect(double.calls).toMatchObject([{ connectorId: 'cn_2', tool: 'weight.read' }]);

    const limited = host.grant(['tools:read'], { connectors: new Set(['cn_2']) });
    const some = await connectClient(new URL(`${host.origin}/mcp`), limited.token);
    expect((await some.listTools()).tools.map(({ name }) => name)).toEqual(['dock-scale__weight_read']);
    await expect(some.callTool({ name: 'bench-scale__weight_read' })).rejects.toMatchObject({ code: -32_602 });
  });
});
