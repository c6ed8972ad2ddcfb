import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MagentoSimulator, startMagentoSimulator } from '../../../drivers/saas-magento/simulator.ts';
import { type AgentProcess, edge, startAgent } from '../support/agent-process.ts';
import { type Answered, ask } from '../support/ask.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { makeToken } from '../support/mcp.ts';
import { eventually } from '../support/wires.ts';

const PATIENCE_MS = 60_000;
const SECRET = 'mg_live_operators_1a2b';
const config = 'discover: false\nvault: { provider: keyfile }\nallowed_targets: ["127.0.0.1"]\n';

/** Two machines of one tenant, each with the same software source. */
describe('operators at a hub', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-hub-operators-'));
  const hubDir = join(scratch, 'hub');
  const dirs = { one: join(scratch, 'one'), two: join(scratch, 'two') };
  const machines: Record<string, AgentProcess> = {};
  let store: MagentoSimulator;
  let hub: HubProcess;
  let key = '';
  let capability = '';
  let operator = '';

  const request = (method: string, path: string, body?: object, headers = {}): Promise<Answered> =>
    ask(hub, { method, path, body, headers: { authorization: `Bearer ${key}`, ...headers } });
  const idOf = async (name: string): Promise<string> =>
    eventually(`the hub lists ${name} as connected`, PATIENCE_MS, async () => {
      const { body } = await request('GET', '/v1/connectors?limit=100');
      return body.data.find(
        (item: { name: string; status: string }) => item.name === name && item.status === 'connected',
      )?.id;
    });
  const isGone = (name: string) =>
    eventually(`${name} is gone from the hub`, PATIENCE_MS, async () => {
      const { body } = await request('GET', '/v1/connectors?limit=100');
      return body.data.every((item: { name: string }) => item.name !== name);
    });
  const install = async (machine: string, name: string) => {
    const auth = { type: 'api_key', key: SECRET };
    const body = { listing: 'cn-magento', name, auth, config: { base_url: store.url, agent: machine } };
    const made = await request('POST', '/v1/connectors', body);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return idOf(name);
  };
  const removeAt = (machine: 'one' | 'two', name: string, ...more: readonly string[]) =>
    edge(dirs[machine], 'connectors', 'remove', name, '--yes', '--json', ...more);

  beforeAll(async () => {
    store = await startMagentoSimulator({ tokens: [SECRET] });
    hub = await startHubProcess({ dataDir: hubDir });
    await hub.api.createTenant('acme');
    await hub.api.createTenant('other');
    key = (await hub.admin('acme').createKey({ name: 'console', role: 'admin' })).key ?? '';
    const grants = { read: true, act: true, install: true, care: true };
    const { token = '' } = await hub
      .admin('acme')
      .createEnrolment({ name_pattern: '*', uses: 2, expires_in_ms: 3_600_000, grants });
    for (const [name, dataDir] of Object.entries(dirs)) {
      machines[name] = await startAgent({ dataDir, config });
      const args = ['pair', hub.url, '--name', name, '--enrolment-token', token, '--grants', 'read,act,install,care'];
      const paired = await edge(dataDir, ...args);
      expect(paired.code, paired.stderr).toBe(0);
    }
    await eventually('both are linked', PATIENCE_MS, async () =>
      (await hub.admin('acme').listAgents()).every(({ state }) => state === 'linked'),
    );
    await install('one', 'shop-one');
  }, 240_000);
  afterAll(async () => {
    for (const machine of Object.values(machines)) await machine.stop();
    await hub?.stop();
    await store?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('are made, shown, changed and forgotten, each within its tenant', async () => {
    const shop = await request('GET', `/v1/connectors/${await idOf('shop-one')}`);
    [capability] = shop.body.capabilities;
    const body = { name: 'packing', capabilities: [capability, 'label.print'] };
    const made = await request('POST', '/v1/operators', body, { 'idempotency-key': 'op-1' });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ object: 'operator', name: 'packing', status: 'active', unfulfilled: ['label.print'] }),
    ]);
    operator = made.body.id;
    const again = await request('POST', '/v1/operators', body, { 'idempotency-key': 'op-1' });
    expect([again.status, again.body.id]).toEqual([200, operator]);
    const taken = await request('POST', '/v1/operators', body);
    expect([taken.status, taken.body.error.code]).toEqual([409, 'state_conflict']);
    const other = (await hub.admin('other').createKey({ name: 'x', role: 'admin' })).key ?? '';
    for (const [method, path] of [
      ['GET', `/v1/operators/${operator}`],
      ['DELETE', `/v1/operators/${operator}`],
    ] as const) {
      const hidden = await request(method, path, undefined, { authorization: `Bearer ${other}` });
      expect([hidden.status, hidden.body.error.code]).toEqual([404, 'not_found']);
    }
    const changed = await request('PATCH', `/v1/operators/${operator}`, { capabilities: [capability] });
    expect(changed.body).toMatchObject({ capabilities: [capability], unfulfilled: [] });
    const list = await edge(hubDir, 'hub', 'operators', 'list', '--tenant', 'acme', '--test', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject([{ id: operator, name: 'packing' }]);
    const made2 = await edge(
      hubDir,
      ...[
        'hub',
        'operators',
        'create',
        '--tenant',
        'acme',
        '--test',
        '--name',
        'idle',
        '--capabilities',
        'label.print',
      ],
    );
    expect(made2.code, made2.stderr).toBe(0);
    const forgotten = await edge(hubDir, 'hub', 'operators', 'remove', 'idle', '--tenant', 'acme', '--test', '--yes');
    expect(forgotten.code, forgotten.stderr).toBe(0);
  });

  it('are shown with the capabilities they need', async () => {
    const { body } = await request('GET', '/v1/capabilities');
    expect(body.data.find((use: { capability: string }) => use.capability === capability)).toMatchObject({
      fulfilled: true,
      connectors: [{ name: 'shop-one' }],
      operators: [{ id: operator, name: 'packing', status: 'active' }],
    });
  });

  it('keep the only connector they depend on from being uninstalled, from the hub and at the machine', async () => {
    const id = await idOf('shop-one');
    const refused = await request('DELETE', `/v1/connectors/${id}`);
    expect([refused.status, refused.body.error.code, refused.body.error.details]).toEqual([
      409,
      'connector_in_use',
      expect.objectContaining({ capabilities: [capability], operators: [operator] }),
    ]);
    const local = await removeAt('one', 'shop-one');
    expect(local.code).not.toBe(0);
    expect(local.stderr + local.stdout).toContain('connector_in_use');
    expect(local.stderr + local.stdout).toContain(operator);
    // In use is in use: there is no force against it.
    expect((await removeAt('one', 'shop-one', '--force')).code).not.toBe(0);
    expect((await machines['one']?.api.listConnectors())?.map(({ name }) => name)).toEqual(['shop-one']);
  });

  it('let one go when a connector of another machine stands in, and only one of two that go at once', async () => {
    await install('two', 'shop-two');
    const both = await Promise.all([removeAt('one', 'shop-one'), removeAt('two', 'shop-two')]);
    expect(both.map(({ code }) => code === 0).sort()).toEqual([false, true]);
    const [goneFrom, gone] = both[0]?.code === 0 ? (['one', 'shop-one'] as const) : (['two', 'shop-two'] as const);
    await isGone(gone);
    await install(goneFrom, gone);
    // Through the hub and at the machine, too.
    const id = await idOf('shop-one');
    const mixed = await Promise.all([request('DELETE', `/v1/connectors/${id}`), removeAt('two', 'shop-two')]);
    expect([mixed[0].status === 200, mixed[1].code === 0].sort()).toEqual([false, true]);
    await isGone(mixed[0].status === 200 ? 'shop-one' : 'shop-two');
  });

  it('hold nothing back while they are paused', async () => {
    const [left] = (await request('GET', '/v1/connectors')).body.data;
    expect((await request('DELETE', `/v1/connectors/${left.id}`)).status).toBe(409);
    await edge(hubDir, 'hub', 'operators', 'pause', 'packing', '--tenant', 'acme', '--test');
    expect((await request('DELETE', `/v1/connectors/${left.id}`)).status).toBe(200);
    await edge(hubDir, 'hub', 'operators', 'resume', 'packing', '--tenant', 'acme', '--test');
    await isGone(left.name);
  });

  it('can not be asked after without the hub: then a person decides, and the journal tells', async () => {
    const id = await install('one', 'shop-one');
    await hub.stop();
    const one = machines['one'] as AgentProcess;
    await eventually(
      'the machine has noticed',
      PATIENCE_MS,
      async () => (await one.api.getCloud()).link.state !== 'up',
    );
    const refused = await removeAt('one', 'shop-one');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr + refused.stdout).toContain('hub_unreachable');
    const token = await makeToken(one);
    const program = (query: string) =>
      ask(one, {
        method: 'DELETE',
        path: `/v1/connectors/${id}${query}`,
        headers: { authorization: `Bearer ${token}` },
      });
    const unforced = await program('');
    expect([unforced.status, unforced.body.error.code]).toEqual([409, 'state_conflict']);
    const forced = await program('?force=true');
    expect([forced.status, forced.body.error.code]).toEqual([403, 'local_only']);
    expect((await one.api.listConnectors()).map(({ name }) => name)).toEqual(['shop-one']);

    const done = await removeAt('one', 'shop-one', '--force');
    expect(done.code, done.stderr).toBe(0);
    expect(await one.api.listConnectors()).toEqual([]);
    expect((await one.api.listJournal({ limit: 10 })).data).toMatchObject([
      {
        connector_id: id,
        connector_name: 'shop-one',
        tool: 'connector.uninstall',
        state: 'applied',
        sent: false,
        caller: 'local-admin',
        arguments: { forced: true, hub: hub.url },
      },
    ]);
    hub = await startHubProcess({ dataDir: hubDir, port: Number(new URL(hub.url).port) });
    await eventually('the link stands', PATIENCE_MS * 2, async () => (await one.api.getCloud()).link.state === 'up');
    await isGone('shop-one');
    expect((await request('GET', `/v1/operators/${operator}`)).body.unfulfilled).toEqual([capability]);
  });
});
