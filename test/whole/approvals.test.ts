import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import type { ApprovalObject, EffectObject } from '../../main/api/schemas/index.ts';
import {
  type AgentProcess,
  edge,
  edgeWithInput,
  makeDataDir,
  removeDataDir,
  startAgent,
} from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';
import { eventually } from './support/wires.ts';

/** A configuration in which a person has so many seconds. */
const countdown = (seconds: number) => `approvals: { countdown_s: ${seconds} }\n`;
const acting = ['connectors:read', 'tools:read', 'tools:act', 'journal:read', 'approvals:write'];

describe('approvals by a person', () => {
  const dataDir = makeDataDir();
  let agent: AgentProcess;
  let host: Awaited<ReturnType<typeof connectSimulatorHost>>;
  let relays: string;
  let token: string;

  beforeAll(async () => {
    agent = await startAgent({ dataDir, demo: true, config: countdown(40) });
    host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
    token = await makeToken(agent, acting);
    const { data } = await agent.api
      .request('GET', '/v1/connectors')
      .then((list) => list as { data: { id: string; name: string }[] });
    relays = data.find(({ name }) => name === 'relay-board')?.id ?? '';
    const set = await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=confirm');
    expect(set).toMatchObject({ code: 0 });
  });

  afterAll(async () => {
    host?.close();
    await agent?.stop();
    removeDataDir(dataDir);
  });

  /** Stops the agent, and with it the simulated devices, and starts both again. */
  const restart = async (config: string, between: () => void = () => {}) => {
    host.close();
    await agent.stop();
    between();
    agent = await startAgent({ dataDir, demo: true, config });
    host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
  };
  const writes = async () => ((await host.state('bus')) as { harmful_count: number }).harmful_count;
  const asked = () =>
    eventually('an approval waits', 5_000, async () => {
      const { data } = await agent.api.listApprovals({ state: 'waiting' });
      return data[0];
    });
  /** The approval once it waits no more, as the stream tells it. */
  const ended = async (id: string): Promise<ApprovalObject | null> => {
    for await (const event of agent.api.events()) {
      if (event.type === 'approval' && event.approval.id === id && event.approval.state !== 'waiting')
        return event.approval;
    }
    return null;
  };
  /** Calls `relay_set` over MCP, as a client that wants progress. */
  const call = async (
    args: object,
    onprogress: (message: string) => void = () => {},
  ): Promise<{ isError: boolean; effect: EffectObject }> => {
    const client = await connectMcp(agent, relays, token);
    try {
      const result = await client.callTool(
        { name: 'relay_set', arguments: { relay: 1, on: true, ...args } },
        { onprogress: ({ message }) => onprogress(message ?? ''), timeout: 60_000 },
      );
      return { isError: result.isError === true, effect: result.structuredContent as unknown as EffectObject };
    } finally {
      await client.close();
    }
  };
  /** The same for an agent that is about to be killed: nobody waits for the answer. */
  const callInVain = (args: object) => void call(args).catch(() => null);
  const bearer = (method: string, path: string) =>
    fetch(`${agent.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: '{}' }),
    });

  it('takes no policy with a bound on an argument that the driver does not bound', async () => {
    const set = await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set.bounds.on=0..1', '--json');
    expect(set.code).toBe(2);
    expect(JSON.parse(set.stderr)).toMatchObject({ error: { code: 'invalid_configuration' } });
    const put = agent.api.setPolicy(relays, {
      default: 'allow',
      tools: { 'relay.set': { bounds: { on: { max_value: 1 } } } },
    });
    await expect(put).rejects.toMatchObject({ code: 'invalid_configuration' });
    expect(await agent.api.getPolicy(relays)).toMatchObject({ tools: { 'relay.set': { decision: 'confirm' } } });
  });

  it('declares the reserved arguments in the schema of every side effect and nowhere else, strictly', async () => {
    const reserved = ['dry_run', 'entity_key', 'idempotency_key'];
    const check = (schema: object, sideEffect: boolean) => {
      expect(schema).toMatchObject({ additionalProperties: false });
      const names = 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
      expect(names.filter((name) => reserved.includes(name)).sort()).toEqual(sideEffect ? reserved : []);
    };
    let effects = 0;
    for (const { id } of await agent.api.listConnectors()) {
      const client = await connectMcp(agent, id, token);
      const listed = (await client.listTools()).tools;
      await client.close();
      for (const tool of await agent.api.listConnectorTools(id)) {
        check(tool.input_schema, tool.side_effect);
        check(listed.find(({ name }) => name === tool.name.replace('.', '_'))?.inputSchema ?? {}, tool.side_effect);
        effects += tool.side_effect ? 1 : 0;
      }
    }
    expect(effects).toBeGreaterThan(2);
  });

  it('pending after 20 s with progress; allowed over the local socket it is done once; the key tells it', async () => {
    const before = await writes();
    const progress: string[] = [];
    const begun = performance.now();
    const first = await call({ idempotency_key: 'door-1' }, (message) => progress.push(message));
    const waitedMs = performance.now() - begun;
    expect(first).toMatchObject({
      isError: true,
      effect: { outcome: 'pending', idempotency_key: 'door-1', sent: false },
    });
    expect(first.effect.approval_id).toMatch(/^ap_/);
    expect(waitedMs).toBeGreaterThan(19_000);
    expect(waitedMs).toBeLessThan(25_000);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress[0]).toContain('Waiting for a person');
    expect(await writes()).toBe(before);

    const approval = await asked();
    expect(approval).toMatchObject({
      id: first.effect.approval_id,
      tool: 'relay.set',
      arguments: { relay: 1, on: true },
      connector_name: 'relay-board',
    });
    const id = approval.id;
    for (const [method, path] of [
      ['GET', '/v1/approvals'],
      ['GET', `/v1/approvals/${id}`],
      ['POST', `/v1/approvals/${id}/approve`],
      ['POST', `/v1/approvals/${id}/deny`],
      ['PUT', '/v1/approvals/pin'],
    ] as const) {
      const refused = await bearer(method, path);
      expect([path, refused.status]).toEqual([path, 403]);
      expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('local_only');
    }

    const approved = await edge(dataDir, 'approvals', 'approve', id, '--yes', '--json');
    expect(approved).toMatchObject({ code: 0 });
    expect(JSON.parse(approved.stdout)).toMatchObject({ state: 'approved', journal_state: 'applied' });
    expect(await writes()).toBe(before + 1);
    const again = await call({ idempotency_key: 'door-1' });
    expect(again).toMatchObject({
      isError: false,
      effect: { outcome: 'applied', deduplicated: true, evidence: 'read_back' },
    });
    const twice = await edge(dataDir, 'approvals', 'approve', id, '--yes');
    expect(twice.code).toBe(3);
    expect(await writes()).toBe(before + 1);
  });

  it('allowed while the client waits: its call is answered with the outcome', async () => {
    const before = await writes();
    const waiting = call({ idempotency_key: 'door-2', on: false });
    const { id } = await asked();
    await agent.api.approve(id);
    expect(await waiting).toMatchObject({ isError: false, effect: { outcome: 'applied', deduplicated: false } });
    expect(await writes()).toBe(before + 1);
  });

  it('denied: the call is refused and nothing is sent', async () => {
    const before = await writes();
    const waiting = call({ idempotency_key: 'door-3' });
    const { id } = await asked();
    expect((await edge(dataDir, 'approvals', 'deny', id, '--note', 'somebody stands there')).code).toBe(0);
    expect(await waiting).toMatchObject({
      isError: true,
      effect: { outcome: 'refused', reason: 'approval_denied', sent: false },
    });
    expect(await writes()).toBe(before);
  });

  it('a receipt is shown as it would be printed, in a file that only this user may read', async () => {
    expect((await edge(dataDir, 'connectors', 'set', 'receipt-printer', 'policy.receipt.print=confirm')).code).toBe(0);
    const args = JSON.stringify({ content: [{ type: 'text', text: 'Flat white', bold: true }] });
    const printing = edge(dataDir, 'call', 'receipt-printer', 'receipt.print', '--args', args, '--key', 'receipt-1');
    const { id } = await asked();
    const shown = await edge(dataDir, 'approvals', 'show', id, '--preview', join(dataDir, 'receipt.png'), '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ preview: { media_type: 'image/png' }, tool: 'receipt.print' });
    const png = readFileSync(join(dataDir, 'receipt.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(statSync(join(dataDir, 'receipt.png')).mode & 0o077).toBe(0);
    expect((await edge(dataDir, 'approvals', 'approve', id, '--yes')).code).toBe(0);
    expect(await printing).toMatchObject({ code: 0 });
  });

  it('the cable out and in again: what was asked before can not be allowed any more', async () => {
    const before = await writes();
    const waiting = call({ idempotency_key: 'door-unplugged' });
    const { id } = await asked();
    const over = ended(id);
    await host.unplug('bus');
    expect(await over).toMatchObject({ state: 'void', journal_state: 'refused', reason: 'approval_expired' });
    expect(await waiting).toMatchObject({ effect: { outcome: 'refused', reason: 'approval_expired', sent: false } });
    await host.plug('bus');
    await eventually('the board answers again', 10_000, async () => {
      const { code } = await edge(dataDir, 'call', 'relay-board', 'relay.read');
      return code === 0;
    });
    expect((await edge(dataDir, 'approvals', 'approve', id, '--yes')).code).toBe(3);
    expect(await writes()).toBe(before);
  });

  it('the PIN: asked for once it is set, piped in, never shown', async () => {
    expect((await edgeWithInput('4711\n', dataDir, 'approvals', 'pin', 'set', '--pin-stdin')).code).toBe(0);
    const waiting = call({ idempotency_key: 'door-4' });
    const { id } = await asked();
    await expect(agent.api.approve(id)).rejects.toMatchObject({ code: 'pin_required' });
    expect((await edgeWithInput('1234\n', dataDir, 'approvals', 'approve', id, '--yes', '--pin-stdin')).code).toBe(3);
    const right = await edgeWithInput('4711\n', dataDir, 'approvals', 'approve', id, '--yes', '--pin-stdin');
    expect(right).toMatchObject({ code: 0 });
    expect(right.stdout + right.stderr).not.toContain('4711');
    expect(await waiting).toMatchObject({ effect: { outcome: 'applied' } });
    expect((await edge(dataDir, 'logs', '--limit', '1000')).stdout).not.toMatch(/4711|1234/);
    expect((await edgeWithInput('4711\n', dataDir, 'approvals', 'pin', 'remove', '--pin-stdin')).code).toBe(0);
  });

  it('kill -9 while it waits: it is there again until it expires, and is never done', async () => {
    await restart(countdown(10));
    const before = await writes();
    callInVain({ idempotency_key: 'door-5' });
    const { id, expires_at: expiresAt } = await asked();
    await agent.kill();
    agent = await startAgent({ dataDir, demo: true, config: countdown(10) });
    expect(await asked()).toMatchObject({
      id,
      expires_at: expiresAt,
      state: 'waiting',
    } satisfies Partial<ApprovalObject>);
    const expired = await ended(id);
    expect(expired).toMatchObject({ state: 'expired', reason: 'approval_expired', journal_state: 'refused' });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect((await edge(dataDir, 'approvals', 'approve', id, '--yes')).code).toBe(3);
    expect(await call({ idempotency_key: 'door-5' })).toMatchObject({
      effect: { outcome: 'refused', reason: 'approval_expired', deduplicated: true },
    });
    expect(await writes()).toBe(before);
  });

  it('kill -9 at any moment after a person allowed it: done at most once, and told as it was', async () => {
    for (const delayMs of [0, 2, 5, 10, 20]) {
      const before = await writes();
      const key = `killed-${delayMs}`;
      callInVain({ idempotency_key: key, on: delayMs % 4 === 0 });
      const { id } = await asked();
      const given = agent.api.approve(id).catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await agent.kill();
      await given;
      agent = await startAgent({ dataDir, demo: true, config: countdown(40) });
      const done = (await writes()) - before;
      const approval = await agent.api.getApproval(id);
      expect(done).toBeLessThanOrEqual(1);
      if (approval.state === 'waiting') {
        expect(done).toBe(0);
        await agent.api.deny(id);
        continue;
      }
      const told = await call({ idempotency_key: key, on: delayMs % 4 === 0 });
      if (!told.effect.sent) expect(done).toBe(0);
      await expect(agent.api.approve(id)).rejects.toMatchObject({ code: 'state_conflict' });
      expect((await writes()) - before).toBe(done);
      const { data } = await agent.api.listJournal({ state: 'unknown' });
      for (const row of data) {
        if (row.settlement !== null) continue;
        const answer = done === 1 ? '--happened' : '--did-not-happen';
        expect((await edge(dataDir, 'journal', 'settle', row.journal_id, answer, '--note', 'looked')).code).toBe(0);
      }
    }
  });

  it('a lost journal locks every action until a person takes note of it; reading goes on', async () => {
    await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=allow');
    await restart('', () => {
      for (const end of ['', '-wal', '-shm']) rmSync(join(dataDir, `journal.db${end}`), { force: true });
    });
    const before = await writes();
    expect(await agent.api.getHealth()).toMatchObject({ status: 'attention', journal: { acknowledged: false } });
    const refused = await edge(dataDir, 'call', 'relay-board', 'relay.set', 'relay=1', 'on=true', '--json');
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      result: { outcome: 'refused', sent: false, error: { code: 'journal_epoch_unacknowledged' } },
    });
    expect((await edge(dataDir, 'call', 'relay-board', 'relay.read')).code).toBe(0);
    expect((await bearer('POST', '/v1/journal/acknowledge')).status).toBe(403);
    expect(await writes()).toBe(before);
    expect((await edge(dataDir, 'journal', 'acknowledge')).code).toBe(0);
    expect((await edge(dataDir, 'call', 'relay-board', 'relay.set', 'relay=1', 'on=true')).code).toBe(0);
    expect(await writes()).toBe(before + 1);
  });
});
