import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SecretServiceBench, startSecretServiceBench } from './testing/secret-service.ts';

const refused = { code: 'vault_unavailable', hint: expect.stringContaining('keyring') };
let bench: SecretServiceBench;

beforeAll(async () => {
  bench = await startSecretServiceBench();
});
afterAll(() => bench.close());

it('keeps secrets in the Secret Service, over a restart of agent and service, until they are deleted', async () => {
  await bench.unlock();
  expect(
    await bench.run([['check'], ['set', 'cn_1/key', 'first'], ['set', 'cn_1/key', 'sécret'], ['get', 'cn_2/key']]),
  ).toEqual([{ value: null }, { value: null }, { value: null }, { value: null }]);
  expect(await bench.lookup('in_test/cn_1/key')).toBe('sécret');
  await bench.unlock();
  expect(
    await bench.run([
      ['get', 'cn_1/key'],
      ['delete', 'cn_1/key'],
      ['delete', 'cn_1/key'],
      ['get', 'cn_1/key'],
    ]),
  ).toEqual([{ value: 'sécret' }, { value: null }, { value: null }, { value: null }]);
});

it('is unavailable while the keyring is locked and has everything afterwards', async () => {
  await bench.unlock();
  await bench.run([['check'], ['set', 'cn_3/key', 'kept']]);
  await bench.lock();
  expect(await bench.run([['check'], ['get', 'cn_3/key'], ['set', 'cn_3/key', 'lost'], ['set', 'new', 'x']])).toEqual([
    refused,
    refused,
    refused,
    refused,
  ]);
  await bench.unlock();
  expect(await bench.run([['check'], ['get', 'cn_3/key'], ['get', 'new']])).toEqual([
    { value: null },
    { value: 'kept' },
    { value: null },
  ]);
});

it('shows a locked keyring that it has never used', async () => {
  await bench.unlock();
  await bench.run([
    ['set', 'other', 'x'],
    ['delete', 'vault-check'],
  ]);
  await bench.lock();
  expect(await bench.run([['check']])).toEqual([refused]);
});

it('without a message bus is unavailable and falls back to nothing', async () => {
  const calls = [['check'], ['set', 'cn_4/key', 'x'], ['get', 'cn_4/key'], ['delete', 'cn_4/key']] as const;
  expect(await bench.run(calls, { noBus: true })).toEqual([refused, refused, refused, refused]);
});
