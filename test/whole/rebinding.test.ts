import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost, type SimulatorHostClient } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../main/agent/demo/demo-simulators.ts';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';

const dataDir = makeDataDir();
const { controlSocket, pathOf } = demoFolder(dataDir);
const names = ['old', 'new'] as const;
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
`;

let agent: AgentProcess;
let host: SimulatorHostClient;
let stopSimulators: () => Promise<void>;

beforeAll(async () => {
  const devices = names.map((name) => ({
    name,
    listing: 'cn-scale-sics',
    simulator: { serial: `SERIAL-${name}` },
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
const readings = async (id: string) => (await agent.api.listReadings(id)).map(({ value }) => value['value']);

describe('a connector that a person gives another device', () => {
  it('keeps its id; what the old device read and did stays that of the old one, over a restart too', async () => {
    const [connector] = await agent.api.listConnectors();
    if (connector === undefined) throw new Error('no connector');
    const { id } = connector;
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
});
