import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import { admin, type Bench, nextEvent, openBench } from '../testing/bench.ts';
import { makeDevice } from '../testing/device-world.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const install = (config: JsonObject, name?: string, listing = 'cn-relay', type = 'none') =>
  bench.service.install({ listing, auth: { type }, config, ...(name === undefined ? {} : { name }) }, admin);

describe('install', () => {
  test('binds the device, asks it once, and answers connected', async () => {
    const connector = await install({ device: 'dev_a' });
    expect(connector).toMatchObject({
      listing: 'cn-relay',
      name: 'cn-relay',
      slug: 'cn_relay',
      kind: 'hardware',
      capabilities: ['relay.read', 'relay.set'],
      auth: { type: 'none', hint: null },
      status: 'connected',
      health: { state: 'ok' },
      last_synced_at: null,
      config: { device: 'dev_a', baud_rate: 9600 },
      device: { id: 'dev_a' },
    });
    expect(connector.id).toMatch(/^cn_[0-9a-f]{32}$/);
    expect(bench.service.ownerOf('dev_a')).toEqual({ id: connector.id, name: 'cn-relay' });
  });

  test.each([
    ['an unknown listing', () => install({ device: 'dev_a' }, 'x', 'cn-none'), 'not_found'],
    ['credentials', () => install({ device: 'dev_a' }, 'x', 'cn-relay', 'api_key'), 'invalid_parameter'],
    ['no device', () => install({}), 'invalid_parameter'],
    ['an unknown device', () => install({ device: 'dev_none' }), 'invalid_parameter'],
    ['an unknown key', () => install({ device: 'dev_a', colour: 'red' }), 'invalid_parameter'],
    ['an empty match', () => install({ device: {} }), 'invalid_parameter'],
    ['a match of several', () => install({ device: { vendor_id: '0403' } }), 'invalid_parameter'],
    ['a unit off a bus', () => install({ device: 'dev_a', unit: 3 }), 'invalid_parameter'],
    ['no unit on a bus', () => install({ device: 'dev_bus' }, 'x', 'cn-bus-relay'), 'invalid_parameter'],
    [
      'a device on the network for a serial listing',
      () => {
        bench.world.devices.set('dev_net', makeDevice('dev_net', 'N1', { bus: 'tcp', path: 'tcp://10.0.0.5:9100' }));
        return install({ device: 'dev_net' });
      },
      'invalid_parameter',
    ],
    ['a blank name', () => install({ device: 'dev_a' }, '  '), 'invalid_parameter'],
  ])('rejects %s and stores nothing', async (_what, attempt, code) => {
    await expect(attempt()).rejects.toMatchObject({ code });
    expect(bench.service.list()).toEqual([]);
    expect(bench.devices.bindings.size).toBe(0);
  });

  test('is one commit with what is written alongside, which sees the connector before it was first asked', async () => {
    const request = { listing: 'cn-relay', auth: { type: 'none' }, config: { device: 'dev_a' } };
    const seen: string[] = [];
    const refused = bench.service.install(request, admin, ({ name }) => {
      seen.push(name);
      return [{ sql: "DELETE FROM tests WHERE id = 'none'", expectChanges: 1 }];
    });
    await expect(refused).rejects.toMatchObject({ code: 'state_conflict' });
    expect([seen, bench.service.list(), bench.devices.bindings.size]).toEqual([['cn-relay'], [], 0]);
    await bench.restart({ crash: true });
    expect(bench.service.list()).toEqual([]);
    expect((await bench.service.install(request, admin)).status).toBe('connected');
  });

  test('rejects a taken name or device, also when both installations run at once', async () => {
    const answers = await Promise.allSettled([
      install({ device: 'dev_a' }, 'one'),
      install({ device: 'dev_a' }, 'two'),
      install({ device: 'dev_b' }, 'one'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(install({ device: 'dev_b' }, 'one')).rejects.toMatchObject({ code: 'state_conflict' });
    await expect(install({ device: 'dev_a' }, 'two')).rejects.toMatchObject({ code: 'state_conflict' });
  });

  test('of a silent or absent device succeeds with status error and says why', async () => {
    bench.world.silent.add('dev_a');
    const silent = await install({ device: 'dev_a' }, 'Front relay');
    expect(silent).toMatchObject({ status: 'error', health: { state: 'error', reason: 'no_reply' } });
    expect(silent.health.message).toBe('Front relay does not answer.');
    expect(silent.health.hint).toContain('9600');
    bench.devices.unplug('dev_b');
    const absent = await install({ device: 'dev_b' }, 'Back relay');
    expect(absent).toMatchObject({ status: 'error', health: { reason: 'device_unplugged' } });
  });

  test('answers only when the session has opened, or after a while', async () => {
    bench.devices.openLate = true;
    const installing = install({ device: 'dev_a' }, 'Late');
    await vi.waitUntil(() => bench.devices.bindings.size === 1);
    const checksBefore = bench.devices.reached.get('health') ?? 0;
    expect(checksBefore).toBe(0);
    const [connectorId = ''] = bench.devices.bindings.keys();
    const ready = { state: 'ready', identification: null } as const;
    await vi.waitUntil(() => bench.service.list().length === 1);
    bench.devices.emit({ type: 'binding_changed', connectorId, binding: ready, causeId: null });
    expect(await installing).toMatchObject({ status: 'connected', health: { state: 'ok' } });
  });

  test('ahead of its device waits, and takes the device when it comes', async () => {
    const waiting = await install({ device: { serial_number: 'Z9' } }, 'Later');
    expect(waiting).toMatchObject({ status: 'error', device: null, health: { reason: 'device_unplugged' } });
    expect(await bench.set(waiting.id, {})).toMatchObject({ outcome: 'failed', error: { code: 'device_unplugged' } });
    await bench.restart();
    const working = nextEvent(bench.service, (event) =>
      event.type === 'connector' && event.connector.status === 'connected' ? event.connector : null,
    );
    const device = makeDevice('dev_z', 'Z9');
    bench.world.devices.set('dev_z', device);
    bench.devices.emit({ type: 'device_changed', device });
    expect(await working).toMatchObject({ id: waiting.id, device: { id: 'dev_z' } });
  });

  test('on a bus: each address is a device of its own, and the same address is taken', async () => {
    const first = await install({ device: 'dev_bus', unit: 3 }, 'three', 'cn-bus-relay');
    expect(first).toMatchObject({ config: { device: 'dev_bus', unit: 3 }, device: { id: 'dev_bus_3', unit: 3 } });
    const other = install({ device: 'dev_bus', unit: 3 }, 'again', 'cn-bus-relay');
    await expect(other).rejects.toMatchObject({ code: 'state_conflict' });
    await install({ device: 'dev_bus', unit: 4 }, 'four', 'cn-bus-relay');
    expect(bench.service.list().map((connector) => connector.name)).toEqual(['four', 'three']);
  });

  test('gives each a slug of its own', async () => {
    const first = await install({ device: 'dev_a' }, 'Tür 1 / Süd');
    const second = await install({ device: 'dev_b' }, 'tur-1-sud');
    expect(first.slug).not.toBe(second.slug);
    for (const { slug } of [first, second]) expect(slug).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/);
  });

  test('survives a restart with everything', async () => {
    const before = await bench.installRelay();
    await bench.restart();
    const after = bench.service.get(before.id);
    expect(after).toMatchObject({ name: before.name, slug: before.slug, config: before.config, status: 'connected' });
    expect(bench.service.policy(before.id)).toEqual({ default: 'allow', tools: {} });
  });
});

describe('list', () => {
  test('filters by capability, kind and status', async () => {
    await install({ device: 'dev_a' }, 'one');
    expect(bench.service.list({ capability: 'relay.set' })).toHaveLength(1);
    expect(bench.service.list({ capability: 'weight.read' })).toEqual([]);
    expect(bench.service.list({ kind: 'saas' })).toEqual([]);
    expect(bench.service.list({ status: 'error' })).toEqual([]);
  });
});

describe('update', () => {
  test('renames, keeps what was not given, and takes a null back to its default', async () => {
    const { id } = await install({ device: 'dev_a', baud_rate: 4800 });
    const renamed = await bench.service.update(id, { name: 'New' }, admin);
    expect(renamed).toMatchObject({ name: 'New', config: { device: 'dev_a', baud_rate: 4800 }, status: 'connected' });
    const back = await bench.service.update(id, { config: { baud_rate: null } }, admin);
    expect(back.config).toEqual({ device: 'dev_a', baud_rate: 9600 });
    expect(bench.devices.bindings.get(id)).toMatchObject({ connectorName: 'New', config: { baud_rate: 9600 } });
  });

  test('moves to another device', async () => {
    const { id } = await install({ device: 'dev_a' });
    expect(await bench.service.update(id, { config: { device: 'dev_b' } }, admin)).toMatchObject({
      device: { id: 'dev_b' },
    });
    expect(bench.service.ownerOf('dev_a')).toBeNull();
    await bench.restart();
    expect(bench.service.ownerOf('dev_b')).toMatchObject({ id });
  });

  test('changes nothing when it is rejected', async () => {
    const { id } = await install({ device: 'dev_a' }, 'one');
    await install({ device: 'dev_b' }, 'two');
    const before = bench.service.get(id);
    const attempts = [
      { name: 'two' },
      { config: { device: 'dev_b' } },
      { config: { colour: 'red' }, name: 'three' },
      { auth: { type: 'api_key', key: 'secret' } },
    ];
    for (const attempt of attempts) {
      await expect(bench.service.update(id, attempt, admin)).rejects.toThrow();
      expect(bench.service.get(id)).toEqual(before);
    }
  });
});

describe('uninstall', () => {
  test('frees name and device, forgets readings, keeps journal and tests', async () => {
    const { id } = await bench.installRelay();
    await bench.set(id, {});
    await bench.service.test(id, null, admin, new AbortController().signal);
    await bench.service.remove(id, admin);
    expect(() => bench.service.get(id)).toThrow(/is installed here/);
    expect(bench.service.lastReadings(id)).toEqual([]);
    expect(bench.service.journal({ connector_id: id, limit: 10 })).toHaveLength(1);
    expect(bench.service.tests(id)).toHaveLength(1);
    expect(bench.devices.bindings.has(id)).toBe(false);
    await expect(bench.service.remove(id, admin)).rejects.toMatchObject({ code: 'not_found' });
    await bench.installRelay();
    await bench.restart();
    expect(bench.service.list()).toHaveLength(1);
  });
});

describe('the journal', () => {
  test('is listed newest first, page by page', async () => {
    const { id } = await bench.installRelay();
    for (const tag of ['a', 'b', 'c']) await bench.set(id, { tag });
    const [newest, second] = bench.service.journal({ limit: 2 });
    expect(newest?.arguments['tag']).toBe('c');
    const rest = bench.service.journal({ limit: 2, before: second?.journal_id ?? '' });
    expect(rest.map((row) => row.arguments['tag'])).toEqual(['a']);
    expect(bench.service.journal({ limit: 5, state: 'unknown' })).toEqual([]);
    expect(() => bench.service.journalEntry('jr_none')).toThrow(/no journal row/);
  });
});
