import { expect, it } from 'vitest';
import { advice, brlttyCheck, modemManagerCheck } from './port-thieves.ts';

const adapter = { place: '1-2', id: '1a86:7523', product: 'USB Serial' };

it('names ModemManager and brltty where they hold a port, with what mends it; of others it says to close them', () => {
  expect(advice('ModemManager').command).toContain('60-fibric-edge.rules');
  expect(advice('brltty').command).toContain('85-brltty.rules');
  expect(advice('minicom')).toEqual({ hint: 'Close that program and it comes free here.', command: null });
  expect(advice('minicom', 'Close minicom.').hint).toBe('Close minicom.');
});

it('names each adapter that lost its port, and blames brltty only where it is installed', () => {
  const blamed = brlttyCheck([adapter], true, 'linux');
  expect(blamed).toMatchObject({ result: 'error', title: 'brltty' });
  expect(blamed?.message).toBe(
    'brltty has taken from the kernel: USB Serial (1a86:7523, at 1-2). There is no serial port for it.',
  );
  expect(brlttyCheck([adapter], false, 'linux')).toMatchObject({ title: 'Adapters without a port', command: null });
});

it('warns of what is installed, and says nothing where nothing is', () => {
  expect(modemManagerCheck(true, 'linux')).toMatchObject({ result: 'attention' });
  expect(brlttyCheck([], true, 'linux')).toMatchObject({ result: 'attention' });
  expect([modemManagerCheck(false, 'linux'), brlttyCheck([], false, 'linux')]).toEqual([null, null]);
  expect([modemManagerCheck(true, 'darwin'), brlttyCheck([], true, 'win32')]).toEqual([null, null]);
});
