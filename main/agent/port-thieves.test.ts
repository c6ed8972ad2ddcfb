import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { advice, brlttyCheck, findBrlttyRules, modemManagerCheck } from './port-thieves.ts';

const adapter = { place: '1-2', id: '1a86:7523', product: 'USB Serial', node: '/dev/bus/usb/001/004' };
const rules = ['85-brltty.rules'];

it('names ModemManager and brltty where they hold a port, with what mends it; of others it says to close them', () => {
  expect(advice('ModemManager', rules).command).toContain('60-fibric-edge.rules');
  expect(advice('brltty', rules).command).toContain('ln -s /dev/null /etc/udev/rules.d/85-brltty.rules');
  expect(advice('brltty', []).command).toBe('sudo systemctl mask --now brltty');
  expect(advice('minicom', [])).toEqual({ hint: 'Close that program and it comes free here.', command: null });
  expect(advice('minicom', [], 'Close minicom.').hint).toBe('Close minicom.');
});

it('names each adapter that lost its port and the program that has it, and blames brltty only where it may be that', () => {
  const holder = { name: 'brltty', pid: 77 };
  const blamed = brlttyCheck([{ adapter, holder }], true, rules, 'linux');
  expect(blamed).toMatchObject({ result: 'error', title: 'brltty' });
  expect(blamed?.message).toBe(
    'Taken from the kernel: USB Serial (1a86:7523, at 1-2) by brltty (process 77). There is no serial port for it.',
  );
  expect(brlttyCheck([{ adapter, holder: null }], true, rules, 'linux')).toMatchObject({ title: 'brltty' });
  const other = { title: 'Adapters without a port', command: null };
  expect(brlttyCheck([{ adapter, holder: null }], false, [], 'linux')).toMatchObject(other);
  expect(brlttyCheck([{ adapter, holder: { name: 'sigrok', pid: 7 } }], true, rules, 'linux')).toMatchObject(other);
});

it('warns of what is installed, and says nothing where nothing is', () => {
  expect(modemManagerCheck(true, 'linux')).toMatchObject({ result: 'attention' });
  expect(brlttyCheck([], true, rules, 'linux')).toMatchObject({ result: 'attention' });
  expect([modemManagerCheck(false, 'linux'), brlttyCheck([], false, [], 'linux')]).toEqual([null, null]);
  expect([modemManagerCheck(true, 'darwin'), brlttyCheck([], true, rules, 'win32')]).toEqual([null, null]);
});

it('finds the rules by which brltty takes adapters, but for those that are masked', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rules-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folders = ['etc', 'run', 'usr'].map((name) => join(root, name));
  for (const [index, name] of [
    [0, '90-brltty-usb-customized.rules'],
    [2, '90-brltty-usb-customized.rules'],
    [2, '90-brltty-usb-generic.rules'],
    [2, '90-brltty-uinput.rules'],
    [2, '80-drivers.rules'],
  ] as const) {
    mkdirSync(folders[index] ?? '', { recursive: true });
    writeFileSync(join(folders[index] ?? '', name), '');
  }
  expect(await findBrlttyRules(folders)).toEqual(['90-brltty-usb-generic.rules']);
});
