import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../main/api/index.ts';
import { sampleConnector, sampleDevice, sampleListing, sampleTool } from '../../main/api/testing/samples.ts';
import { type HubStore, openHubStore } from '../../main/store/index.ts';
import { createProjections } from '../agents/projections.ts';
import { type AgentRow, createAgentRegistry } from '../agents/registry.ts';
import { openToldStore } from '../agents/told-store.ts';
import { systemClock } from '../clock.ts';
import type { AgentLink } from '../link/agent-link.ts';
import { hubBulk, hubMigrations } from '../migrations.table.ts';
import type { Place } from '../partition.ts';
import { createTenants } from '../tenants/tenants.ts';
import { createView } from './view.ts';

const statuses = ['connected', 'pending_auth', 'error'] as const;
const allCapabilities = ['weight.read', 'scale.zero', 'label.print'];
/** Before each run. */
const emptied = ['told', 'told_catalogues', 'told_listings', 'agents'];
const modes = ['test', 'live'] as const;

/** A connector as an agent would tell of it, and as the plain model keeps it. */
interface Told {
  readonly id: string;
  readonly name: string;
  readonly status: (typeof statuses)[number];
  readonly capabilities: readonly string[];
  readonly simulated: boolean;
  readonly created_at: string;
}

interface ModelAgent {
  readonly row: AgentRow;
  readonly connectors: Map<string, Told>;
  read: boolean;
  revoked: boolean;
}

const agentNumber = fc.nat(3);
const told: fc.Arbitrary<Told> = fc.record({
  id: fc.nat(7).map((number) => `cn_${number}`),
  name: fc.constantFrom('scale', 'door'),
  status: fc.constantFrom(...statuses),
  capabilities: fc.subarray(allCapabilities),
  simulated: fc.boolean(),
  created_at: fc.nat(2).map((day) => `2026-07-0${day + 1}T08:00:00Z`),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), agent: agentNumber, told }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), agent: agentNumber, told }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('inventory' as const), agent: agentNumber, told }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('link' as const), agent: agentNumber, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('grant' as const), agent: agentNumber, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), agent: agentNumber }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

const anything = { takesSimulated: true };

describe('what a hub shows', () => {
  let folder: string;
  let store: HubStore;
  const places: Place[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fibric-view-'));
    store = await openHubStore({ dataDir: folder, migrations: hubMigrations, unchecked: hubBulk });
    const tenants = createTenants(store.database, systemClock);
    for (const name of ['acme', 'other']) {
      const { id: tenantId } = await tenants.create(name);
      for (const mode of modes) places.push({ tenantId, mode });
    }
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything but the network, over the same database as before. */
  const open = async (linked: ReadonlySet<string>) => {
    const { database } = store;
    const agents = createAgentRegistry(database, systemClock);
    const bodies = await openToldStore(database, systemClock, (error) => {
      throw error;
    });
    const projections = createProjections(bodies);
    let changed = (_agentId: string) => {};
    const links = {
      link: (id: string) => (linked.has(id) ? ({ agentId: id } as AgentLink) : null),
      onChange(listener: (agentId: string) => void) {
        changed = listener;
        return () => {};
      },
    };
    const view = createView({ agents, projections, links });
    return {
      agents,
      projections,
      view,
      linkChanged: (id: string) => changed(id),
      async close() {
        await agents.close();
        await bodies.close();
      },
    };
  };
  const body = (one: Told) => ({
    connector: JSON.parse(JSON.stringify(sampleConnector(one))),
    tools: one.capabilities.map((name) => JSON.parse(JSON.stringify(sampleTool(name, false)))),
  });
  const item = (one: Told) => ({
    type: 'item' as const,
    kind: 'connector' as const,
    id: one.id,
    digest: JSON.stringify(one),
    body: body(one),
  });

  it('is what a plain look at everything that agents told would show, also after a restart', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const linked = new Set<string>();
        await store.database.write(emptied.map((table) => ({ sql: `DELETE FROM ${table}` })));
        let hub = await open(linked);
        const model: ModelAgent[] = [];
        for (const [index, place] of [places[0], places[0], places[1], places[2]].entries()) {
          if (place === undefined) throw new Error('no place');
          const grants = { read: true, act: true, install: false, care: false };
          const given = { publicKey: 'k', sealingKey: null, grants, version: '1.0.0', pairedBy: 'test' };
          const { row, statement } = hub.agents.prepare(place, { ...given, name: `agent-${index}` });
          await store.database.write([statement]);
          hub.agents.admit(row);
          model.push({ row, connectors: new Map(), read: true, revoked: false });
        }
        const owner = (id: string) => model.find(({ connectors }) => connectors.has(id));
        for (const each of steps) {
          if (each.do === 'restart') {
            await hub.close();
            hub = await open(linked);
            continue;
          }
          const agent = model[each.agent];
          if (agent === undefined || agent.revoked) continue;
          const { id } = agent.row;
          if (each.do === 'put') {
            const mine = (owner(each.told.id) ?? agent) === agent;
            expect(hub.projections.put(id, item(each.told), anything)).toBe(mine);
            if (mine) agent.connectors.set(each.told.id, each.told);
          } else if (each.do === 'drop') {
            hub.projections.drop(id, { kind: 'connector', id: each.told.id });
            agent.connectors.delete(each.told.id);
          } else if (each.do === 'inventory') {
            // All but one of what there is, and one more.
            const gone = [...agent.connectors.keys()].find((other) => other !== each.told.id);
            agent.connectors.delete(gone ?? '');
            const items = [...agent.connectors.values(), each.told].map(item);
            const wants = hub.projections.reconcile(id, items);
            const known = JSON.stringify(agent.connectors.get(each.told.id)) === JSON.stringify(each.told);
            expect(wants).toEqual(known ? [] : [{ kind: 'connector', id: each.told.id }]);
          } else if (each.do === 'link') {
            if (each.on) linked.add(id);
            else linked.delete(id);
            hub.linkChanged(id);
          } else if (each.do === 'grant') {
            agent.read = each.on;
            const grants = { read: each.on, act: true, install: false, care: false };
            await hub.agents.greet(id, { version: '1.0.0', grants });
          } else {
            agent.revoked = true;
            await hub.agents.revoke({ tenantId: agent.row.tenant_id, mode: agent.row.mode }, id);
            hub.projections.forget(id);
            agent.connectors.clear();
          }
        }
        for (const place of places) await expectAsPlain(hub, place, model, linked);
        await hub.close();
        hub = await open(linked);
        for (const place of places) await expectAsPlain(hub, place, model, linked);
        await hub.close();
      }),
      { numRuns: 40 },
    );
  });

  type Opened = Awaited<ReturnType<typeof open>>;

  async function expectAsPlain(
    { view }: Opened,
    place: Place,
    model: readonly ModelAgent[],
    linked: ReadonlySet<string>,
  ) {
    const principal = principalOf(place);
    const own = model.filter(
      ({ row, read, revoked }) => row.tenant_id === place.tenantId && row.mode === place.mode && read && !revoked,
    );
    const all = own.flatMap(({ row, connectors }) =>
      [...connectors.values()]
        .filter(({ simulated }) => place.mode === 'test' || !simulated)
        .map((one) => ({ one, row, status: linked.has(row.id) ? one.status : ('error' as const) })),
    );
    all.sort((left, right) =>
      left.one.created_at === right.one.created_at
        ? left.one.id < right.one.id
          ? -1
          : 1
        : left.one.created_at < right.one.created_at
          ? 1
          : -1,
    );
    const nameOf = (one: Told, row: AgentRow) =>
      all.filter((other) => other.one.name === one.name).length > 1 ? `${one.name}@${row.name}` : one.name;
    for (const filter of [{}, { capability: 'scale.zero' }, { status: 'error' as const }, { kind: 'saas' as const }]) {
      const seen: unknown[] = [];
      for (let position: string | null = null; ; ) {
        const page = view.list(principal, filter, { limit: 2, position });
        seen.push(...page.items.map(({ id, name, status }) => ({ id, name, status })));
        position = page.next;
        if (position === null) break;
      }
      const expected = all
        .filter(
          ({ one, status }) =>
            (filter.capability === undefined || one.capabilities.includes(filter.capability)) &&
            (filter.status === undefined || filter.status === status) &&
            filter.kind === undefined,
        )
        .map(({ one, row, status }) => ({ id: one.id, name: nameOf(one, row), status }));
      expect(seen).toEqual(expected);
    }
    for (const { connectors, row } of model) {
      for (const one of connectors.values()) {
        const shown = view.show(principal, one.id);
        const expected = all.find((other) => other.one.id === one.id);
        expect(shown?.name).toBe(expected === undefined ? undefined : nameOf(one, row));
        expect(shown?.status).toBe(expected?.status);
        if (expected !== undefined)
          expect(view.connector(principal, one.id).tools).toHaveLength(one.capabilities.length);
      }
    }
    expect(
      view
        .agents(principal)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(own.map(({ row }) => row.name).sort());
    for (const { row } of model) expect(view.sees(principal, row.id)).toBe(own.some((one) => one.row === row));
  }

  it('keeps a listing that many agents tell of once, and devices with their agent', { timeout: 60_000 }, async () => {
    const [place] = places;
    if (place === undefined) throw new Error('no place');
    await store.database.write(emptied.map((table) => ({ sql: `DELETE FROM ${table}` })));
    let hub = await open(new Set());
    const rows: AgentRow[] = [];
    for (const name of ['one', 'two']) {
      const grants = { read: true, act: true, install: false, care: false };
      const given = { publicKey: 'k', sealingKey: null, grants, version: '1.0.0', pairedBy: 'test' };
      const { row, statement } = hub.agents.prepare(place, { ...given, name });
      await store.database.write([statement]);
      hub.agents.admit(row);
      rows.push(row);
      const listing = JSON.parse(JSON.stringify(sampleListing({ id: 'cn-scale' })));
      const device = JSON.parse(JSON.stringify(sampleDevice({ id: `dev_${name}` })));
      const at = { type: 'item' as const, digest: 'd1' };
      expect(hub.projections.put(row.id, { ...at, kind: 'listing', id: 'cn-scale', body: { listing } }, anything)).toBe(
        true,
      );
      expect(
        hub.projections.put(row.id, { ...at, kind: 'device', id: `dev_${name}`, body: { device } }, anything),
      ).toBe(true);
      // What another agent has can't be taken over.
      const other = { ...at, kind: 'device' as const, id: 'dev_one', body: { device: { ...device, id: 'dev_one' } } };
      expect(hub.projections.put(row.id, other, anything)).toBe(name === 'one');
    }
    const [one, two] = rows;
    if (one === undefined || two === undefined) throw new Error('no agents');
    const check = async () => {
      expect(hub.projections.listingsOf(one.id)[0]).toBe(hub.projections.listingsOf(two.id)[0]);
      expect((await hub.view.devices(principalOf(place))).map(({ id }) => id)).toEqual(['dev_two', 'dev_one']);
      expect(hub.projections.device('dev_two')?.agentId).toBe(two.id);
      const inventory = [
        { kind: 'listing' as const, id: 'cn-scale', digest: 'd1' },
        { kind: 'device' as const, id: 'dev_two', digest: 'd2' },
      ];
      expect(hub.projections.reconcile(two.id, inventory)).toEqual([{ kind: 'device', id: 'dev_two' }]);
    };
    await check();
    await hub.close();
    hub = await open(new Set());
    await check();
    hub.projections.forget(one.id);
    expect(hub.projections.listingsOf(two.id)).toHaveLength(1);
    hub.projections.reconcile(two.id, []);
    expect(hub.projections.listingsOf(two.id)).toEqual([]);
    await hub.close();
    const bodies = await openToldStore(store.database, systemClock, () => {});
    expect([bodies.listings(), bodies.rows(), bodies.catalogues().length]).toEqual([[], [], 1]);
    await bodies.close();
  });

  it('shows all devices and capabilities of many, as they were told, while others get their turn', {
    timeout: 60_000,
  }, async () => {
    const [place] = places;
    if (place === undefined) throw new Error('no place');
    await store.database.write(emptied.map((table) => ({ sql: `DELETE FROM ${table}` })));
    const hub = await open(new Set());
    const grants = { read: true, act: true, install: false, care: false };
    const devices = new Set<string>();
    const having = new Map<string, string[]>();
    for (let number = 0; number < 5; number += 1) {
      const given = { publicKey: 'k', sealingKey: null, grants, version: '1.0.0', pairedBy: 'test' };
      const { row, statement } = hub.agents.prepare(place, { ...given, name: `machine-${number}` });
      await store.database.write([statement]);
      hub.agents.admit(row);
      for (let index = 0; index < 130; index += 1) {
        const id = `${number}_${String(index).padStart(3, '0')}`;
        const device = JSON.parse(JSON.stringify(sampleDevice({ id: `dev_${id}` })));
        const at = { type: 'item' as const, digest: 'd1' };
        hub.projections.put(row.id, { ...at, kind: 'device', id: `dev_${id}`, body: { device } }, anything);
        devices.add(`dev_${id}`);
        const has = allCapabilities.filter((_, capability) => (index + number) % (capability + 2) === 0);
        const one = {
          ...sampleConnector({ id: `cn_${id}` }),
          name: `scale-${id}`,
          status: 'connected',
          capabilities: has,
        };
        hub.projections.put(row.id, item({ ...one, status: 'connected' }), anything);
        for (const capability of has) having.set(capability, [...(having.get(capability) ?? []), `cn_${id}`]);
      }
    }
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const shown = await hub.view.devices(principalOf(place));
    const forDevices = turns;
    const capabilities = await hub.view.capabilities(principalOf(place));
    counting = false;
    expect(shown.map(({ id }) => id).sort()).toEqual([...devices].sort());
    expect(capabilities.map(({ capability }) => capability)).toEqual([...having.keys()].sort());
    for (const { capability, connectors } of capabilities) {
      // All are as old, so that they stand in the order of their ids.
      const expected = having
        .get(capability)
        ?.sort()
        .map((id) => ({ id, name: id.replace('cn_', 'scale-'), status: 'error' }));
      expect(connectors).toEqual(expected);
      expect(connectors).toEqual(hub.view.having(place, capability));
      expect(hub.view.has(place, capability)).toBe(true);
    }
    expect(hub.view.has(place, 'door.open')).toBe(false);
    expect([forDevices, turns - forDevices].every((some) => some >= 2)).toBe(true);
    await hub.close();
  });

  it('drops what an older hub has stored in a form that this one does not know', { timeout: 60_000 }, async () => {
    const [place] = places;
    if (place === undefined) throw new Error('no place');
    await store.database.write(emptied.map((table) => ({ sql: `DELETE FROM ${table}` })));
    const hub = await open(new Set());
    const grants = { read: true, act: true, install: false, care: false };
    const given = { publicKey: 'k', sealingKey: null, grants, version: '1.0.0', pairedBy: 'test' };
    const { row, statement } = hub.agents.prepare(place, { ...given, name: 'older' });
    await store.database.write([statement]);
    hub.agents.admit(row);
    const one: Told = { ...sampleConnector({ id: 'cn_old' }), status: 'connected' };
    for (const id of ['cn_old', 'cn_new']) hub.projections.put(row.id, item({ ...one, id }), anything);
    await hub.close();
    const spoil = { sql: `UPDATE told SET body = '{"connector":{"id":"cn_old"}}' WHERE id = 'cn_old'` };
    await store.database.write([spoil, { sql: `UPDATE settings SET value = 'older' WHERE key = 'told_form'` }]);
    const newer = await open(new Set());
    expect(newer.projections.connectorsOf(row.id).map(({ id }) => id)).toEqual(['cn_new']);
    // What is kept is told anew, too: this version may know more of it.
    const wanted = newer.projections.reconcile(row.id, [item(one), item({ ...one, id: 'cn_new' })]);
    expect(wanted.map(({ id }) => id)).toEqual(['cn_old', 'cn_new']);
    expect(newer.projections.connectorBody('cn_new')?.connector.id).toBe('cn_new');
    newer.projections.forget(row.id);
    await newer.close();
  });
});

function principalOf({ tenantId, mode }: Place): Principal {
  return {
    id: 'key_1',
    kind: 'token',
    name: 'test',
    scopes: new Set(['connectors:read']),
    local: false,
    connectors: null,
    tools: null,
    ended: new AbortController().signal,
    partition: { tenantId, mode, agentId: null },
  };
}
