import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost, type SimulatorHostClient } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../main/agent/demo/demo-simulators.ts';
import type { IdentifyProgressObject } from '../../main/api/schemas/index.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { eventually } from './support/wires.ts';

const dataDir = makeDataDir();
const { controlSocket, pathOf } = demoFolder(dataDir);
/** Devices on ports that say nothing about them. */
const kinds = {
  scale: ['cn-scale-sics', { serial: 'B123456789' }],
  printer: ['cn-printer-escpos', {}],
  sensor: ['cn-modbus', { units: [{ address: 1, map: 'xy-md02' }] }],
  gate: ['cn-lock-relay', { board: 'devantech-rly08' }],
} as const;
const names = ['scale', 'printer', 'sensor', 'gate'] as const;

let agent: AgentProcess;
let host: SimulatorHostClient;
let stopSimulators: () => Promise<void>;

const config = `
discover: false
vault: { provider: keyfile }
paths: [${names.map((name) => `{ path: "${pathOf(name)}", simulated: true }`).join(', ')}]
`;

beforeAll(async () => {
  const devices = names.map((name) => {
    const [listing, simulator] = kinds[name];
    return { name, listing, simulator: JSON.parse(JSON.stringify(simulator)), declared: {}, units: [], rules: [] };
  });
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
  const found = (await agent.api.listDevices()).find((device) => device.path === pathOf(name) && device.unit === null);
  if (found === undefined) throw new Error(`no device at ${name}`);
  return found;
};

const receivedBy = async (name: string) => (await host.list()).find((device) => device.name === name)?.received_count;

describe('a technician who does not know what hangs on a port', () => {
  it('sees first what would be sent, of which nothing is', async () => {
    const before = await receivedBy('scale');
    const ran = await edge(dataDir, 'identify', pathOf('scale'), '--dry-run');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('10 04 01') });
    expect(ran.stdout).toContain('cn-lock-relay');
    expect(await receivedBy('scale')).toEqual(before);
  });

  it('finds the scale, hears how far the asking is, and installs it at the settings that were found', async () => {
    const told: IdentifyProgressObject[] = [];
    const device = await deviceAt('scale');
    expect(device).toMatchObject({ recognition: { listing: null }, found: null });
    const report = await agent.api.identifyDevice(
      device.id,
      {},
      { onProgress: (progress) => void told.push(progress) },
    );
    expect(report).toMatchObject({
      recognised: true,
      listing: 'cn-scale-sics',
      identification: { protocolSerial: 'B123456789' },
      config: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1 },
    });
    expect(told.map(({ listing }) => listing)).toEqual(report.attempts.map(({ listing }) => listing));
    const { zeroed, tared } = await host.state('scale');
    expect([zeroed, tared]).toEqual([0, 0]);
    expect(await deviceAt('scale')).toMatchObject({ found: { listing: 'cn-scale-sics' }, owner: null, problem: null });

    const installed = await edge(
      dataDir,
      'install',
      'cn-scale-sics',
      '--device',
      device.id,
      '--name',
      'found',
      '--json',
    );
    expect(installed.code).toBe(0);
    const connector = await agent.api.getConnector(JSON.parse(installed.stdout).id);
    expect(connector).toMatchObject({ status: 'connected', config: { baud_rate: 9600, data_bits: 8 } });
  }, 120_000);

  it('is told who has the port, and asks a device that a connector has as what it is', async () => {
    const { id } = await deviceAt('scale');
    expect(await agent.api.identifyDevice(id)).toMatchObject({
      recognised: true,
      listing: 'cn-scale-sics',
      attempts: [{ listing: 'cn-scale-sics' }],
      device: { owner: { type: 'connector', name: 'found' } },
    });
    const other = await edge(dataDir, 'identify', pathOf('scale'), '--listing', 'cn-printer-escpos');
    expect(other.code).not.toBe(0);
    expect(other.stderr).toContain('found');
  });

  it('finds the printer, which has printed nothing', async () => {
    const ran = await edge(dataDir, 'identify', pathOf('printer'), '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ recognised: true, listing: 'cn-printer-escpos' });
    expect(await host.state('printer')).toMatchObject({ uncut_text: '', receipts_total: 0, drawer_pulses_total: 0 });
  });

  it('finds the sensor on its bus, with the map that it needs to be installed', async () => {
    const { id } = await deviceAt('sensor');
    const report = await agent.api.identifyDevice(id);
    expect(report).toMatchObject({
      listing: 'cn-modbus',
      device: { parent: id, unit: 1, found: { config: { map: 'xy-md02' } } },
      config: { unit: 1, map: 'xy-md02' },
    });
    const { device } = report;
    const installed = await edge(dataDir, 'install', 'cn-modbus', '--device', device.id, '--name', 'air', '--json');
    expect(installed.code).toBe(0);
    const connector = await agent.api.getConnector(JSON.parse(installed.stdout).id);
    expect(connector).toMatchObject({ status: 'connected', config: { map: 'xy-md02', baud_rate: 9600 } });
  }, 120_000);

  it('is told that nobody answered at a relay board, of which no relay moved', async () => {
    const ran = await edge(dataDir, 'identify', pathOf('gate'));
    expect(ran.code).not.toBe(0);
    expect(ran.stdout).toContain('cn-lock-relay');
    expect(ran.stderr).toContain('1 of ');
    expect(await host.state('gate')).toMatchObject({ change_count: 0 });
  }, 120_000);

  it('gives the port back when they leave in the middle', async () => {
    const { id } = await deviceAt('gate');
    const leaving = new AbortController();
    const asked = agent.api.identifyDevice(id, {}, { signal: leaving.signal, onProgress: () => leaving.abort() });
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    const again = await agent.api.identifyDevice(id, { dry_run: true });
    expect(again.recognised).toBe(false);
    // Once it is free, it can be asked again.
    const body = { listing: 'cn-lock-relay', config: { board: 'devantech-rly08', accept_agent_timed: false } };
    const ask = () => agent.api.identifyDevice(id, body).catch(() => null);
    const report = await eventually('the port is free', 10_000, ask);
    expect(report).toMatchObject({ recognised: true, listing: 'cn-lock-relay' });
  }, 120_000);

  it('finds what was found also after a restart', async () => {
    await agent.stop();
    agent = await startAgent({ dataDir, config });
    expect(await deviceAt('printer')).toMatchObject({
      found: { listing: 'cn-printer-escpos', config: { baud_rate: 9600 } },
      recognition: { listing: 'cn-printer-escpos' },
    });
  }, 120_000);
});
