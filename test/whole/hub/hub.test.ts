import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, edge, startAgent } from '../support/agent-process.ts';
import { type Answered, ask } from '../support/ask.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { connectMcp } from '../support/mcp.ts';
import { eventually } from '../support/wires.ts';

/** Long enough on a machine that does much else. */
const PATIENCE_MS = 60_000;

/** The demonstration's agent, a hub, and a proxy between them that can be broken. */
describe('a hub', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-hub-'));
  const hubDir = join(scratch, 'hub');
  const agentDir = join(scratch, 'agent');
  let proxy: FaultProxy;
  let hub: HubProcess;
  let agent: AgentProcess;
  let key = '';
  let scale = '';
  let relays = '';

  const portOf = (url: string) => Number(new URL(url).port);
  const startHub = async (port?: number) => {
    hub = await startHubProcess({ dataDir: hubDir, origin: proxy.url, ...(port === undefined ? {} : { port }) });
    proxy.aim(portOf(hub.url));
  };
  const request = (method: string, path: string, body?: object, secret = key, headers = {}): Promise<Answered> =>
    ask(hub, { method, path, body, headers: { authorization: `Bearer ${secret}`, ...headers } });
  const makeKey = async (tenant: string, mode: 'live' | 'test', role: string): Promise<string> => {
    const args = ['hub', 'keys', 'create', '--tenant', tenant, '--name', `${role}-${mode}-${process.hrtime.bigint()}`];
    const made = await edge(hubDir, ...args, '--role', role, ...(mode === 'test' ? ['--test'] : []), '--json');
    return JSON.parse(made.stdout).key;
  };
  const linkState = async () => (await agent.api.getCloud()).link.state;
  const untilLinked = () => eventually('the link stands', PATIENCE_MS, async () => (await linkState()) === 'up');
  const named = async (name: string): Promise<string> =>
    eventually(`the hub lists ${name}`, PATIENCE_MS, async () => {
      const { body } = await request('GET', '/v1/connectors?kind=hardware&limit=100');
      return body.data.find(
        (item: { name: string; status: string }) => item.name === name && item.status === 'connected',
      )?.id;
    });
  const switchRelay = (relay: number, on: boolean, more: object = {}) =>
    request('POST', `/v1/connectors/${relays}/call`, { tool: 'relay.set', arguments: { relay, on, ...more } });

  beforeAll(async () => {
    proxy = await startFaultProxy();
    await startHub();
    agent = await startAgent({ dataDir: agentDir, demo: true });
    await hub.api.createTenant('acme');
    await hub.api.createTenant('other');
    key = await makeKey('acme', 'test', 'admin');
  }, 240_000);
  afterAll(async () => {
    await agent?.stop();
    await hub?.stop();
    await proxy?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('pairs a machine by a code, and only with the words of its key', async () => {
    const begun = await edge(agentDir, 'pair', proxy.url, '--name', 'packing-1', '--no-wait', '--json');
    const { pairing, key_words } = JSON.parse(begun.stdout);
    expect(pairing.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(key_words.split(' ')).toHaveLength(6);

    const approve = ['hub', 'pairings', 'approve', '--tenant', 'acme', '--test'];
    const wrong = await edge(hubDir, ...approve, pairing.user_code, '--key-words', 'one two three four five six');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('key words');
    const right = await edge(hubDir, ...approve, pairing.user_code.toLowerCase(), '--key-words', key_words);
    expect(right.code, right.stderr).toBe(0);
    await untilLinked();
    const status = await edge(agentDir, 'cloud', 'status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: 'paired',
      key_words,
      tenant: { name: 'acme', mode: 'test' },
      agent: { name: 'packing-1' },
      grants: { read: true, act: true, install: false, care: false },
    });
    const { body } = await request('GET', '/v1/agents');
    expect(body.data[0]).toMatchObject({ name: 'packing-1', state: 'linked', key_words, grants: { install: false } });
  });

  it('shows one code where two ask for one at once', async () => {
    const other = await startAgent({ dataDir: join(scratch, 'asked-twice'), demo: true });
    try {
      const begin = () => other.api.beginPairing({ origin: proxy.url });
      const answers = await Promise.allSettled([begin(), begin()]);
      const shown = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.pairing] : []));
      const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
      expect(refused).toEqual([expect.objectContaining({ code: 'state_conflict' })]);
      expect(await other.api.getCloud()).toMatchObject({ state: 'pairing', pairing: shown[0] });
    } finally {
      await other.stop();
    }
  });

  it('tells a poller that nothing was approved, and nothing to one with another key', async () => {
    const public_key = 'A'.repeat(43);
    const begin = {
      public_key,
      name: 'stranger',
      version: '1',
      grants: { read: true, act: true, install: true, care: true },
    };
    const begun = await request('POST', '/v1/pairings', begin, 'none');
    expect(begun.status).toBe(200);
    const poll = { device_code: begun.body.device_code, signature: 'bm90IHNpZ25lZA' };
    const polled = await request('POST', '/v1/pairings/poll', poll, 'none');
    expect([polled.status, polled.body.error.code]).toEqual([400, 'access_denied']);
  });

  it("lists the machine's connectors as hardware, with their tools", async () => {
    scale = await named('front-scale');
    relays = await named('front-door');
    const { body } = await request('GET', `/v1/connectors/${scale}`);
    expect(body).toMatchObject({
      kind: 'hardware',
      status: 'connected',
      capabilities: ['scale.tare', 'scale.zero', 'weight.read'],
    });
    expect(body.tools).toContainEqual({ name: 'weight.read', side_effect: false });
  });

  it("keeps tenants and modes apart: what is another's does not exist", async () => {
    for (const secret of [await makeKey('acme', 'live', 'admin'), await makeKey('other', 'test', 'admin')]) {
      expect((await request('GET', '/v1/connectors', undefined, secret)).body.data).toEqual([]);
      expect((await request('GET', '/v1/agents', undefined, secret)).body.data).toEqual([]);
      for (const [method, path] of [
        ['GET', `/v1/connectors/${scale}`],
        ['POST', `/v1/connectors/${scale}/call`],
        ['DELETE', `/v1/connectors/${scale}`],
      ] as const) {
        const body = method === 'POST' ? { tool: 'weight.read' } : undefined;
        const { status, body: answer } = await request(method, path, body, secret);
        expect([status, answer.error.code]).toEqual([404, 'not_found']);
      }
    }
    const body = { listing: 'cn-scale-sics', auth: { type: 'none' }, tenant_id: 't_somebody_else' };
    const mismatch = await request('POST', '/v1/connectors', body);
    expect([mismatch.status, mismatch.body.error.code]).toEqual([403, 'tenant_mismatch']);
    const reader = await makeKey('acme', 'test', 'read_only');
    const refused = await request('POST', `/v1/connectors/${scale}/test`, {}, reader);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'insufficient_scope']);
  });

  it("calls a tool through the link, and does the same key's action once", async () => {
    const read = await request('POST', `/v1/connectors/${scale}/call`, { tool: 'weight.read' });
    expect(read.body).toMatchObject({ kind: 'read', output: { unit: 'kg' } });
    const first = await switchRelay(2, true, { idempotency_key: 'order-1' });
    const again = await switchRelay(2, true, { idempotency_key: 'order-1' });
    expect(first.body.result).toMatchObject({ outcome: 'applied', deduplicated: false, idempotency_key: 'order-1' });
    expect(again.body.result).toMatchObject({
      outcome: 'applied',
      deduplicated: true,
      journal_id: first.body.result.journal_id,
    });
    const { body } = await request('POST', `/v1/connectors/${scale}/test`);
    expect(body).toMatchObject({ object: 'connector_test', status: 'passed' });
    const entry = await agent.api.getJournalEntry(first.body.result.journal_id);
    expect(JSON.stringify(entry)).toContain('hub:t_');
  });

  it('takes the events of a machine, and shows them to its tenant alone', async () => {
    const found = await eventually('the action is told as an event', PATIENCE_MS, async () => {
      const { body } = await request('GET', '/v1/events?source=front-door&limit=100');
      return body.data?.length > 0 && body.data;
    });
    expect(found[0]).toMatchObject({ object: 'event', source: 'front-door', payload: { simulated: true } });
    const other = await makeKey('acme', 'live', 'admin');
    expect((await request('GET', '/v1/events', undefined, other)).body.data).toEqual([]);
  });

  it('does what the machine granted, and says what to grant where', async () => {
    const rename = { name: 'scale-at-the-door' };
    const refused = await request('PATCH', `/v1/connectors/${scale}`, rename);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'insufficient_scope']);
    expect(refused.body.error.details.hint).toContain('fibric-edge cloud grant care');
    await edge(agentDir, 'cloud', 'grant', 'care');
    expect((await request('PATCH', `/v1/connectors/${scale}`, rename)).body.name).toBe('scale-at-the-door');
    expect(await named('scale-at-the-door')).toBe(scale);
    await edge(agentDir, 'cloud', 'deny', 'care');
    await edge(agentDir, 'cloud', 'deny', 'act');
    const act = await switchRelay(2, false);
    expect([act.status, act.body.error.code]).toEqual([403, 'insufficient_scope']);
    await edge(agentDir, 'cloud', 'grant', 'act');
    // What is decided at the machine has no route here at all.
    expect((await request('PUT', `/v1/connectors/${relays}/policy`, { default: 'allow', tools: {} })).status).toBe(404);
  });

  it('relays MCP whole, to clients of both eras', async () => {
    const client = await connectMcp(hub, scale, key);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['scale_tare', 'scale_zero', 'weight_read']);
    const called = await client.callTool({ name: 'weight_read', arguments: {} });
    expect(called.structuredContent).toMatchObject({ unit: 'kg' });
    const wrong = await client.callTool({ name: 'weight_read', arguments: { nonsense: 1 } });
    expect(wrong.isError).toBe(true);
    await client.close();

    const older = new Client({ name: 'older', version: '1.0.0' });
    await older.connect(
      new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp/${relays}`), {
        requestInit: { headers: { authorization: `Bearer ${key}` } },
      }) as Parameters<Client['connect']>[0],
    );
    const effect = await older.callTool({ name: 'relay_set', arguments: { relay: 3, on: true } });
    expect(effect.structuredContent).toMatchObject({
      outcome: 'applied',
      idempotency_key: expect.stringMatching(/^ik_/),
    });
    await older.close();
    const refused = await ask(hub, { method: 'POST', path: `/mcp/${scale}`, body: {} });
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Bearer')]);
  });

  it('never does a cut call again: the caller asks with the key and gets the first answer', async () => {
    proxy.swallowAnswers();
    const lost = switchRelay(4, true, { idempotency_key: 'lost-answer' });
    await eventually('the machine has acted', PATIENCE_MS, async () =>
      (await agent.api.listJournal({ limit: 1 })).data.some(
        ({ idempotency_key, state }) => idempotency_key === 'lost-answer' && state === 'applied',
      ),
    );
    proxy.cut();
    const answer = await lost;
    expect([answer.status, answer.body.error.code]).toEqual([502, 'connector_upstream_error']);
    expect(answer.body.error.details).toMatchObject({
      idempotency_key: 'lost-answer',
      upstream: { reason: 'link_cut' },
    });
    proxy.mend();
    await untilLinked();
    await named('front-door');
    const again = await switchRelay(4, true, { idempotency_key: 'lost-answer' });
    expect(again.body.result).toMatchObject({ outcome: 'applied', deduplicated: true });
    const rows = (await agent.api.listJournal({ limit: 50 })).data;
    expect(rows.filter(({ idempotency_key }) => idempotency_key === 'lost-answer')).toHaveLength(1);
  });

  it('suspects the repeat of a call without a key whose answer was lost', async () => {
    proxy.swallowAnswers();
    const lost = switchRelay(5, true);
    await eventually('the machine has acted', PATIENCE_MS, async () =>
      (await agent.api.listJournal({ limit: 1 })).data.some(
        ({ arguments: args, state }) => args['relay'] === 5 && state === 'applied',
      ),
    );
    proxy.cut();
    expect((await lost).status).toBe(502);
    proxy.mend();
    await untilLinked();
    await named('front-door');
    const again = await switchRelay(5, true);
    expect(again.body.result).toMatchObject({ outcome: 'refused', reason: 'duplicate_suspected', sent: false });
  });

  it('notices a connection that is dead and open, and links again by itself', async () => {
    proxy.stall();
    await eventually('the machine has noticed', PATIENCE_MS, async () => (await linkState()) !== 'up');
    const state = async () => (await request('GET', '/v1/agents')).body.data[0].state;
    await eventually('the hub has noticed', PATIENCE_MS, async () => (await state()) === 'offline');
    proxy.mend();
    await untilLinked();
    await named('front-door');
  });

  it('says of a machine that is away when it was seen last, and removes nothing', async () => {
    await agent.kill();
    await eventually(
      'the hub has noticed',
      PATIENCE_MS,
      async () => (await request('GET', '/v1/agents')).body.data[0].state === 'offline',
    );
    for (const [method, path, body] of [
      ['POST', `/v1/connectors/${relays}/call`, { tool: 'relay.set', arguments: { relay: 1, on: true } }],
      ['POST', `/v1/connectors/${scale}/test`, {}],
      ['DELETE', `/v1/connectors/${scale}`, undefined],
    ] as const) {
      const answer = await request(method, path, body);
      expect([answer.status, answer.body.error.code]).toEqual([502, 'connector_upstream_error']);
      expect(answer.body.error.details.last_seen_at).toMatch(/Z$/);
    }
    const { body } = await request('GET', `/v1/connectors/${scale}`);
    expect(body).toMatchObject({ status: 'error', health: { reason: 'agent_offline' } });
    agent = await startAgent({ dataDir: agentDir, demo: true });
    await untilLinked();
    await named('front-door');
  });

  it('keeps everything over its own end, and takes its machines back', async () => {
    await hub.kill();
    await eventually('the machine has noticed', PATIENCE_MS, async () => (await linkState()) !== 'up');
    await startHub();
    await untilLinked();
    await named('front-door');
    const read = await request('POST', `/v1/connectors/${scale}/call`, { tool: 'weight.read' });
    expect(read.status).toBe(200);
  });

  it('ends the link at once when the pairing is revoked, and leaves local work alone', async () => {
    const { body } = await request('GET', '/v1/agents');
    await request('DELETE', `/v1/agents/${body.data[0].id}`);
    const cloud = await eventually('the machine knows', PATIENCE_MS, async () => {
      const now = await agent.api.getCloud();
      return now.link.state === 'refused' && now;
    });
    expect(cloud.link.error?.code).toBe('key_revoked');
    expect((await request('GET', '/v1/connectors')).body.data).toEqual([]);
    const local = await agent.api.callTool(scale, { tool: 'weight.read' });
    expect(local).toMatchObject({ kind: 'read' });
  });

  it('takes a machine in by an enrolment token, of the right name and so often as it says; hears when it leaves', async () => {
    await edge(agentDir, 'unpair', '--yes');
    const made = await hub
      .admin('acme')
      .createEnrolment({ name_pattern: 'packing-*', uses: 1, expires_in_ms: 3_600_000 });
    const token = made.token ?? '';
    const enrol = (name: string) => edge(agentDir, 'pair', proxy.url, '--name', name, '--enrolment-token', token);
    expect((await enrol('office')).stderr).toContain('does not take in');
    expect((await enrol('packing-2')).code).toBe(0);
    await untilLinked();
    await edge(agentDir, 'unpair', '--yes');
    const { body } = await request('GET', '/v1/agents');
    expect(body.data.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
      ['packing-2', 'revoked'],
      ['packing-1', 'revoked'],
    ]);
    expect((await enrol('packing-3')).code).not.toBe(0);
    expect((await agent.api.getCloud()).state).toBe('none');
  });
});
