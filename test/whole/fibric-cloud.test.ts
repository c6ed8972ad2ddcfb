import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FibricApi, startFibricApi } from '../peers/fibric-api/server.ts';
import {
  type AgentProcess,
  edge,
  edgeWithInput,
  makeDataDir,
  removeDataDir,
  startAgent,
} from './support/agent-process.ts';

const testKey = 'sk_test_0123456789abcdef';
const liveKey = 'sk_live_0123456789abcdef';

const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 60_000, interval: 200 });

/** A whole agent with simulated devices, and a server that answers as Fibric's documents say. */
describe("Fibric's own API as the cloud", () => {
  const dataDir = makeDataDir();
  let api: FibricApi;
  let agent: AgentProcess;
  const config = () => `discover: false\ncloud:\n  provider: fibric\n  fibric: { base_url: ${api.url} }\n`;
  const json = async (...args: readonly string[]) => JSON.parse((await edge(dataDir, ...args, '--json')).stdout);
  const setKey = (key: string) => edgeWithInput(key, dataDir, 'cloud', 'fibric', 'set-key', '--key-stdin');

  beforeAll(async () => {
    api = await startFibricApi({
      keys: [testKey, liveKey],
      listings: ['cn-scale-sics', 'cn-modbus', 'cn-printer-escpos', 'cn-scanner-serial', 'cn-lock-relay'],
    });
    agent = await startAgent({ dataDir, demo: true, config: config() });
  });
  afterAll(async () => {
    await agent.stop();
    await api.close();
    removeDataDir(dataDir);
  });

  it('keeps events until there is a key, and shows which cloud it is', async () => {
    expect(await json('cloud', 'outbox')).toMatchObject({ cloud: api.url, state: 'waiting', sent: 0 });
    expect(await json('cloud', 'fibric')).toMatchObject({ in_use: true, base_url: api.url, key: null });
    await eventually(async () => expect((await json('cloud', 'outbox')).waiting).toBeGreaterThan(0));
    expect(api.requests).toEqual([]);
  });

  it('refuses what is no key, and shows none', async () => {
    expect((await setKey('secret')).code).not.toBe(0);
    const set = await setKey(testKey);
    expect([set.code, set.stdout]).toEqual([0, `The key is kept and in use at ${api.url}.\n`]);
    expect((await json('cloud', 'fibric')).key).toEqual({ hint: 'sk_test_...cdef', mode: 'test' });
    expect(agent.output()).not.toContain(testKey);
  });

  it('has every connector registered there, once, and sends what happened', async () => {
    await eventually(async () => {
      const { connectors } = await json('cloud', 'fibric');
      expect(new Set(connectors.map(({ state }: { state: string }) => state))).toEqual(new Set(['registered']));
    });
    const local = await agent.api.listConnectors({});
    expect(
      api
        .connectors('test')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(local.map(({ name }) => name).sort());
    await eventually(async () => expect((await json('cloud', 'outbox')).waiting).toBe(0));
    const sent = api.events('test');
    expect(new Set(sent.map(({ key }) => key)).size).toBe(sent.length);
    expect(
      sent
        .filter(({ body }) => body.event_type === 'connector.installed')
        .map(({ body }) => body.source)
        .sort(),
    ).toEqual(local.map(({ name }) => name).sort());
    expect(sent.every(({ body }) => body.payload['simulated'] === true)).toBe(true);
  });

  it('goes on after a kill where it was: nothing twice', async () => {
    await agent.kill();
    const before = api.connectors('test').length;
    agent = await startAgent({ dataDir, demo: true, config: config() });
    await eventually(async () => expect(await json('cloud', 'outbox')).toMatchObject({ state: 'idle', waiting: 0 }));
    expect(api.connectors('test')).toHaveLength(before);
    const keys = api.events('test').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const installed = api.events('test').filter(({ body }) => body.event_type === 'connector.installed');
    expect(installed).toHaveLength(before);
  });

  it('lets nothing of a simulated device reach a live key', async () => {
    await setKey(liveKey);
    await edge(dataDir, 'pause');
    await eventually(() => expect(api.events('live').map(({ body }) => body.event_type)).toEqual(['agent.paused']));
    const [scale] = await agent.api.listConnectors({ capability: 'weight.read' });
    expect((await edge(dataDir, 'call', scale?.name ?? '', 'weight.read')).code).toBe(0);
    await eventually(async () => expect((await json('cloud', 'outbox')).waiting).toBe(0));
    expect(api.connectors('live')).toEqual([]);
    expect(api.events('live').every(({ body }) => body.payload['simulated'] !== true)).toBe(true);
    const { connectors } = await json('cloud', 'fibric');
    expect(new Set(connectors.map(({ state }: { state: string }) => state))).toEqual(new Set(['withheld']));
  });
});
