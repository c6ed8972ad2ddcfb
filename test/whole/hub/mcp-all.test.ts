import { Client as FormerClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FormerHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentProcess } from '../support/agent-process.ts';
import { ask } from '../support/ask.ts';
import { type LinkedAgent, PATIENCE_MS, startLinkedAgent } from '../support/linked-agent.ts';
import { formerSdk, independent, presentSdk, type Subject } from '../support/mcp-subjects.ts';
import { eventually } from '../support/wires.ts';

/** Two machines of one tenant, with the same devices. */
describe('all connectors of a hub at once', () => {
  let linked: LinkedAgent;
  let second: AgentProcess;
  let key = '';
  const connect = (how: (way: { type: 'http'; url: string; token: string }) => Promise<Subject>, token = key) =>
    how({ type: 'http', url: `${linked.hub.url}/mcp`, token });
  const present = () => connect((way) => presentSdk(way, 'auto'));

  beforeAll(async () => {
    linked = await startLinkedAgent();
    ({ key } = await linked.makeKey(['tools:read', 'tools:act']));
    await linked.connector('front-scale');
    await linked.connector('relay-board');
  }, 240_000);
  afterAll(() => linked?.close());

  it('are listed by the names of their machine, and called there, by clients of both eras', async () => {
    for (const how of [
      (way: Parameters<typeof formerSdk>[0]) => presentSdk(way, 'auto'),
      (way: Parameters<typeof formerSdk>[0]) => presentSdk(way, 'legacy'),
      formerSdk,
      independent,
    ]) {
      const subject = await connect(how);
      const names = await subject.toolNames();
      expect(names).toEqual([...new Set(names)]);
      expect(names).toEqual(expect.arrayContaining(['front_scale__weight_read', 'relay_board__relay_set']));
      await linked.simulators.change('scale', { gross: '3.210' });
      expect(await subject.call('front_scale__weight_read', {})).toMatchObject({
        structuredContent: { value: '3.210' },
      });
      const told: number[] = [];
      const effect =
        subject.callTelling === null
          ? await subject.call('relay_board__relay_set', { relay: 1, on: true })
          : await subject.callTelling('relay_board__relay_set', { relay: 1, on: true }, (step) => told.push(step));
      expect(effect).toMatchObject({
        structuredContent: { outcome: 'applied', idempotency_key: expect.stringMatching(/^ik_/) },
      });
      if (subject.callTelling !== null) expect(told.length).toBeGreaterThan(1);
      expect(await subject.call('front_scale__weight_read', { nonsense: 1 })).toMatchObject({ isError: true });
      const uri = (await subject.resourceUris()).find((address) => address.endsWith('weight.read')) ?? '';
      expect(await subject.read(uri)).toContain('3.210');
      await subject.close();
    }
  });

  it('show a key what it may call, and nothing of another tenant', async () => {
    const reader = await linked.makeKey(['tools:read']);
    const subject = await connect(formerSdk, reader.key);
    const names = await subject.toolNames();
    expect(names).toContain('front_scale__weight_read');
    expect(names).not.toContain('relay_board__relay_set');
    await expect(subject.call('relay_board__relay_set', { relay: 1, on: true })).rejects.toThrow();
    await subject.close();
    await linked.hub.api.createTenant('other');
    const { key: strange = '' } = await linked.hub
      .admin('other')
      .createKey({ name: 'strange', scopes: ['tools:read'] });
    const stranger = await connect(formerSdk, strange);
    expect(await stranger.toolNames()).toEqual([]);
    await stranger.close();
    const none = await ask(linked.hub, { method: 'POST', path: '/mcp', body: {} });
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, expect.stringContaining('invalid_token')]);
  });

  it('keep their names when a machine with the same devices comes, whose own say which it is', async () => {
    const client = new FormerClient({ name: 'former', version: '1.0.0' });
    let changes = 0;
    client.fallbackNotificationHandler = async ({ method }) => {
      if (method === 'notifications/tools/list_changed') changes += 1;
    };
    const transport = new FormerHttp(new URL(`${linked.hub.url}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${key}` } },
    });
    await client.connect(transport as Parameters<FormerClient['connect']>[0]);
    const list = async () => (await client.listTools()).tools.map(({ name }) => name);
    const before = await list();
    second = await linked.addAgent('packing-2');
    await eventually('a change is told', PATIENCE_MS, async () => changes > 0);
    const names = await eventually('the second scale is listed', PATIENCE_MS, async () => {
      const listed = await list();
      return listed.includes('front_scale_packing_2__weight_read') && listed;
    });
    expect(names).toEqual(expect.arrayContaining([...before]));
    for (const name of ['front_scale_packing_2__weight_read', 'front_scale__weight_read']) {
      expect((await client.callTool({ name, arguments: {} })).isError ?? false).toBe(false);
    }
    await client.close();
  });

  it('stay listed while their machine is away, and say so when they are called', async () => {
    const subject = await present();
    await second.stop();
    await eventually('the hub has noticed', PATIENCE_MS, async () =>
      (await linked.admin.listAgents()).some(({ name, state }) => name === 'packing-2' && state === 'offline'),
    );
    expect(await subject.toolNames()).toContain('front_scale_packing_2__weight_read');
    const answer = await subject.call('relay_board_packing_2__relay_set', { relay: 1, on: true });
    expect(answer).toMatchObject({
      isError: true,
      structuredContent: {
        outcome: 'failed',
        sent: false,
        idempotency_key: expect.stringMatching(/^ik_/),
        error: { details: { reason: 'agent_offline', last_seen_at: expect.stringMatching(/Z$/) } },
      },
    });
    const health = (await subject.resourceUris()).filter((uri) => uri.endsWith('/health'));
    const texts = await Promise.all(health.map((uri) => subject.read(uri)));
    expect(texts.filter((text) => text.includes('agent_offline')).length).toBeGreaterThan(0);
    await subject.close();
  });

  it('are gone with the pairing, and their names mean nobody else', async () => {
    const subject = await present();
    const revoked = (await linked.admin.listAgents()).find(({ name }) => name === 'packing-1');
    await linked.admin.revokeAgent(revoked?.id ?? '');
    const names = await subject.toolNames();
    expect(names.filter((name) => !name.includes('packing_2'))).toEqual([]);
    await expect(subject.call('front_scale__weight_read', {})).rejects.toThrow('Unknown tool');
    await subject.close();
  });
});
