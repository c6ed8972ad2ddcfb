import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectClient, connectFormerClient } from './testing/clients.ts';
import { type McpHost, startMcpHost } from './testing/mcp-host.ts';
import { sampleConnector } from './testing/sample-connectors.ts';
import { createServiceDouble, effect, type ServiceDouble, sampleWeight } from './testing/service-double.ts';

let double: ServiceDouble;
let host: McpHost;
let token: string;

beforeEach(async () => {
  double = createServiceDouble([sampleConnector('cn_1', 'bench-scale')]);
  double.answer(({ tool }) =>
    tool === 'weight.read'
      ? { kind: 'read', output: sampleWeight }
      : effect({ outcome: 'applied', evidence: 'read_back', result: { channel: 2, on: true } }),
  );
  host = await startMcpHost(double);
  token = host.grant(['tools:read', 'tools:act']).token;
});

afterEach(async () => {
  await host.close();
});

describe.each([
  ['the present SDK on the current revision', (url: URL) => connectClient(url, token, 'auto'), '2026-07-28'],
  ['the present SDK on the former revision', (url: URL) => connectClient(url, token, 'legacy'), '2025-11-25'],
])('%s', (_name, connect, revision) => {
  it('lists and calls', async () => {
    const client = await connect(host.url('cn_1'));
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['relay_set', 'weight_read']);
    const read = await client.callTool({ name: 'weight_read', arguments: {} });
    expect(read.structuredContent).toEqual(sampleWeight);
    const set = await client.callTool({ name: 'relay_set', arguments: { channel: 2, on: true } });
    expect(set.structuredContent).toMatchObject({ outcome: 'applied', evidence: 'read_back' });
    await client.close();
  });
});

describe('the 1.x SDK', () => {
  it('lists and calls, and finds the structured answers valid', async () => {
    const client = await connectFormerClient(host.url('cn_1'), token);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['relay_set', 'weight_read']);
    const read = await client.callTool({ name: 'weight_read', arguments: {} });
    expect(read['structuredContent']).toEqual(sampleWeight);
    const set = await client.callTool({ name: 'relay_set', arguments: { channel: 2, on: true } });
    expect(set['structuredContent']).toMatchObject({ outcome: 'applied', result: { channel: 2, on: true } });
    await client.close();
  });
});

describe('the inspector on the command line', () => {
  const launcher = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json');
  const inspect = async (...args: string[]) => {
    const target = [
      '--cli',
      host.url('cn_1').href,
      '--transport',
      'http',
      '--header',
      `Authorization: Bearer ${token}`,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [await binary(launcher), ...target, ...args]);
    const answer: unknown = JSON.parse(stdout);
    return answer;
  };

  it('lists and calls', async () => {
    const [listed, called] = await Promise.all([
      inspect('--method', 'tools/list'),
      inspect('--method', 'tools/call', '--tool-name', 'weight_read'),
    ]);
    expect(listed).toMatchObject({ tools: [{ name: 'relay_set' }, { name: 'weight_read' }] });
    expect(called).toMatchObject({ structuredContent: { ...sampleWeight } });
  });
});

async function binary(manifest: string): Promise<string> {
  const { default: data }: { default: { bin: string | Record<string, string> } } = await import(manifest, {
    with: { type: 'json' },
  });
  const file = typeof data.bin === 'string' ? data.bin : data.bin['mcp-inspector'];
  if (file === undefined) throw new TypeError('The inspector has no command line');
  return new URL(file, `file://${manifest}`).pathname;
}
