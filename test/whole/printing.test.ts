import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

const content = [
  { type: 'text', text: 'Café 茶', align: 'center', width: 2, height: 2 },
  { type: 'columns', cells: [{ text: 'Tea' }, { text: '2.50 €', align: 'right', width: 10 }] },
  { type: 'barcode', symbology: 'ean13', data: '400638133393' },
];

describe('printing, on the demonstration', () => {
  const dataDir = makeDataDir();
  let agent: AgentProcess;
  let host: Awaited<ReturnType<typeof connectSimulatorHost>>;

  beforeAll(async () => {
    agent = await startAgent({ dataDir, demo: true });
    host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
  });
  afterAll(async () => {
    host?.close();
    await agent?.stop();
    removeDataDir(dataDir);
  });

  const connector = async (name: string) => {
    const found = (await agent.api.listConnectors()).find((item) => item.name === name);
    if (found === undefined) throw new Error(`no connector ${name}`);
    return agent.api.getConnector(found.id);
  };
  const receiptsOf = async (name: string) => Number((await host.state(name))['receipts_total']);

  it.each([
    ['receipt-printer', 'till', 'device_ack'],
    ['kitchen-printer', 'kitchen', 'status_after'],
  ])('%s prints what its preview shows, once for each key', async (name, wire, evidence) => {
    const file = join(dataDir, '..', `${wire}.png`);
    const args = JSON.stringify({ content });
    const shown = await edge(dataDir, 'call', name, 'receipt.print', '--args', args, '--preview', file);
    expect(shown.stdout).toContain('nothing was sent');
    expect(shown.stdout).toContain('茶');
    const before = await receiptsOf(wire);
    for (const deduplicated of [false, true]) {
      const { stdout } = await edge(
        dataDir,
        'call',
        name,
        'receipt.print',
        '--args',
        args,
        '--key',
        `order-${wire}`,
        '--json',
      );
      expect(JSON.parse(stdout)).toMatchObject({
        result: { outcome: 'applied', evidence, deduplicated },
      });
    }
    expect(await receiptsOf(wire)).toBe(before + 1);
    const preview = decode(readFileSync(file));
    const paper = decode(Buffer.from(String((await host.view(wire))['data']), 'base64'));
    expect([paper.width, paper.height]).toEqual([preview.width, preview.height]);
    const differing = paper.data.filter((grey, index) => grey < 100 !== (preview.data[index] ?? 255) < 100).length;
    expect(differing / paper.data.length).toBeLessThan(0.002);
  });

  it('is offered to an assistant with the schema of a receipt, and refuses while the cover is open', async () => {
    const client = await connectMcp(agent, (await connector('receipt-printer')).id, await makeToken(agent));
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(['drawer_open', 'printer_read', 'receipt_print']);
    await host.change('till', { cover: 'open' });
    const refused = await client.callTool({ name: 'receipt_print', arguments: { content } });
    expect(refused).toMatchObject({
      isError: true,
      structuredContent: { outcome: 'refused', reason: 'check_failed', sent: false },
    });
    await host.change('till', { cover: 'closed' });
    const opened = await client.callTool({ name: 'drawer_open', arguments: {} });
    expect(opened).toMatchObject({ structuredContent: { outcome: 'applied', evidence: 'status_after' } });
    await client.close();
  });

  it('says why a printer on the network is gone, and finds it again by itself', async () => {
    await host.unplug('kitchen');
    const gone = await eventually('the kitchen printer is seen to be gone', 10_000, async () => {
      const view = await connector('kitchen-printer');
      return view.status === 'error' ? view : null;
    });
    expect(gone.health.reason).toBe('device_unplugged');
    await host.plug('kitchen');
    await eventually('the kitchen printer is back', 20_000, async () => {
      const view = await connector('kitchen-printer');
      return view.status === 'connected' ? view : null;
    });
  });

  it('never prints twice when the agent is killed with a receipt on its way', async () => {
    await host.change('till', { cover: 'closed', paper: 'ok' });
    const before = await receiptsOf('till');
    const args = JSON.stringify({ content });
    const call = () =>
      edge(dataDir, 'call', 'receipt-printer', 'receipt.print', '--args', args, '--key', 'killed-1', '--json');
    // The paper runs out under it: it is sent, and does not end.
    await host.change('till', { lines_left: 1 });
    const first = call().catch(() => null);
    await eventually('the receipt is on its way', 10_000, async () => (await host.state('till'))['paper'] === 'out');
    await agent.kill();
    await first;
    await host.change('till', { paper: 'ok', lines_left: null });
    agent = await startAgent({ dataDir, demo: true });
    const { stdout } = await call();
    expect(JSON.parse(stdout)).toMatchObject({ result: { outcome: 'unknown', deduplicated: true } });
    expect(await receiptsOf('till')).toBe(before + 1);
    // Until a person has looked, the next one is refused rather than risked.
    const next = await edge(dataDir, 'call', 'receipt-printer', 'receipt.print', '--args', args, '--json');
    expect(JSON.parse(next.stdout)).toMatchObject({ result: { outcome: 'refused', reason: 'unresolved_effect' } });
  });
});
