import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost, type SimulatorHostClient } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../main/agent/demo/demo-simulators.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

const dataDir = makeDataDir();
const { controlSocket, pathOf } = demoFolder(dataDir);
const names = ['old', 'new', 'till-old', 'till-new'] as const;
const config = `
discover: false
vault: { provider: keyfile }
paths: [${names.map((name) => `{ path: "${pathOf(name)}", simulated: true }`).join(', ')}]
install_rules:
  - match: { path: "${pathOf('old')}" }
    listing: cn-scale-sics
    name: bench
    config: {}
    policy: { default: allow }
  - { match: { path: "${pathOf('till-old')}" }, listing: cn-scanner-serial, name: till }
`;

let agent: AgentProcess;
let host: SimulatorHostClient;
let stopSimulators: () => Promise<void>;

beforeAll(async () => {
  const devices = names.map((name) => ({
    name,
    listing: name.startsWith('till') ? 'cn-scanner-serial' : 'cn-scale-sics',
    simulator: name.startsWith('till') ? {} : { serial: `SERIAL-${name}` },
    declared: {},
    units: [],
    rules: [],
  }));
  stopSimulators = (await startDemoSimulators(dataDir, devices)).stop;
  host = await connectSimulatorHost(controlSocket);
  agent = await startAgent({ dataDir, config });
});
afterAll(async () => {
  await agent?.stop().catch(() => {});
  host?.close();
  await stopSimulators?.();
  removeDataDir(dataDir);
});

const deviceAt = async (name: (typeof names)[number]) => {
  const found = (await agent.api.listDevices()).find((device) => device.path === pathOf(name));
  if (found === undefined) throw new Error(`no device at ${name}`);
  return found.id;
};
const connectorOf = async (name: string) => {
  const found = (await agent.api.listConnectors()).find((connector) => connector.name === name);
  if (found === undefined) throw new Error(`no connector ${name}`);
  return found.id;
};
const readings = async (id: string) => (await agent.api.listReadings(id)).map(({ value }) => value['value']);

describe('a connector that a person gives another device', () => {
  it('keeps its id; what the old device read and did stays that of the old one, over a restart too', async () => {
    const id = await connectorOf('bench');
    const [before, after] = [await deviceAt('old'), await deviceAt('new')];
    await host.change('old', { gross: '12.50' });
    await agent.api.callTool(id, { tool: 'weight.read', arguments: {} });
    expect(await readings(id)).toEqual(['12.50']);
    await host.change('old', { gross: '0.00' });
    await agent.api.callTool(id, { tool: 'scale.zero', arguments: { idempotency_key: 'first' } });

    const moved = await agent.api.updateConnector(id, { config: { device: after } });
    expect(moved).toMatchObject({ id, device: { id: after }, status: 'connected' });
    // The weight of another scale is not this one's.
    expect(await readings(id)).toEqual([]);
    await agent.api.callTool(id, { tool: 'scale.zero', arguments: { idempotency_key: 'second' } });
    const journal = await agent.api.listJournal({ connector_id: id });
    expect(journal.data.map(({ device_id, idempotency_key }) => [idempotency_key, device_id])).toEqual([
      ['second', after],
      ['first', before],
    ]);
    expect((await agent.api.listDevices()).find((device) => device.id === before)).toMatchObject({
      owner: null,
      identity: { protocol_serial: 'SERIAL-old' },
    });

    await agent.stop();
    agent = await startAgent({ dataDir, config });
    expect(await readings(id)).toEqual([]);
    expect((await agent.api.getConnector(id)).device?.id).toBe(after);
    await agent.api.updateConnector(id, { config: { device: before } });
    expect(await readings(id)).toEqual(['12.50']);
  }, 120_000);

  it('says of each scan which scanner it came from: over the API, MCP and the command line, over a restart too', {
    timeout: 120_000,
  }, async () => {
    const id = await connectorOf('till');
    const [before, after] = [await deviceAt('till-old'), await deviceAt('till-new')];
    const whose = async () => {
      const answer = await agent.api.callTool(id, { tool: 'scan.read', arguments: {} }).catch(() => null);
      if (answer?.kind !== 'read') return [];
      return (answer.output['items'] as unknown as Scan[]).map(({ text, device_id }) => [text, device_id]);
    };
    const heard = (count: number) =>
      eventually(`${count} scans`, 30_000, async () => {
        const scans = await whose();
        return scans.length === count ? scans : null;
      });
    await eventually('it listens', 30_000, async () => (await agent.api.getConnector(id)).health.state === 'listening');
    await host.change('till-old', { scan: 'FROM-OLD' });
    await heard(1);
    await agent.api.updateConnector(id, { config: { device: after } });
    await eventually('it listens', 30_000, async () => (await agent.api.getConnector(id)).device?.id === after);
    // The new scanner has said nothing yet.
    expect(await agent.api.listReadings(id)).toEqual([]);
    await eventually('the new one is heard', 30_000, async () => {
      await host.change('till-new', { scan: 'FROM-NEW' });
      return (await whose()).length > 1;
    });
    const expected = [
      ['FROM-OLD', before],
      ['FROM-NEW', after],
    ];
    expect((await whose()).slice(0, 2)).toEqual(expected);
    await agent.stop();
    agent = await startAgent({ dataDir, config });
    expect((await whose()).slice(0, 2)).toEqual(expected);

    const client = await connectMcp(agent, id, await makeToken(agent));
    const { structuredContent } = await client.callTool({ name: 'scan_read', arguments: {} });
    await client.close();
    const { items, gaps } = structuredContent as unknown as { items: Scan[]; gaps: { device_id: string | null }[] };
    expect(items.slice(0, 2).map(({ text, device_id }) => [text, device_id])).toEqual(expected);
    expect(gaps[0]?.device_id).toBe(after);
    const called = JSON.parse((await edge(dataDir, 'call', 'till', 'scan.read', '--json')).stdout);
    expect(JSON.stringify(called)).toContain(`"device_id":"${before}"`);
    const past = await agent.api.request('GET', `/v1/connectors/${id}/readings/history?tool=scan.read`);
    expect((past as { data: object[] }).data.at(-1)).toMatchObject({ device_id: before, value: { text: 'FROM-OLD' } });
  });
});

interface Scan {
  readonly text: string;
  readonly device_id: string | null;
}
