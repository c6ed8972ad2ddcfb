import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explainPermission, explainRights } from './permission.ts';
import { findPortHolder } from './port-holder.ts';
import { layWire } from './testing/wires.ts';

const alice = { username: 'alice', groups: [1000], groupFile: 'root:x:0:\ndialout:x:20:bob\nuucp:x:14:alice\n' };
const hintFor = (gid: number, mode: number, asker = alice) =>
  explainRights('/dev/ttyUSB0', '/dev/ttyUSB0', { gid, mode }, asker).hint;

it("gives the command that adds the user to the node's group", () => {
  expect(hintFor(20, 0o20660)).toContain('sudo usermod -aG dialout alice ');
});

it('says to sign in again when the group was given after signing in', () => {
  expect(hintFor(14, 0o20660)).toMatch(/sign out and in again/);
  expect(hintFor(14, 0o20660)).not.toContain('usermod');
});

it('looks elsewhere when the group is there already', () => {
  expect(hintFor(20, 0o20660, { ...alice, groups: [20] })).toContain('another protection');
});

it.each([
  [0, 0o20660],
  [20, 0o20600],
  [99, 0o20660],
])('gives a rule where no group opens the node (group %d, mode %o)', (gid, mode) => {
  expect(hintFor(gid, mode)).toContain('KERNEL=="ttyUSB[0-9]*", GROUP="dialout"');
});

it('gives a rule that names the product where no group opens a HID interface, and the group where one does', () => {
  const hint = (gid: number, mode: number, usb: { vendorId: string; productId: string } | null) =>
    explainRights('/dev/hidraw3', '/dev/hidraw3', { gid, mode }, alice, usb).hint;
  const dymo = { vendorId: '0922', productId: '8003' };
  expect(hint(0, 0o20600, dymo)).toContain(
    'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0922", ATTRS{idProduct}=="8003", GROUP="fibric-edge", MODE="0660", TAG+="uaccess"',
  );
  expect(hint(0, 0o20600, null)).toContain('SUBSYSTEM=="hidraw", GROUP="fibric-edge"');
  expect(hint(20, 0o20660, dymo)).toContain('sudo usermod -aG dialout alice ');
});

it('says so when there is nothing at the path', async () => {
  expect(await explainPermission('/dev/ttyNONE7')).toMatchObject({ reason: 'device_unplugged' });
});

it('finds who holds a port through a link, and nobody where nobody is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holder-'));
  const wire = await layWire(join(folder, 'scale'));
  try {
    expect(await findPortHolder(join(folder, 'scale'))).toMatchObject({ name: 'socat' });
    expect(await findPortHolder('/dev/ttyNONE7')).toBeNull();
    expect(await findPortHolder('/dev/ttyS0')).toBeNull();
  } finally {
    await wire.pull('gently');
    rmSync(folder, { recursive: true, force: true });
  }
});
