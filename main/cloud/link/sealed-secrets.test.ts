import { expect, it } from 'vitest';
import { isSignedBy, makeIdentityKey, openIdentityKey } from '../../api/link/index.ts';
import { makeSealingKey, openSealingKey, type SealedInto, sealAuth, sealingProof } from '../../api/sealing/index.ts';
import { createSealedSecrets } from './sealed-secrets.ts';

const origin = 'https://hub.example.com';
const agentId = 'agt_1';
const identity = openIdentityKey(makeIdentityKey());
const key = openSealingKey(makeSealingKey());
const into: SealedInto = { verb: 'connector.install', target: 'cn-magento' };
const begin = () => createSealedSecrets({ origin, agentId, identity, key });
const sealed = (secrets: ReturnType<typeof begin>) =>
  sealAuth({ type: 'api_key', key: 'k' }, secrets.told(), agentId, into);

it('are told with a proof of the machine', () => {
  const told = begin().told();
  expect(isSignedBy(identity.publicKey, sealingProof({ ...told, agentId }, told.key), told.signature)).toBe(true);
  const other = openSealingKey(makeSealingKey()).publicKey;
  expect(isSignedBy(identity.publicKey, sealingProof({ ...told, agentId }, other), told.signature)).toBe(false);
});

it('are taken once, also when the same comes twice at once', async () => {
  const secrets = begin();
  const auth = await sealed(secrets);
  const [first, second] = await Promise.all([secrets.open(auth, into), secrets.open(auth, into)]);
  first.take();
  expect(() => second.take()).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ reason: 'sealed_secret_used' }) }),
  );
});

it('are good in the next epoch, used ones too stay used, and not in the one after it', async () => {
  const secrets = begin();
  const [fresh, used, late] = [await sealed(secrets), await sealed(secrets), await sealed(secrets)];
  (await secrets.open(used, into)).take();
  secrets.nextEpoch();
  (await secrets.open(fresh, into)).take();
  const again = await secrets.open(used, into);
  expect(() => again.take()).toThrow(/was used before/);
  secrets.nextEpoch();
  const tooLate = await secrets.open(late, into);
  expect(() => tooLate.take()).toThrow(/too long ago/);
});

it('are not good over another link', async () => {
  const auth = await sealed(begin());
  const opened = await begin().open(auth, into);
  expect(() => opened.take()).toThrow(/before this link stood/);
});
