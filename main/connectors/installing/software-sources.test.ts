import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AgentError, defineReadTool, defineSource, type Source } from '../../../drivers/kit/index.ts';
import { saasMagento } from '../../../drivers/saas-magento/index.ts';
import { type MagentoSimulator, startMagentoSimulator } from '../../../drivers/saas-magento/simulator.ts';
import type { Vault } from '../../vault/index.ts';
import type { Connector } from '../directory/connector.ts';
import type { ServiceEvent } from '../events/service-event.ts';
import { admin, effectOf } from '../testing/bench.ts';
import { openSourceDisk, type SourceBench, type SourceDisk } from '../testing/source-bench.ts';

const KEY = 'mg_live_9f4c2e8b1a41';
const NEW_KEY = 'mg_live_0000000000rotated77';
const signal = new AbortController().signal;
let store: MagentoSimulator;
let disk: SourceDisk;

beforeEach(async () => {
  store = await startMagentoSimulator({ tokens: [KEY, NEW_KEY] });
  disk = await openSourceDisk();
});
afterEach(async () => {
  await disk.close();
  await store.close();
});

const installWith = ({ service }: SourceBench, key = KEY, name = 'magento-us-store') =>
  service.install(
    { listing: 'cn-magento', name, auth: Object.assign({ type: 'api_key' }, { key }), config: { base_url: store.url } },
    admin,
  );
const rotate = ({ service }: SourceBench, id: string, key: string) =>
  service.update(id, { auth: Object.assign({ type: 'api_key' }, { key }) }, admin);
const read = ({ service }: SourceBench, connectorId: string) =>
  service.call({ connectorId, tool: 'order.read', arguments: { entity_id: 7 }, caller: admin, signal });
const hold = async ({ service }: SourceBench, connectorId: string, args: object = {}) =>
  effectOf(
    await service.call({
      connectorId,
      tool: 'order.hold',
      arguments: { entity_id: 7, ...args },
      caller: admin,
      signal,
    }),
  ).result;

function nextHealth(bench: SourceBench, wanted: (connector: Connector) => boolean): Promise<Connector> {
  return new Promise((resolve) => {
    const stop = bench.service.subscribe((event: ServiceEvent) => {
      if (event.type !== 'connector' || !wanted(event.connector)) return;
      stop();
      resolve(event.connector);
    });
  });
}

describe('installing', () => {
  test('tries the key, keeps it in the vault, and shows a hint of it', async () => {
    const bench = await disk.start();
    const connector = await installWith(bench);
    expect(connector).toMatchObject({
      listing: 'cn-magento',
      kind: 'saas',
      capabilities: ['order.read', 'order.hold', 'order.notify'],
      auth: { type: 'api_key', hint: 'mg_****41' },
      status: 'connected',
      last_synced_at: null,
      device: null,
      config: { base_url: store.url, reply_timeout_ms: 15_000 },
      health: { state: 'ok' },
    });
    expect(bench.entries()).toHaveLength(1);
    expect(bench.unfinished()).toBe(0);
    expect(store.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  test.each([
    ['rejected by the store', { key: 'wrong_key_0000' }, 'auth_failed'],
    ['of another type', { type: 'basic' }, 'invalid_parameter'],
    ['none', { type: 'none' }, 'invalid_parameter'],
    ['missing', { key: undefined }, 'missing_parameter'],
    ['not one a header can carry', { key: 'line\nend' }, 'invalid_parameter'],
  ])('with credentials that are %s stores nothing', async (_, change, code) => {
    const bench = await disk.start();
    const auth = { type: 'api_key', key: KEY, ...change };
    const config = { base_url: store.url };
    await expect(bench.service.install({ listing: 'cn-magento', auth, config }, admin)).rejects.toMatchObject({ code });
    expect([bench.service.list(), bench.entries(), bench.unfinished()]).toEqual([[], [], 0]);
  });

  test.each([
    ['no base_url', {}, 'config.base_url: missing'],
    ['a device', { base_url: 'https://store.example.com', device: 'dev_1' }, 'config.device: there is no such key'],
    ['an address of this network', { base_url: 'https://192.168.1.5' }, 'not a public address'],
    ['http to elsewhere', { base_url: 'http://store.example.com' }, 'not encrypted'],
  ])('with %s sends the key nowhere', async (_, config, message) => {
    const bench = await disk.start();
    const request = { listing: 'cn-magento', auth: Object.assign({ type: 'api_key' }, { key: KEY }), config };
    await expect(bench.service.install(request, admin)).rejects.toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringContaining(message),
    });
    expect(store.seen).toEqual([]);
  });

  test('of an early access listing says so before it looks at anything else', async () => {
    const bench = await disk.start();
    const request = { listing: 'cn-shopify', auth: { type: 'none' }, config: {} };
    await expect(bench.service.install(request, admin)).rejects.toMatchObject({ code: 'listing_early_access' });
  });

  test('of a store that is down is installed with what is wrong, and works when it is back', async () => {
    const bench = await disk.start();
    store.fail({ kind: 'reset', work: false });
    const connector = await installWith(bench);
    expect(connector).toMatchObject({ status: 'error', health: { reason: 'source_unreachable' } });
    store.fail(null);
    await read(bench, connector.id);
    expect(bench.service.get(connector.id)).toMatchObject({ status: 'connected', health: { state: 'ok' } });
  });

  test('while the vault is locked stores nothing and sends the key nowhere', async () => {
    const locked = (vault: Vault): Vault => ({
      ...vault,
      check: () => Promise.reject(new AgentError('vault_unavailable', 'locked')),
      set: () => Promise.reject(new AgentError('vault_unavailable', 'locked')),
    });
    const bench = await disk.start({ wrapVault: locked });
    await expect(installWith(bench)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect([bench.service.list(), bench.entries(), bench.unfinished(), store.seen]).toEqual([[], [], 0, []]);
  });

  test('when the vault fails in the last moment leaves nothing behind', async () => {
    const failing = (vault: Vault): Vault => ({
      ...vault,
      set: () => Promise.reject(new AgentError('vault_unavailable', 'locked meanwhile')),
    });
    const bench = await disk.start({ wrapVault: failing });
    await expect(installWith(bench)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect([bench.service.list(), bench.entries(), bench.unfinished()]).toEqual([[], [], 0]);
  });

  test('twice under one name conflicts', async () => {
    const bench = await disk.start();
    await installWith(bench);
    await expect(installWith(bench)).rejects.toMatchObject({ code: 'state_conflict' });
    expect(bench.entries()).toHaveLength(1);
  });
});

describe('a connector', () => {
  test('runs the whole flow: policy, check, journal, permit, act', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    expect(await hold(bench, id)).toMatchObject({ outcome: 'refused', reason: 'policy_deny' });
    await bench.service.setPolicy(id, { default: 'deny', tools: { 'order.hold': { decision: 'allow' } } }, admin);
    expect(await hold(bench, id, { dry_run: true })).toMatchObject({ outcome: 'dry_run', evidence: 'answered' });
    const first = await hold(bench, id, { idempotency_key: 'k1' });
    expect(first).toMatchObject({ outcome: 'applied', sent: true, evidence: 'read_back', deduplicated: false });
    expect(await hold(bench, id, { idempotency_key: 'k1' })).toMatchObject({
      outcome: 'applied',
      deduplicated: true,
      journal_id: first.journal_id,
    });
    expect(await hold(bench, id)).toMatchObject({ outcome: 'refused', reason: 'check_failed' });
    expect(store.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(bench.service.journal({ limit: 10 })[1]).toMatchObject({ device_id: id, state: 'applied' });
  });

  test('whose answer was lost asks the store what happened before the next effect', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    await bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin);
    store.fail({ kind: 'reset', work: true }, ({ method }) => method === 'POST');
    const lost = await hold(bench, id, { idempotency_key: 'k1' });
    expect(lost).toMatchObject({ outcome: 'unknown', sent: true });
    store.fail(null);
    expect(await hold(bench, id, { entity_id: 2 })).toMatchObject({ outcome: 'applied' });
    expect(bench.service.journalEntry(lost.journal_id ?? '')).toMatchObject({
      state: 'applied',
      evidence: 'read_back',
    });
    expect(store.seen.filter(({ target }) => target.endsWith('/7/hold'))).toHaveLength(1);
  });

  test('whose store refuses the connection has sent nothing', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    await bench.service.setPolicy(id, { default: 'allow', tools: {} }, admin);
    await store.close();
    expect(await hold(bench, id)).toMatchObject({ outcome: 'refused', reason: 'check_failed', sent: false });
  });

  test('says which of its credentials or its store is wrong', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    store.settings.tokens.delete(KEY);
    await expect(read(bench, id)).rejects.toMatchObject({ code: 'auth_failed' });
    expect(bench.service.get(id)).toMatchObject({ status: 'error', health: { reason: 'auth_failed' } });
    const record = await bench.service.test(id, null, admin, signal);
    expect(record).toMatchObject({ status: 'failed' });
    expect(record.results.map((result) => [result.tool, result.mode, result.error?.code])).toEqual([
      ['order.read', 'live', 'auth_failed'],
      ['order.hold', 'dry_run', 'auth_failed'],
      ['order.notify', 'dry_run', 'auth_failed'],
    ]);
    store.fail({ kind: 'reset', work: false });
    await expect(bench.service.test(id, null, admin, signal)).rejects.toMatchObject({
      code: 'connector_upstream_error',
      details: { upstream: { device: store.url, reason: 'source_unreachable' } },
    });
    expect(bench.service.get(id)).toMatchObject({ health: { reason: 'source_unreachable' } });
  });

  test('leaves a store alone that asked for it', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    store.fail({ kind: 'rate_limited', retryAfterS: 60 });
    await expect(read(bench, id)).rejects.toMatchObject({ code: 'source_busy' });
    store.fail(null);
    const asked = store.seen.length;
    await expect(read(bench, id)).rejects.toMatchObject({ code: 'source_busy', hint: expect.stringContaining('60 s') });
    expect(store.seen).toHaveLength(asked);
    expect(bench.service.get(id).status).toBe('connected');
  });

  test('keeps no order on disk, only when it last read', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    await read(bench, id);
    expect(bench.service.lastReadings(id)).toEqual([]);
    expect(bench.service.get(id).last_synced_at).not.toBeNull();
    await bench.service.close();
    expect(onDisk(bench)).not.toContain('roni_cost@example.com');
  });

  test('works after a restart with the key from the vault', async () => {
    const { id } = await installWith(await disk.start());
    const bench = await disk.start();
    expect(await read(bench, id)).toMatchObject({ kind: 'read', output: { found: true } });
  });

  test('waits for a vault that is locked at start, and works when it is not any more', async () => {
    const { id } = await installWith(await disk.start());
    let locked = true;
    const bench = await disk.start({
      wrapVault: (vault) => ({
        ...vault,
        get: (entry) => (locked ? Promise.reject(new AgentError('vault_unavailable', 'locked')) : vault.get(entry)),
      }),
    });
    await expect(read(bench, id)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect(bench.service.get(id)).toMatchObject({ status: 'error', health: { reason: 'vault_unavailable' } });
    locked = false;
    const well = nextHealth(bench, ({ status }) => status === 'connected');
    await read(bench, id);
    await well;
  });
});

describe('rotating the key', () => {
  test('tries the new one, uses it, and purges the old one', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    const [before] = bench.entries();
    const asked = store.seen.length;
    const changed = await rotate(bench, id, NEW_KEY);
    expect(changed).toMatchObject({ auth: { hint: 'mg_****77' }, status: 'connected' });
    expect(store.seen[asked]?.headers.authorization).toBe(`Bearer ${NEW_KEY}`);
    expect(bench.entries()).toHaveLength(1);
    expect(bench.entries()).not.toContain(before);
    store.settings.tokens.delete(KEY);
    expect(await read(bench, id)).toMatchObject({ kind: 'read' });
    expect(bench.unfinished()).toBe(0);
  });

  test.each([
    ['is rejected', 'wrong_key_0000', null, 'auth_failed'],
    ["can't be tried", NEW_KEY, { kind: 'reset', work: false } as const, 'source_unreachable'],
  ])('to one that %s changes nothing', async (_, key, fault, code) => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    const [before, entries] = [bench.service.get(id), bench.entries()];
    store.fail(fault);
    await expect(rotate(bench, id, key)).rejects.toMatchObject({ code });
    store.fail(null);
    expect(bench.service.get(id)).toEqual(before);
    expect([bench.entries(), bench.unfinished()]).toEqual([entries, 0]);
    expect(await read(bench, id)).toMatchObject({ kind: 'read' });
  });

  test('while the vault is locked changes nothing', async () => {
    const { id } = await installWith(await disk.start());
    const bench = await disk.start({
      wrapVault: (vault) => ({ ...vault, check: () => Promise.reject(new AgentError('vault_unavailable', 'locked')) }),
    });
    await expect(rotate(bench, id, NEW_KEY)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect(await read(bench, id)).toMatchObject({ kind: 'read' });
  });

  test('is needed for another address: the stored key goes nowhere else', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    const other = await startMagentoSimulator({ tokens: [KEY] });
    try {
      const moved = bench.service.update(id, { config: { base_url: other.url } }, admin);
      await expect(moved).rejects.toMatchObject({ code: 'missing_parameter', details: { parameter: 'auth' } });
      expect(other.seen).toEqual([]);
      const auth = Object.assign({ type: 'api_key' }, { key: KEY });
      await bench.service.update(id, { config: { base_url: other.url }, auth }, admin);
      expect(other.seen.length).toBeGreaterThan(0);
    } finally {
      await other.close();
    }
  });

  test('is not needed for other settings', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    const changed = await bench.service.update(id, { name: 'eu', config: { store_code: 'eu' } }, admin);
    expect(changed).toMatchObject({ name: 'eu', config: { store_code: 'eu' }, status: 'connected' });
    expect(store.seen.at(-1)?.target).toContain('/rest/eu/V1/');
  });
});

describe('uninstalling', () => {
  test('purges the key; the journal stays', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    await hold(bench, id);
    await bench.service.remove(id, admin);
    expect([bench.service.list(), bench.entries(), bench.unfinished()]).toEqual([[], [], 0]);
    expect(bench.service.journal({ limit: 10 })).toHaveLength(1);
  });

  test('while the vault is locked removes nothing, so that "deleted" always means purged', async () => {
    const { id } = await installWith(await disk.start());
    const bench = await disk.start({
      wrapVault: (vault) => ({ ...vault, delete: () => Promise.reject(new AgentError('vault_unavailable', 'locked')) }),
    });
    await expect(bench.service.remove(id, admin)).rejects.toMatchObject({ code: 'vault_unavailable' });
    expect(bench.service.list()).toHaveLength(1);
    expect([bench.entries().length, bench.unfinished()]).toEqual([1, 0]);
    expect(await read(bench, id)).toMatchObject({ kind: 'read' });
  });
});

describe('an agent that is killed while it', () => {
  type Action = (bench: SourceBench) => Promise<unknown>;
  const installFirst: Action = (bench) => installWith(bench, KEY, 'first');
  const first = (bench: SourceBench) => bench.service.list()[0]?.id ?? '';
  const actions: readonly (readonly [string, Action | null, Action])[] = [
    ['installs', null, (bench) => installWith(bench)],
    ['rotates', installFirst, (bench) => rotate(bench, first(bench), NEW_KEY)],
    ['uninstalls', installFirst, (bench) => bench.service.remove(first(bench), admin)],
  ];
  const cases = actions.flatMap(([name, before, action]) =>
    [0, 1, 2, 3, 4, 5].map((at) => [name, at, before, action] as const),
  );

  test.each(cases)(
    '%s, before step %i, leaves no orphan and no connector without its key',
    async (_n, at, before, action) => {
      if (before !== null) await before(await disk.start());
      const { promise: crashed, resolve: onCrash } = Promise.withResolvers<void>();
      const dying = await disk.start({ crash: { at, onCrash } });
      await Promise.race([crashed, action(dying)]);

      const bench = await disk.start();
      await bench.settled();
      const connectors = bench.service.list();
      expect(bench.entries()).toHaveLength(connectors.length);
      for (const { id } of connectors) expect(await read(bench, id)).toMatchObject({ kind: 'read' });
    },
  );

  test('is started while the vault is locked, finishes at a later start', async () => {
    const { promise: crashed, resolve: onCrash } = Promise.withResolvers<void>();
    const dying = await disk.start({ crash: { at: 2, onCrash } });
    void installWith(dying);
    await crashed;
    const locked = await disk.start({
      wrapVault: (vault) => ({ ...vault, delete: () => Promise.reject(new AgentError('vault_unavailable', 'locked')) }),
    });
    await locked.service.close();
    expect([locked.entries().length, locked.unfinished()]).toEqual([1, 1]);
    expect(locked.log.join()).toContain('could not be finished yet');
    const bench = await disk.start();
    await bench.settled();
    expect(bench.entries()).toEqual([]);
  });

  test('lost its last commits with the power, takes the newer key that the vault has', async () => {
    const bench = await disk.start();
    const { id } = await installWith(bench);
    const [old = ''] = bench.entries();
    await rotate(bench, id, NEW_KEY);
    const [entry = ''] = bench.entries();
    await bench.store.state.write([
      { sql: 'UPDATE connectors SET secret_entry = :old', parameters: { old } },
      {
        sql: "INSERT INTO secret_changes (entry, connector_id, purpose, at) VALUES (:entry, :id, 'store', '')",
        parameters: { entry, id },
      },
    ]);
    store.settings.tokens.delete(KEY);
    const next = await disk.start();
    await next.settled();
    expect(await read(next, id)).toMatchObject({ kind: 'read' });
    expect(next.entries()).toEqual([entry]);
  });
});

test('no secret is in the database, the journal, the log, an event, an error or an answer', async () => {
  const bench = await disk.start();
  const events: string[] = [];
  bench.service.subscribe((event) => events.push(JSON.stringify(event)));
  const connector = await installWith(bench);
  await bench.service.setPolicy(connector.id, { default: 'allow', tools: {} }, admin);
  await hold(bench, connector.id);
  const errors: unknown[] = [];
  const fails = (work: Promise<unknown>) =>
    work.catch((error: unknown) => errors.push(AgentError.from(error).serialize()));
  store.fail({ kind: 'echo' });
  await fails(read(bench, connector.id));
  await fails(rotate(bench, connector.id, NEW_KEY));
  await bench.service.test(connector.id, null, admin, signal);
  store.fail(null);
  await rotate(bench, connector.id, NEW_KEY);
  store.settings.tokens.clear();
  await fails(read(bench, connector.id));
  await fails(installWith(bench, 'mg_live_rejected_secret', 'another'));
  const answers = JSON.stringify([
    bench.service.list(),
    bench.service.tests(connector.id),
    bench.service.journal({ limit: 50 }),
  ]);
  await bench.service.close();

  expect(errors).toHaveLength(4);
  expect(bench.log.length).toBeGreaterThan(1);
  for (const secret of [KEY, NEW_KEY, 'mg_live_rejected_secret']) {
    for (const text of [events.join(), bench.log.join(), JSON.stringify(errors), answers, onDisk(bench)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
    }
  }
});

test('a listing that takes a user name and password sends them as such, and shows the masked name', async () => {
  const basic: Source = defineSource({
    ...saasMagento,
    id: 'cn-basic',
    auth: { type: 'basic' },
    price: { amount: '29.00', currency: 'USD', per: 'source', interval: 'month' },
    capabilities: ['order.read'],
    tools: () => [
      defineReadTool({
        capability: 'order.read',
        title: 'Read',
        description: 'Read',
        input: z.strictObject({}),
        output: z.strictObject({}),
        testArguments: {},
        read: async () => ({}),
      }),
    ],
    healthCheck: async (link, context) => {
      await saasMagento.healthCheck(link, context).catch(() => {});
    },
  });
  const bench = await disk.start({ sources: [basic] });
  const auth = Object.assign({ type: 'basic' }, { username: 'shop_integration', password: 'open sesame' });
  const connector = await bench.service.install({ listing: 'cn-basic', auth, config: { base_url: store.url } }, admin);
  expect(connector.auth).toEqual({ type: 'basic', hint: 'shop****on' });
  expect(store.seen[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from('shop_integration:open sesame').toString('base64')}`,
  );
  expect((await bench.service.listings()).find(({ id }) => id === 'cn-basic')).toMatchObject({
    kind: 'saas',
    price: { amount: '29.00' },
  });
});

function onDisk({ dataDir }: SourceBench): string {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
