import { mkdtempSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import type { Device, RememberedDevice } from '../device.ts';
import type { ConfiguredPort } from './configured-ports.ts';
import { createDeviceRegistry, type DeviceRegistry, type RegistryEvent } from './index.ts';
import { createLossCauses } from './loss-causes.ts';
import { keepPrinterId } from './remembered-device.ts';
import { emptyDescriptor } from './seen-port.ts';
import { layWire, type Wire } from './testing/wires.ts';

/** What the issue asks of an unplug and a replug, waiting for the event included. */
const QUICKLY_MS = 500;

let folder = '';
let rows: Map<string, RememberedDevice>;
let logged: string[];
const wires: Wire[] = [];
const registries: DeviceRegistry[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'discovery-'));
  rows = new Map();
  logged = [];
});
afterEach(async () => {
  await Promise.all(registries.splice(0).map((registry) => registry.close()));
  await Promise.all(wires.splice(0).map((wire) => wire.pull('killed')));
  rmSync(folder, { recursive: true, force: true });
});

const pathOf = (name: string) => join(folder, name);
const lay = async (name: string): Promise<Wire> => {
  const wire = await layWire(pathOf(name));
  wires.push(wire);
  return wire;
};
const configured = (name: string, more: Partial<ConfiguredPort> = {}): ConfiguredPort => ({
  path: pathOf(name),
  declared: {},
  units: [],
  simulated: false,
  ...more,
});
const withSerial = { declared: { serial_number: 'DEMO-SCALE-1' } };

/** A registry over these paths, with everything it says. Rows are cloned through JSON, as a store would. */
async function open(paths: readonly ConfiguredPort[], discover = false) {
  const registry = createDeviceRegistry({
    causes: createLossCauses(),
    paths,
    discover,
    drivers,
    log: (line) => logged.push(line),
    memory: {
      load: async () => JSON.parse(JSON.stringify([...rows.values()])),
      save: async (row) => void rows.set(row.id, JSON.parse(JSON.stringify(row))),
      forget: async (id) => void rows.delete(id),
    },
  });
  registries.push(registry);
  const events: RegistryEvent[] = [];
  const waiting = new Set<() => void>();
  registry.subscribe((event) => {
    events.push(event);
    for (const check of waiting) check();
  });
  await registry.start();
  return {
    registry,
    events,
    /** Resolves with the first event from now on that shows such a device. */
    next: (matches: (device: Device) => boolean, withinMs = QUICKLY_MS) =>
      new Promise<Extract<RegistryEvent, { type: 'changed' }>>((resolve, reject) => {
        const from = events.length;
        const timer = setTimeout(() => reject(new Error(`not seen within ${withinMs} ms`)), withinMs);
        waiting.add(() => {
          const found = events.slice(from).find((event) => event.type === 'changed' && matches(event.device));
          if (found?.type !== 'changed') return;
          clearTimeout(timer);
          resolve(found);
        });
      }),
    at: (name: string) => registry.devices().filter((device) => device.path === pathOf(name)),
  };
}
const only = (devices: readonly Device[]): Device => {
  const [device] = devices;
  if (device === undefined || devices.length !== 1) throw new Error(`${devices.length} devices`);
  return device;
};
const gone = (device: Device) => !device.present;
const there = (device: Device) => device.present;

describe('a configured path', () => {
  it('is a device with the first look, and nothing of it is opened', async () => {
    await lay('scale');
    const { at } = await open([
      configured('scale', {
        simulated: true,
        declared: {
          manufacturer: 'Mettler-Toledo',
          product: 'MS32001L balance (MT-SICS)',
          serial_number: 'DEMO-SCALE-1',
        },
      }),
    ]);
    expect(only(at('scale'))).toMatchObject({
      present: true,
      declared: true,
      simulated: true,
      unit: null,
      parent: null,
      identity: { confidence: 'serial', needs_confirmation: false },
      recognition: { listing: 'cn-scale-sics', certainty: 'likely' },
    });
    const target = realpathSync(pathOf('scale'));
    const opened = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    expect(opened).not.toContain(target);
  });

  it.each(['gently', 'killed'] as const)('is gone at once when its far end goes %s, and back at once', async (how) => {
    const wire = await lay('scale');
    const { next, at } = await open([configured('scale')]);
    const { id } = only(at('scale'));
    const loss = next(gone);
    await wire.pull(how);
    expect((await loss).device.id).toBe(id);
    expect(only(at('scale'))).toMatchObject({ id, present: false });
    const back = next(there);
    if (how === 'killed') rmSync(pathOf('scale'));
    await lay('scale');
    expect((await back).device.id).toBe(id);
  });

  it('shows a replug that fell between two looks, by a link that leads to another PTY', async () => {
    await lay('one');
    await lay('two');
    symlinkSync(realpathSync(pathOf('one')), pathOf('scale'));
    const { next, events, at } = await open([configured('scale')]);
    const { id } = only(at('scale'));
    events.length = 0;
    const back = next(there);
    symlinkSync(realpathSync(pathOf('two')), pathOf('new'));
    renameSync(pathOf('new'), pathOf('scale'));
    await back;
    expect(events).toMatchObject([
      { type: 'changed', device: { id, present: false } },
      { type: 'changed', device: { id, present: true, identity: { needs_confirmation: true } } },
    ]);
  });

  it('is seen also in a folder that is made later', async () => {
    const { next } = await open([configured('later/scale')]);
    const arrival = next(there, 3_000);
    renameSync(mkdtempSync(join(tmpdir(), 'later-')), pathOf('later'));
    await lay('later/scale');
    expect((await arrival).device.path).toBe(pathOf('later/scale'));
  });

  it('is told of once: looking again changes nothing', async () => {
    await lay('scale');
    const { registry, events } = await open([configured('scale')]);
    events.length = 0;
    await Promise.all([registry.rescan(), registry.rescan()]);
    await registry.rescan();
    expect(events).toEqual([]);
  });
});

describe('confirmation', () => {
  it('is asked after a replug of what is known by its path, and given by a person', async () => {
    const wire = await lay('scale');
    const { registry, next, at } = await open([configured('scale')]);
    const loss = next(gone);
    await wire.pull('gently');
    await loss;
    const back = next(there);
    await lay('scale');
    const { device } = await back;
    expect(device.identity).toMatchObject({ confidence: 'path', needs_confirmation: true });
    expect((await registry.confirm(device.id)).identity.needs_confirmation).toBe(false);
    expect(only(at('scale')).identity.needs_confirmation).toBe(false);
  });

  it('is not asked where a serial number is declared', async () => {
    const wire = await lay('scale');
    const { next } = await open([configured('scale', withSerial)]);
    const loss = next(gone);
    await wire.pull('gently');
    await loss;
    const back = next(there);
    await lay('scale');
    expect((await back).device.identity).toMatchObject({ confidence: 'serial', needs_confirmation: false });
  });

  it('is asked again when the device reports the serial number of another unit', async () => {
    await lay('scale');
    const { registry, at } = await open([configured('scale', withSerial)]);
    const { id } = only(at('scale'));
    const said = (protocolSerial: string) => ({ manufacturer: null, model: 'X', protocolSerial, details: {} });
    const first = await registry.recordIdentification(id, said('B123'), 'cn-scale-sics');
    expect(first.identity).toMatchObject({ confidence: 'protocol_serial', needs_confirmation: false });
    expect(first.recognition).toMatchObject({ listing: 'cn-scale-sics', certainty: 'certain' });
    const other = await registry.recordIdentification(id, said('B999'), 'cn-scale-sics');
    expect(other.identity).toMatchObject({ confidence: 'serial', protocol_serial: 'B999', needs_confirmation: true });
    expect((await registry.confirm(id)).identity).toMatchObject({
      confidence: 'protocol_serial',
      needs_confirmation: false,
    });
  });

  it('trusts no serial number that two devices report at once', async () => {
    await lay('one');
    await lay('two');
    const { registry, at } = await open([configured('one'), configured('two')]);
    for (const name of ['one', 'two']) {
      const said = { manufacturer: null, model: 'X', protocolSerial: 'B123', details: {} };
      await registry.recordIdentification(only(at(name)).id, said, 'cn-scale-sics');
    }
    expect([only(at('one')), only(at('two'))].map((device) => device.identity.confidence)).toEqual(['path', 'path']);
  });
});

describe('a restart', () => {
  it('finds the same device, and takes nothing for a replug', async () => {
    await lay('scale');
    const before = await open([configured('scale')]);
    const device = only(before.at('scale'));
    await before.registry.close();
    const after = await open([configured('scale')]);
    expect(only(after.at('scale'))).toEqual({ ...device, last_seen_at: expect.any(String) });
  });

  it('takes what was away and came back meanwhile for replugged, and keeps an open question', async () => {
    const wire = await lay('scale');
    const before = await open([configured('scale')]);
    const loss = before.next(gone);
    await wire.pull('gently');
    await loss;
    await before.registry.close();
    await lay('scale');
    const after = await open([configured('scale')]);
    expect(only(after.at('scale')).identity.needs_confirmation).toBe(true);
    await after.registry.close();
    const again = await open([configured('scale')]);
    expect(only(again.at('scale')).identity.needs_confirmation).toBe(true);
  });

  it('leaves out rows that it can not read, says so, and keeps the others', async () => {
    await lay('scale');
    const before = await open([configured('scale')]);
    const { id } = only(before.at('scale'));
    await before.registry.close();
    rows.set('dev_broken', { id: 'dev_broken', data: { path: 7 } });
    const after = await open([configured('scale')]);
    expect(after.registry.devices().map((device) => device.id)).toEqual([id]);
    expect(logged.join('\n')).toContain('dev_broken');
  });
});

describe('units on a bus', () => {
  it('are devices of their own, there with their port, and asked about with it', async () => {
    const wire = await lay('bus');
    const { registry, next, at, events } = await open([configured('bus', { units: [1, 2] })]);
    const port = at('bus').find((device) => device.unit === null);
    const units = at('bus').filter((device) => device.unit !== null);
    expect(units).toMatchObject([
      { unit: 1, parent: port?.id, present: true, identity: { confidence: 'path' } },
      { unit: 2, parent: port?.id, present: true },
    ]);
    expect(await registry.ensureUnit(port?.id ?? '', 2)).toEqual(units[1]);
    events.length = 0;
    const loss = next((device) => gone(device) && device.unit === 2);
    await wire.pull('gently');
    await loss;
    const causes = new Set(events.map((event) => event.causeId));
    expect(events).toHaveLength(3);
    expect([...causes]).toEqual([expect.stringMatching(/^cause_/)]);
    const back = next((device) => there(device) && device.unit === 2);
    await lay('bus');
    expect((await back).device).toMatchObject({ id: units[1]?.id, identity: { needs_confirmation: true } });
    await registry.confirm(port?.id ?? '');
    expect(at('bus').map((device) => device.identity.needs_confirmation)).toEqual([false, false, false]);
  });

  it('are found again after a restart, and made on a port only', async () => {
    await lay('bus');
    const before = await open([configured('bus', { units: [7] })]);
    const ids = before.at('bus').map((device) => device.id);
    await before.registry.close();
    const { at, registry } = await open([configured('bus', { units: [7] })]);
    expect(at('bus').map((device) => device.id)).toEqual(ids);
    await expect(registry.ensureUnit(ids[1] ?? '', 8)).rejects.toMatchObject({ code: 'invalid_parameter' });
    await expect(registry.ensureUnit('dev_none', 8)).rejects.toMatchObject({ code: 'not_found' });
  });
});

it('names the program that holds a busy port, and forgets it when the problem is over', async () => {
  const wire = await lay('scale');
  const { registry, next, at } = await open([configured('scale')]);
  const { id } = only(at('scale'));
  const held = next((device) => device.holder !== null, 3_000);
  registry.setProblem(id, { reason: 'port_busy', message: 'busy', hint: '' });
  expect((await held).device.holder).toMatchObject({ name: 'socat', pid: expect.any(Number) });
  registry.setProblem(id, null);
  expect(only(at('scale'))).toMatchObject({ holder: null, problem: null });
  await wire.pull('gently');
});

it('looks at the system, too, and says when udev is silent', async () => {
  const { registry } = await open([], true);
  for (const device of registry.devices()) expect(device.path).toMatch(/^\/dev\//);
  await registry.close();
  await registry.close();
});

it('remembers whose driver was taken off a device, until it is given back', async () => {
  await lay('printer');
  const first = await open([configured('printer')]);
  const [device] = first.registry.devices();
  if (device === undefined) throw new Error('no device');
  await first.registry.recordBorrowed(device.id, 'usblp');
  // Stored when it resolves: a kill comes without a word.
  const second = await open([configured('printer')]);
  expect(second.registry.borrowed()).toEqual([{ id: device.id, path: device.path }]);
  await second.registry.recordBorrowed(device.id, null);
  expect(second.registry.borrowed()).toEqual([]);
  expect((await open([configured('printer')])).registry.borrowed()).toEqual([]);
});

it('keeps the IEEE 1284 id that the system does not show while its driver is off the printer', () => {
  const now = { ...emptyDescriptor, vendor_id: '04b8', product_id: '0e15', product: 'TM-T88V' };
  const told = { ...now, ieee1284_id: 'MFG:EPSON;' };
  expect(keepPrinterId(told, now)).toEqual(told);
  expect(keepPrinterId(told, { ...now, ieee1284_id: 'MFG:OTHER;' }).ieee1284_id).toBe('MFG:OTHER;');
  expect(keepPrinterId(told, { ...now, product: 'TM-T20II' }).ieee1284_id).toBeNull();
});

describe('a network address that a person added', () => {
  const address = 'tcp://10.0.0.5:9100';

  it('is a device as a configured one is, over a restart, until it is removed', async () => {
    const first = await open([]);
    const device = await first.registry.addAddress(address);
    expect(device).toMatchObject({ path: address, bus: 'tcp', present: true, added: true, declared: false });
    const unit = await first.registry.ensureUnit(device.id, 3);
    expect(unit.added).toBe(false);
    await first.registry.close();

    const second = await open([]);
    expect(second.registry.get(device.id)).toMatchObject({ path: address, present: true, added: true });
    await expect(second.registry.removeAddress(unit.id)).rejects.toMatchObject({ code: 'state_conflict' });
    await second.registry.removeAddress(device.id);
    expect(second.registry.devices()).toEqual([]);
    expect(
      second.events.filter(({ type }) => type === 'removed').map((event) => 'deviceId' in event && event.deviceId),
    ).toEqual([unit.id, device.id]);
    expect(rows.size).toBe(0);
    await second.registry.close();
    expect((await open([])).registry.devices()).toEqual([]);
  });

  it('is not added twice, nor beside the configuration', async () => {
    const { registry } = await open([{ ...configured('x'), path: address }]);
    await expect(registry.addAddress(address)).rejects.toMatchObject({ code: 'state_conflict' });
    await registry.addAddress('tcp://10.0.0.6:9100');
    await expect(registry.addAddress('tcp://10.0.0.6:9100')).rejects.toMatchObject({ code: 'state_conflict' });
    expect(registry.devices()).toHaveLength(2);
  });

  it('that the configuration names later is configured from then on, and the same device', async () => {
    const before = await open([]);
    const { id } = await before.registry.addAddress(address);
    await before.registry.close();
    const { registry } = await open([{ ...configured('x'), path: address }]);
    expect(registry.get(id)).toMatchObject({ present: true, added: false });
    await expect(registry.removeAddress(id)).rejects.toMatchObject({ code: 'state_conflict' });
    expect(registry.devices()).toHaveLength(1);
  });

  it('stays while it can not be forgotten', async () => {
    const { registry } = await open([]);
    const { id } = await registry.addAddress(address);
    rows.delete = () => {
      throw new Error('the disk is full');
    };
    await expect(registry.removeAddress(id)).rejects.toThrow('the disk is full');
    expect(registry.get(id)).toMatchObject({ present: true, added: true });
  });
});
