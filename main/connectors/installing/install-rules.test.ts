import { afterEach, expect, test } from 'vitest';
import type { InstallRule } from '../../config/index.ts';
import { admin, type Bench, nextEvent, openBench } from '../testing/bench.ts';
import { makeDevice } from '../testing/device-world.ts';

let bench: Bench;
afterEach(() => bench.close());

const rule = (change: Partial<InstallRule> = {}): InstallRule => ({
  match: { serial_number: 'A1' },
  listing: 'cn-relay',
  config: {},
  policy: { default: 'allow', tools: {} },
  ...change,
});
const names = () => bench.service.list().map((connector) => connector.name);

test('a rule installs once for each device it matches, with its policy', async () => {
  bench = await openBench({ rules: [rule({ match: { vendor_id: '0403', listing: 'cn-relay' }, name: 'Relay' })] });
  expect(names()).toEqual([]);
  const installed = await bench.service.applyInstallRules();
  expect(installed.map((connector) => connector.name).sort()).toEqual(['Relay', 'Relay 2', 'Relay 3']);
  for (const { id } of installed) expect(bench.service.policy(id).default).toBe('allow');
  expect(await bench.service.applyInstallRules()).toEqual([]);
});

test('after an uninstall it does not fire again, until a person asks or the rule changes', async () => {
  bench = await openBench({ rules: [rule({ name: 'Relay' })] });
  const [first] = await bench.service.applyInstallRules();
  await bench.service.remove(first?.id ?? '', admin);
  await bench.restart();
  expect(await bench.service.applyInstallRules()).toEqual([]);
  const [again] = await bench.service.applyInstallRules({ again: 'Relay' });
  expect(again).toMatchObject({ name: 'Relay' });
  await bench.service.remove(again?.id ?? '', admin);
  await bench.restart({ crash: false, rules: [rule({ name: 'Relay', config: { baud_rate: 4800 } })] });
  expect(await bench.service.applyInstallRules()).toHaveLength(1);
  await expect(bench.service.applyInstallRules({ again: 'none' })).rejects.toMatchObject({ code: 'not_found' });
});

test('a device that comes later is installed by itself', async () => {
  bench = await openBench({ rules: [rule({ match: { serial_number: 'Z9' }, name: 'Late' })] });
  await bench.service.applyInstallRules();
  const installed = nextEvent(bench.service, (event) => (event.type === 'connector' ? event.connector : null));
  const device = makeDevice('dev_z', 'Z9');
  bench.world.devices.set('dev_z', device);
  bench.devices.emit({ type: 'device_changed', device });
  expect(await installed).toMatchObject({ name: 'Late', device: { id: 'dev_z' } });
});

test('a device that has a connector is left alone', async () => {
  bench = await openBench({ rules: [rule()] });
  await bench.installRelay('dev_a');
  expect(await bench.service.applyInstallRules()).toEqual([]);
});

test('on a bus a rule takes addresses, or names one on the port', async () => {
  bench = await openBench({
    rules: [rule({ match: { path: '/dev/tty-dev_bus' }, listing: 'cn-bus-relay', config: { unit: 7 }, name: 'Seven' })],
  });
  const [seven] = await bench.service.applyInstallRules();
  expect(seven).toMatchObject({ device: { id: 'dev_bus_7', unit: 7 } });
  await bench.restart({
    crash: false,
    rules: [rule({ match: { unit: 8 }, listing: 'cn-bus-relay', name: 'Eight' })],
  });
  bench.world.devices.set('dev_bus_8', makeDevice('dev_bus_8', 'U8', { parent: 'dev_bus', unit: 8 }));
  const [eight] = await bench.service.applyInstallRules();
  expect(eight).toMatchObject({ name: 'Eight', device: { id: 'dev_bus_8' } });
});

test('a rule that cannot work is told once, installs nothing and stops no other', async () => {
  bench = await openBench({
    rules: [
      rule({ listing: 'cn-none' }),
      rule({ policy: { default: 'allow', tools: { 'relay.set': { bounds: { tag: { max_value: 1 } } } } } }),
      rule({ match: { serial_number: 'B2' }, name: 'Good' }),
    ],
  });
  await bench.service.applyInstallRules();
  await bench.service.applyInstallRules();
  expect(names()).toEqual(['Good']);
  expect(bench.complaints).toHaveLength(2);
});
