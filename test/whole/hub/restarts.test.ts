import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, edge, startAgent } from '../support/agent-process.ts';
import { type Answered, ask } from '../support/ask.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { connectMcp } from '../support/mcp.ts';
import { eventually } from '../support/wires.ts';

/** Long enough on a machine that does much else. */
const PATIENCE_MS = 60_000;

/** A hub and the demonstration's agent, each of which is killed in the middle of things, and keys that are revoked there. */
describe('a hub and its machine', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-restarts-'));
  const [hubDir, agentDir] = [join(scratch, 'hub'), join(scratch, 'agent')];
  let proxy: FaultProxy;
  let hub: HubProcess;
  let agent: AgentProcess;
  let key = '';
  let relays = '';

  const startHub = async () => {
    hub = await startHubProcess({ dataDir: hubDir, origin: proxy.url });
    proxy.aim(Number(new URL(hub.url).port));
  };
  const request = (method: string, path: string, body?: object, headers = {}): Promise<Answered> =>
    ask(hub, { method, path, body, headers: { authorization: `Bearer ${key}`, ...headers } });
  const cloud = () => agent.api.getCloud();
  const untilLinked = () =>
    eventually('the link stands', PATIENCE_MS, async () => {
      const { body } = await request('GET', '/v1/connectors?kind=hardware&limit=100');
      return (
        (await cloud()).link.state === 'up' &&
        body.data.find(({ name, status }: Record<string, string>) => name === 'front-door' && status === 'connected')
          ?.id
      );
    });
  const begin = async () => {
    const { pairing, key_words: words } = await agent.api.beginPairing({ origin: proxy.url, name: 'packing-1' });
    return { code: pairing?.user_code ?? '', words: words ?? '' };
  };
  const approve = (code: string, words: string) => hub.admin('acme').approvePairing(code, { key_words: words });
  const switchRelay = (relay: number, on: boolean, headers: object) =>
    request('POST', `/v1/connectors/${relays}/call`, { tool: 'relay.set', arguments: { relay, on } }, headers);
  const rowsOf = async (wanted: string) =>
    (await agent.api.listJournal({ limit: 50 })).data.filter(({ idempotency_key }) => idempotency_key === wanted);

  beforeAll(async () => {
    proxy = await startFaultProxy();
    await startHub();
    agent = await startAgent({ dataDir: agentDir, demo: true });
    await hub.api.createTenant('acme');
    key = (await hub.admin('acme').createKey({ name: 'programs', role: 'admin' })).key ?? '';
  }, 240_000);
  afterAll(async () => {
    await agent?.stop();
    await hub?.stop();
    await proxy?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('give a pairing up on both sides, also one from before the agent was started again', async () => {
    const { code, words } = await begin();
    await agent.kill();
    agent = await startAgent({ dataDir: agentDir, demo: true });
    expect((await cloud()).pairing?.user_code).toBe(code);
    expect((await edge(agentDir, 'unpair')).code).toBe(0);
    await expect(approve(code, words)).rejects.toMatchObject({ code: 'state_conflict' });
    expect((await cloud()).state).toBe('none');
    expect(await hub.admin('acme').listAgents()).toEqual([]);
  });

  it('finish a pairing that had begun before either of them was killed: the code on the screen stays good', async () => {
    const { code, words } = await begin();
    await Promise.all([agent.kill(), hub.kill()]);
    await startHub();
    agent = await startAgent({ dataDir: agentDir, demo: true });
    expect(await cloud()).toMatchObject({ state: 'pairing', key_words: words, pairing: { user_code: code } });
    await approve(code, words);
    relays = await untilLinked();
    // Nothing of it is left to go on with.
    await agent.kill();
    agent = await startAgent({ dataDir: agentDir, demo: true });
    expect(await cloud()).toMatchObject({ state: 'paired', pairing: null });
    await untilLinked();
  });

  it('answer a key of before the hub was killed as they did then, and refuse it for anything else', async () => {
    const keyed = { 'idempotency-key': 'make-a-key' };
    const body = { name: 'reader', role: 'read_only' };
    const made = await request('POST', '/v1/keys', body, keyed);
    expect(made.status).toBe(201);
    const switched = await switchRelay(2, true, { 'idempotency-key': 'before-the-kill' });
    expect(switched.body.result).toMatchObject({ outcome: 'applied', deduplicated: false });

    // And one that is under way: it is done, and its answer is lost with the hub.
    proxy.swallowAnswers();
    const lost = switchRelay(3, true, { 'idempotency-key': 'under-way' }).catch(() => null);
    await eventually(
      'the machine has acted',
      PATIENCE_MS,
      async () => (await rowsOf('under-way'))[0]?.state === 'applied',
    );
    await hub.kill();
    expect(await lost).toBeNull();
    proxy.mend();
    await startHub();
    await untilLinked();

    const again = await request('POST', '/v1/keys', body, keyed);
    expect([again.status, again.body.id, again.body.key]).toEqual([200, made.body.id, undefined]);
    expect(again.headers['x-request-id']).toBe(made.headers['x-request-id']);
    const other = await request('POST', '/v1/keys', { ...body, role: 'admin' }, keyed);
    expect([other.status, other.body.error.code]).toEqual([409, 'idempotency_conflict']);
    for (const [wanted, relay] of [
      ['before-the-kill', 2],
      ['under-way', 3],
    ] as const) {
      const repeated = await switchRelay(relay, true, { 'idempotency-key': wanted });
      expect(repeated.body.result).toMatchObject({ outcome: 'applied', deduplicated: true });
      const conflicting = await switchRelay(relay, false, { 'idempotency-key': wanted });
      expect(conflicting.body.result).toMatchObject({
        outcome: 'refused',
        reason: 'idempotency_conflict',
        sent: false,
      });
      expect((await rowsOf(wanted)).filter(({ state }) => state === 'applied')).toHaveLength(1);
    }
  });

  it('end what is open with a key at once when it is revoked, and let nobody else feel it', async () => {
    const made = await hub.admin('acme').createKey({ name: 'to-be-revoked', role: 'operate' });
    const secret = made.key ?? '';
    const open = (path: string) =>
      new Promise<{ readonly ended: Promise<unknown> }>((resolve, reject) => {
        const url = new URL(path, hub.url);
        httpRequest(url, { agent: false, headers: { authorization: `Bearer ${secret}`, accept: 'text/event-stream' } })
          .on('response', (response) => {
            response.resume();
            if (response.statusCode !== 200) reject(new Error(`${path} was answered with ${response.statusCode}`));
            resolve({ ended: new Promise((end) => response.once('close', end)) });
          })
          .on('error', reject)
          .end();
      });
    const streams = await Promise.all(['/v1/stream', '/v1/events/stream'].map(open));
    const client = await connectMcp(hub, relays, secret);
    await client.listTools();

    await hub.admin('acme').revokeKey(made.id);
    await Promise.all(streams.map(({ ended }) => ended));
    await expect(client.callTool({ name: 'relay_read', arguments: {} })).rejects.toThrow();
    await client.close().catch(() => {});
    const refused = await ask(hub, {
      method: 'GET',
      path: '/v1/connectors',
      headers: { authorization: `Bearer ${secret}` },
    });
    expect([refused.status, refused.body.error.code]).toEqual([401, 'key_revoked']);
    expect((await cloud()).link.state).toBe('up');
  });

  it('end a call under way and everything of a machine at once when its pairing is revoked', async () => {
    const [{ id = '' } = {}] = await hub.admin('acme').listAgents();
    proxy.swallowAnswers();
    const underWay = switchRelay(4, true, { 'idempotency-key': 'while-revoked' });
    await eventually(
      'the machine has acted',
      PATIENCE_MS,
      async () => (await rowsOf('while-revoked'))[0]?.state === 'applied',
    );
    await hub.admin('acme').revokeAgent(id);
    const answer = await underWay;
    expect([answer.status, answer.body.error.details.upstream.reason]).toEqual([502, 'link_cut']);
    expect((await request('GET', `/v1/connectors/${relays}`)).status).toBe(404);
    await eventually('the machine knows', PATIENCE_MS, async () => (await cloud()).link.error?.code === 'key_revoked');
    // It stays so over its own restart, and asks no more.
    await agent.kill();
    agent = await startAgent({ dataDir: agentDir, demo: true });
    expect((await cloud()).link).toMatchObject({ state: 'off', error: { code: 'key_revoked' } });
    expect((await agent.api.listConnectors()).length).toBeGreaterThan(0);
  });
});
