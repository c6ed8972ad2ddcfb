import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { configuredTargets, seeConfiguredPorts } from './configured-ports.ts';
import { emptyDescriptor, type SeenPort } from './seen-port.ts';
import { layWire, type Wire } from './testing/wires.ts';

const folder = mkdtempSync(join(tmpdir(), 'configured-'));
const wires: Wire[] = [];
const lay = async (name: string) => {
  const wire = await layWire(join(folder, name));
  wires.push(wire);
  return wire;
};
afterAll(async () => {
  await Promise.all(wires.map((wire) => wire.pull('gently')));
  rmSync(folder, { recursive: true, force: true });
});
const configured = (path: string, declared = {}) => ({ path, declared, units: [], simulated: false });
const listed = (path: string): SeenPort => ({
  path,
  bus: 'serial',
  descriptor: {
    ...emptyDescriptor,
    vendor_id: '0403',
    product_id: '6001',
    serial_number: 'A51MAMME',
    topology: 'usb-0:1:1.0',
  },
  parent: 'unit:usb-0:1',
  declared: false,
  simulated: false,
  incarnation: 'x',
});

it('is the port that the system lists, under the configured name, with what is declared over it', () => {
  const link = join(folder, 'by-id');
  symlinkSync('/dev/null', link);
  const [port] = seeConfiguredPorts([configured(link, { product: 'Scale' })], [listed('/dev/null')], 'linux');
  expect(port).toMatchObject({ path: link, parent: 'unit:usb-0:1', declared: true });
  expect(port?.descriptor).toMatchObject({ product: 'Scale', serial_number: 'A51MAMME', topology: 'usb-0:1:1.0' });
  expect(configuredTargets([configured(link)], 'linux')).toContain('/dev/null');
});

it('counts as there on the network, where nothing is asked before a connector does', () => {
  const path = 'tcp://192.0.2.1:9100';
  const [port] = seeConfiguredPorts([configured(path, { product: 'TM-T88V' })], [], 'linux');
  expect(port).toMatchObject({ path, declared: true, parent: null, descriptor: { product: 'TM-T88V' } });
  expect(seeConfiguredPorts([configured(path)], [], 'win32')).toHaveLength(1);
  expect([...configuredTargets([configured(path)], 'linux')]).toEqual([]);
});

it('is absent as a file, as a link that leads nowhere, and as nothing', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  const paths = ['file', 'dangling', 'missing'].map((name) => configured(join(folder, name)));
  expect(seeConfiguredPorts(paths, [], 'linux')).toEqual([]);
});

it('does not follow a link that is older than the PTY at its end', async () => {
  const first = await lay('first');
  const target = realpathSync(join(folder, 'first'));
  // A link for a PTY that is made only later has outlived another one with its number.
  const left = join(folder, 'left-over');
  symlinkSync(target, left);
  expect(seeConfiguredPorts([configured(left)], [], 'linux')).toHaveLength(1);
  await first.pull('gently');
  expect(seeConfiguredPorts([configured(left)], [], 'linux')).toEqual([]);
  // The kernel gives the lowest free number, unless another program takes it first.
  for (let count = 0; count < 20 && !existsSync(target); count += 1) await lay(`other-${count}`);
  expect(existsSync(target)).toBe(true);
  expect(seeConfiguredPorts([configured(left)], [], 'linux')).toEqual([]);
});

it('is on Windows what Windows lists, however it is written', () => {
  expect(seeConfiguredPorts([configured('com3')], [listed('COM3')], 'win32')).toMatchObject([{ path: 'com3' }]);
  expect(seeConfiguredPorts([configured('COM4')], [listed('COM3')], 'win32')).toEqual([]);
});
