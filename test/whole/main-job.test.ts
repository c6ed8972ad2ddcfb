import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

interface ConnectorView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly health: { readonly state: string; readonly reason: string | null };
  readonly simulated: boolean;
}

describe('the main job, on the demonstration', () => {
  const dataDir = makeDataDir();
  let agent: AgentProcess;
  let token: string;
  let host: Awaited<ReturnType<typeof connectSimulatorHost>>;

  beforeAll(async () => {
    agent = await startAgent({ dataDir, demo: true });
    token = await makeToken(agent);
    host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
  });

  afterAll(async () => {
    host?.close();
    await agent?.stop();
    removeDataDir(dataDir);
  });

  const view = async (name: string): Promise<ConnectorView> => {
    const { data } = (await agent.api.request('GET', '/v1/connectors?limit=100')) as {
      data: { id: string; name: string }[];
    };
    const found = data.find((item) => item.name === name);
    if (found === undefined) throw new Error(`no connector ${name}`);
    return (await agent.api.request('GET', `/v1/connectors/${found.id}`)) as unknown as ConnectorView;
  };

  it('has a tested, connected connector for each simulated device when it says it is ready', async () => {
    for (const name of ['front-scale', 'relay-board', 'climate', 'front-door', 'receipt-printer', 'kitchen-printer']) {
      const connector = await view(name);
      expect(connector).toMatchObject({ status: 'connected', simulated: true, health: { state: 'ok', reason: null } });
      const { data } = (await agent.api.request('GET', `/v1/connectors/${connector.id}/tests`)) as {
        data: { status: string }[];
      };
      expect(data[0]?.status).toBe('passed');
    }
  });

  it('lets a current MCP client list and call the tools, with the exact weight on the scale', async () => {
    await host.change('scale', { gross: '7.125' });
    const { id } = await view('front-scale');
    const client = await connectMcp(agent, id, token);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(['scale_tare', 'scale_zero', 'weight_read']);
    const result = await client.callTool({ name: 'weight_read', arguments: {} });
    expect(result.isError ?? false).toBe(false);
    expect(result.structuredContent).toMatchObject({ value: '7.125', unit: 'kg' });
  });

  it('tells of a lost cable at once, ends the call in flight, and works again by itself', async () => {
    const { id } = await view('front-scale');
    const client = await connectMcp(agent, id, token);
    await host.fault('scale', 'silence');
    const call = client.callTool({ name: 'weight_read', arguments: {} });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const pulledAt = performance.now();
    await host.unplug('scale');
    const result = await call;
    const endedAfterMs = performance.now() - pulledAt;
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).toContain('device_unplugged');
    expect(endedAfterMs).toBeLessThan(1_000);
    expect(await view('front-scale')).toMatchObject({
      status: 'error',
      health: { state: 'error', reason: 'device_unplugged' },
    });

    await host.fault('scale', 'none');
    await host.plug('scale');
    await eventually('the scale answers again', 3_000, async () => {
      const again = await client.callTool({ name: 'weight_read', arguments: {} });
      return again.isError !== true;
    });
    await eventually(
      'the connector is connected again',
      1_000,
      async () => (await view('front-scale')).status === 'connected',
    );
  });

  it('answers on the command line, as JSON and in words, with stable exit codes', async () => {
    const listed = await edge(dataDir, 'connectors', 'list', '--json');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.stdout)).toHaveLength(6);
    const called = await edge(dataDir, 'call', 'climate', 'sensor.read', '--json');
    expect(called.code).toBe(0);
    expect(called.stdout).toContain('Cel');
    const denied = await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=deny');
    expect(denied.code).toBe(0);
    const refused = await edge(dataDir, 'call', 'relay-board', 'relay.set', 'relay=1', 'on=true');
    expect(refused.code).toBe(3);
    expect(`${refused.stdout}${refused.stderr}`).toContain('policy');
    await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=allow');
    const missing = await edge(`${dataDir}-nowhere`, 'devices');
    expect(missing.code).toBe(4);
  });

  it('survives a kill: the same devices, connectors and ids are there again', async () => {
    const before = await view('climate');
    await agent.kill();
    agent = await startAgent({ dataDir, demo: true });
    const after = await view('climate');
    expect(after.id).toBe(before.id);
    expect(after.status).toBe('connected');
  });

  it('uninstalls for good: gone from the list, its MCP server closed, not installed again by its rule', async () => {
    const { id } = await view('climate');
    const removed = await edge(dataDir, 'connectors', 'remove', 'climate', '--yes', '--json');
    expect(removed.code).toBe(0);
    expect(JSON.parse(removed.stdout)).toMatchObject({ id, object: 'connector', deleted: true });
    const answer = await fetch(`${agent.url}/mcp/${id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(404);
    await agent.stop();
    agent = await startAgent({ dataDir, demo: true });
    await expect(view('climate')).rejects.toThrow('no connector climate');
  });
});
