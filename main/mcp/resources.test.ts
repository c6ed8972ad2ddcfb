import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../connectors/index.ts';
import { formatResource, parseResource } from './resource-address.ts';
import { connectClient } from './testing/clients.ts';
import { type McpHost, startMcpHost } from './testing/mcp-host.ts';
import { sampleConnector } from './testing/sample-connectors.ts';
import { createServiceDouble, type ServiceDouble, sampleWeight } from './testing/service-double.ts';

const at = '2026-06-01T10:00:00.000Z';
const reading = {
  connector_id: 'cn_1',
  device_id: 'dev_1',
  tool: 'weight.read',
  value: sampleWeight,
  at,
  expected_interval_ms: 5_000,
};
const readingUri = 'fibric-edge://connectors/cn_1/readings/weight.read';
const healthUri = 'fibric-edge://connectors/cn_1/health';

let double: ServiceDouble;
let host: McpHost;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.parse(at);
  double = createServiceDouble([sampleConnector('cn_1', 'bench-scale'), sampleConnector('cn_2', 'other-scale')]);
  host = await startMcpHost(double, { ...systemClock, now: () => nowMs });
});

afterEach(async () => {
  await host.close();
});

const client = (limits?: Parameters<McpHost['grant']>[1]) =>
  connectClient(host.url('cn_1'), host.grant(['tools:read'], limits).token);

async function read(uri: string): Promise<unknown> {
  const { contents } = await (await client()).readResource({ uri });
  const [only] = contents;
  return JSON.parse(only !== undefined && 'text' in only ? only.text : 'null');
}

describe('the resources of a connector', () => {
  it('are the last value of each read tool, and health', async () => {
    const { resources } = await (await client()).listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([readingUri, healthUri]);
  });

  it('tell a reading and whether it is stale', async () => {
    expect(await read(readingUri)).toMatchObject({ value: null, stale: true });
    double.setReading(reading);
    expect(await read(readingUri)).toEqual({ ...reading, stale: false });
    nowMs += 5_001;
    expect(await read(readingUri)).toEqual({ ...reading, stale: true });
  });

  it('tell health', async () => {
    expect(await read(healthUri)).toMatchObject({ connector_id: 'cn_1', status: 'connected', health: { state: 'ok' } });
  });

  it('tell the past of a reading by a template, in pages', async () => {
    const connected = await client();
    const { resourceTemplates } = await connected.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([`${readingUri}/history{?limit,before}`]);
    for (const second of [1, 2, 3]) {
      double.setReading({ ...reading, value: { value: String(second) }, at: `2026-06-01T10:00:0${second}.000Z` });
    }
    const newest = [3, 2].map((second) => ({ value: { value: String(second) } }));
    expect(await read(`${readingUri}/history?limit=2`)).toMatchObject({ tool: 'weight.read', readings: newest });
    const before = encodeURIComponent('2026-06-01T10:00:02.000Z');
    expect(await read(`${readingUri}/history?before=${before}`)).toMatchObject({
      readings: [{ value: { value: '1' } }],
    });
    const subscription = await connected.listen({ resourceSubscriptions: [`${readingUri}/history`, readingUri] });
    expect(subscription.honoredFilter.resourceSubscriptions).toEqual([readingUri]);
    await subscription.close();
  });

  it.each([
    'fibric-edge://connectors/cn_1/readings/weight.read/history?limit=0',
    'fibric-edge://connectors/cn_1/readings/weight.read/history?before=yesterday',
    'fibric-edge://connectors/cn_1/readings/relay.set/history',
    'fibric-edge://connectors/cn_1/readings/relay.set',
    'fibric-edge://connectors/cn_2/health',
    'fibric-edge://connectors/cn_1',
    'file:///etc/passwd',
  ])('do not include %s', async (uri) => {
    await expect((await client()).readResource({ uri })).rejects.toMatchObject({ code: -32_602, data: { uri } });
  });

  it('are bound by the limits of the token', async () => {
    const limited = await client({ tools: new Set(['relay.set']) });
    expect((await limited.listResources()).resources.map(({ uri }) => uri)).toEqual([healthUri]);
    await expect(limited.readResource({ uri: readingUri })).rejects.toMatchObject({ code: -32_602 });
  });
});

describe('a listener', () => {
  it('hears of new readings and of health, once for each burst and once after it', async () => {
    const listener = await client();
    const heard: string[] = [];
    const all = Promise.withResolvers<void>();
    listener.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      heard.push(params.uri);
      if (heard.length === 3) all.resolve();
    });
    const subscription = await listener.listen({ resourceSubscriptions: [readingUri, healthUri] });
    for (let count = 0; count < 50; count += 1) double.setReading(reading);
    double.add(sampleConnector('cn_1', 'bench-scale'));
    await all.promise;
    expect(heard).toEqual([readingUri, healthUri, readingUri]);
    await subscription.close();
  });

  it('is not let hear what the token may not read', async () => {
    const listener = await client({ tools: new Set(['weight.read']) });
    const other = 'fibric-edge://connectors/cn_2/readings/weight.read';
    const subscription = await listener.listen({ resourceSubscriptions: [readingUri, other] });
    expect(subscription.honoredFilter.resourceSubscriptions).toEqual([readingUri]);
    await subscription.close();
  });

  it('gets its result when the connector is removed; those of all connectors hear that the lists changed', async () => {
    const listener = await client();
    const subscription = await listener.listen({ resourceSubscriptions: [readingUri] });
    const everywhere = await connectClient(new URL(`${host.origin}/mcp`), host.grant(['tools:read']).token);
    const elsewhere = await connectClient(
      new URL(`${host.origin}/mcp`),
      host.grant(['tools:read'], { connectors: new Set(['cn_2']) }).token,
    );
    const heard: string[] = [];
    const changed = Promise.withResolvers<void>();
    everywhere.setNotificationHandler('notifications/tools/list_changed', () => changed.resolve());
    elsewhere.setNotificationHandler('notifications/tools/list_changed', () => void heard.push('tools'));
    await everywhere.listen({ toolsListChanged: true });
    await elsewhere.listen({ toolsListChanged: true });
    double.remove('cn_1');
    expect(await subscription.closed).toBe('graceful');
    await changed.promise;
    await elsewhere.listTools();
    expect(heard).toEqual([]);
  });

  it('is cut off when its token ends', async () => {
    const token = host.grant(['tools:read']);
    const listener = await connectClient(host.url('cn_1'), token.token);
    const subscription = await listener.listen({ resourceSubscriptions: [readingUri] });
    token.end();
    await subscription.closed;
  });
});

describe('an address', () => {
  it('survives the way there and back', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const connectorId = fc.stringMatching(/^cn_[A-Za-z0-9]{1,20}$/);
    const address = fc.oneof(
      fc.record({ kind: fc.constant('health' as const), connectorId }),
      fc.record({
        kind: fc.constant('history' as const),
        connectorId,
        capability: fc.tuple(word, word).map(([noun, verb]) => `${noun}.${verb}`),
        limit: fc.option(fc.integer({ min: 1, max: 999_999 })),
        before: fc.option(
          fc
            .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
            .map((instant) => instant.toISOString()),
        ),
      }),
      fc.record({
        kind: fc.constant('reading' as const),
        connectorId,
        capability: fc.tuple(word, word).map(([noun, verb]) => `${noun}.${verb}`),
      }),
    );
    fc.assert(
      fc.property(address, (value) => {
        expect(parseResource(formatResource(value))).toEqual(value);
      }),
    );
  });

  it('is never made of anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseResource(text);
        if (parsed !== null) expect(formatResource(parsed)).toBe(text);
      }),
    );
  });
});
