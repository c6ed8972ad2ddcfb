import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost, type SimulatorHostClient } from '../../drivers/simulator-host/client.ts';
import { startSimulatorHost } from '../../drivers/simulator-host/host.ts';
import { simulatorModels } from '../../drivers/simulators.ts';
import { type AgentProcess, edge, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

/** A whole agent with two scales, each at the far end of a wire of its own. */
describe('operators, with a whole agent', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-'));
  const dataDir = join(scratch, 'data');
  const paths = { old: join(scratch, 'old'), next: join(scratch, 'next') };
  const controlSocket = join(scratch, 'control.sock');
  const scale = (name: 'old' | 'next', serial: string, gross: string) => ({
    name,
    listing: 'cn-scale-sics',
    path: paths[name],
    baud_pacing: null,
    options: { serial, gross, unit: 'kg' },
  });
  let simulators: Awaited<ReturnType<typeof startSimulatorHost>>;
  let host: SimulatorHostClient;
  let agent: AgentProcess;

  const start = async () => {
    agent = await startAgent({
      dataDir,
      config: [
        'discover: false',
        'vault: { provider: keyfile }',
        'paths:',
        ...Object.values(paths).map((path) => `  - { path: ${path}, declared: { serial_number: ${path} } }`),
        '',
      ].join('\n'),
    });
  };

  beforeAll(async () => {
    simulators = await startSimulatorHost(
      { control_socket: controlSocket, seed: 1, devices: [scale('old', 'A1', '1.000'), scale('next', 'B2', '2.000')] },
      simulatorModels,
    );
    host = await connectSimulatorHost(controlSocket);
    await start();
  });
  afterAll(async () => {
    await agent?.stop();
    host?.close();
    await simulators?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const run = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await edge(dataDir, ...args, '--json');
    return { code, answer: JSON.parse(stdout === '' ? 'null' : stdout), error: stderr };
  };
  const listed = async () => (await run('connectors')).answer.map(({ name }: { name: string }) => name);
  const operators = async () => (await run('operators')).answer;

  it('keep the only connector they need, with the words of the API and exit code 3', async () => {
    const installed = await run('install', 'cn-scale-sics', '--device', paths.old, '--name', 'old-scale');
    expect(installed.answer.status).toBe('connected');
    const { answer: operator } = await run('operators', 'create', '--name', 'packing', '--capabilities', 'weight.read');
    expect([operator.status, operator.unfulfilled]).toEqual(['active', []]);

    const { code, error } = await run('connectors', 'remove', 'old-scale', '--yes');
    expect(code).toBe(3);
    expect(JSON.parse(error).error).toMatchObject({
      code: 'connector_in_use',
      message: `weight.read is fulfilled only by ${installed.answer.id}; operators ${operator.id} depend on it.`,
      details: { capabilities: ['weight.read'], operators: [operator.id] },
    });
    expect(await listed()).toEqual(['old-scale']);
  });

  it('are counted after a kill as before', async () => {
    await agent.kill();
    await start();
    expect((await run('connectors', 'remove', 'old-scale', '--yes')).code).toBe(3);
  });

  it('do not count on a replacement that does not work', async () => {
    const installed = await run('install', 'cn-scale-sics', '--device', paths.next, '--name', 'next-scale');
    expect(installed.answer.status).toBe('connected');
    await host.unplug('next');
    await eventually(
      'the new scale is known to be gone',
      5_000,
      async () => (await run('connectors', 'show', 'next-scale')).answer.status === 'error',
    );
    const { code, error } = await run('connectors', 'remove', 'old-scale', '--yes');
    expect([code, error]).toEqual([3, expect.stringContaining('next-scale')]);
    await host.plug('next');
    await eventually(
      'the new scale works',
      5_000,
      async () => (await run('connectors', 'show', 'next-scale')).answer.status === 'connected',
    );
  });

  it('do not notice when one source replaces another: installed, compared, the old one uninstalled', async () => {
    const before = await operators();
    const { answer: capabilities } = await run('capabilities');
    const weight = capabilities.find(({ capability }: { capability: string }) => capability === 'weight.read');
    expect(weight).toMatchObject({ fulfilled: true, operators: [{ name: 'packing', status: 'active' }] });
    expect(weight.connectors.map(({ name }: { name: string }) => name).sort()).toEqual(['next-scale', 'old-scale']);

    expect((await run('connectors', 'remove', 'old-scale', '--yes')).code).toBe(0);
    expect(await operators()).toEqual(before);
    const token = await makeToken(agent, ['connectors:read', 'tools:read']);
    const headers = { Authorization: `Bearer ${token}` };
    const found = await fetch(`${agent.url}/v1/connectors?capability=weight.read`, { headers });
    const { data } = (await found.json()) as { data: { id: string }[] };
    const client = await connectMcp(agent, data[0]?.id ?? '', token);
    const read = await client.callTool({ name: 'weight_read', arguments: {} });
    expect(read.structuredContent).toMatchObject({ value: '2.000' });
    await client.close();
    expect((await run('connectors', 'remove', 'next-scale', '--yes')).code).toBe(3);
  });

  it('let go while they are paused', async () => {
    expect((await run('operators', 'pause', 'packing')).answer.status).toBe('paused');
    expect((await run('connectors', 'remove', 'next-scale', '--yes')).code).toBe(0);
    expect((await run('operators', 'resume', 'packing')).answer.unfulfilled).toEqual(['weight.read']);
    const { answer } = await run('capabilities');
    expect(answer).toMatchObject([{ capability: 'weight.read', fulfilled: false, connectors: [] }]);
    expect((await run('operators', 'remove', 'packing', '--yes')).code).toBe(0);
    expect([await operators(), await listed()]).toEqual([[], []]);
  });
});
