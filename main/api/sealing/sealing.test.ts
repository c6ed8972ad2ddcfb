import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlainAuth, SealedAuth } from '../schemas/index.ts';
import type { SealedFor, SealedInto } from './binding.ts';
import { sealAad, sealInfo } from './binding.ts';
import { makeSealingKey, openAuth, openSealingKey, sealAuth } from './index.ts';
import { makeSuite } from './suite.ts';

const hex = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, 'hex')).buffer;
const toHex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');
const info = hex('4f6465206f6e2061204772656369616e2055726e');
const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479');
const aad = hex('436f756e742d30');

/**
 * RFC 9180, base mode: appendix A.1.1, and of the vectors that appendix A refers to for our suite (kem 32, kdf 1, aead 2),
 * their first encryption.
 */
const vectors = [
  {
    name: 'A.1.1 (AES-128-GCM)',
    suite: () => new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() }),
    skEm: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
    enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
    pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    ciphertext: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  },
  {
    name: 'our suite (AES-256-GCM)',
    suite: makeSuite,
    skEm: '179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11',
    enc: '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
    skRm: '497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d',
    pkRm: '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
    ciphertext: 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
  },
];

describe.each(vectors)('the vectors of RFC 9180: $name', ({ suite: make, skEm, enc, skRm, pkRm, ciphertext }) => {
  const pair = async (suite: CipherSuite, secret: string, open: string) => ({
    privateKey: await suite.kem.importKey('raw', hex(secret), false),
    publicKey: await suite.kem.importKey('raw', hex(open), true),
  });

  it('seals as they say', async () => {
    const suite = make();
    const recipientPublicKey = (await pair(suite, skRm, pkRm)).publicKey;
    const sealed = await suite.seal({ recipientPublicKey, info, ekm: await pair(suite, skEm, enc) }, plaintext, aad);
    expect([toHex(sealed.enc), toHex(sealed.ct)]).toEqual([enc, ciphertext]);
  });

  it('opens what they say', async () => {
    const suite = make();
    const recipientKey = await pair(suite, skRm, pkRm);
    const opened = await suite.open({ recipientKey, enc: hex(enc), info }, hex(ciphertext), aad);
    expect(toHex(opened)).toBe(toHex(plaintext));
  });
});

const secret = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' });
const anyAuth: fc.Arbitrary<PlainAuth> = fc.oneof(
  fc.record({ type: fc.constant('api_key' as const), key: secret }),
  fc.record({ type: fc.constant('basic' as const), username: secret, password: secret }),
);
const anyInto: fc.Arbitrary<SealedInto> = fc.record(
  {
    verb: fc.constantFrom('connector.install' as const, 'connector.update' as const),
    target: fc.string({ minLength: 1 }),
    name: fc.string({ minLength: 1 }),
    config: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
  },
  { requiredKeys: ['verb', 'target'] },
);
const key = openSealingKey(makeSealingKey());
const where: SealedFor = { origin: 'https://hub.example.com', agentId: 'agt_1', epoch: 'AAAAAAAAAAAAAAAAAAAAAA' };
const seal = (auth: PlainAuth, into: SealedInto, at: SealedFor = where) =>
  sealAuth(auth, { origin: at.origin, key: key.publicKey, epoch: at.epoch }, at.agentId, into);
const install: SealedInto = {
  verb: 'connector.install',
  target: 'cn-magento',
  config: { base_url: 'https://a.example' },
};
const auth: PlainAuth = { type: 'api_key', key: 'mg_live_secret' };

describe('a sealed secret', () => {
  it('is what was sealed, for whom and what it was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(anyAuth, anyInto, async (given, into) => {
        expect(await openAuth(await seal(given, into), key, where, into)).toEqual(given);
      }),
      { numRuns: 50 },
    );
  });

  it('is another text each time, and holds nothing of the secret', async () => {
    const [first, second] = [await seal(auth, install), await seal(auth, install)];
    expect(first.enc).not.toBe(second.enc);
    expect(Buffer.from(first.ciphertext, 'base64url').toString('latin1')).not.toContain('mg_live');
  });

  it.each<[string, Partial<SealedFor>, Partial<SealedInto>]>([
    ['another hub', { origin: 'https://other.example' }, {}],
    ['another machine', { agentId: 'agt_2' }, {}],
    ['another epoch', { epoch: 'BBBBBBBBBBBBBBBBBBBBBB' }, {}],
    ['another verb', {}, { verb: 'connector.update' }],
    ['another listing', {}, { target: 'cn-shopify' }],
    ['another address', {}, { config: { base_url: 'https://evil.example' } }],
    ['another name', {}, { name: 'x' }],
  ])('is refused in a request for %s', async (_what, otherWhere, otherInto) => {
    const sealed = await seal(auth, install);
    await expect(
      openAuth(sealed, key, { ...where, ...otherWhere }, { ...install, ...otherInto }),
    ).rejects.toMatchObject({ code: 'invalid_parameter', details: { reason: 'not_sealed_for_this' } });
  });

  it('is refused by another key, and when one bit of it was changed', async () => {
    const sealed = await seal(auth, install);
    const stranger = openSealingKey(makeSealingKey());
    await expect(openAuth(sealed, stranger, where, install)).rejects.toMatchObject({ code: 'invalid_parameter' });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('enc' as const, 'ciphertext' as const),
        fc.nat(),
        fc.nat(7),
        async (part, at, bit) => {
          const bytes = Buffer.from(sealed[part], 'base64url');
          const index = at % bytes.length;
          // The highest bit of an X25519 key is ignored (RFC 7748, section 5), but it is in HPKE's context all the same.
          bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
          const changed: SealedAuth = { ...sealed, [part]: bytes.toString('base64url') };
          await expect(openAuth(changed, key, where, install)).rejects.toMatchObject({ code: 'invalid_parameter' });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that is none is refused, whatever it is', async () => {
    const base64url = fc
      .uint8Array({ minLength: 1, maxLength: 100 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'));
    await fc.assert(
      fc.asyncProperty(base64url, base64url, async (enc, ciphertext) => {
        const sealed: SealedAuth = { type: 'sealed', epoch: where.epoch, enc, ciphertext };
        await expect(openAuth(sealed, key, where, install)).rejects.toMatchObject({ code: 'invalid_parameter' });
      }),
      { numRuns: 50 },
    );
  });

  it('that holds no credentials is refused, and no word of it is in the message', async () => {
    const suite = makeSuite();
    const recipientPublicKey = await suite.kem.importKey(
      'raw',
      new Uint8Array(Buffer.from(key.publicKey, 'base64url')).buffer,
      true,
    );
    for (const held of ['hunter2', '{"type":"none"}', '{"type":"api_key","key":"k","more":1}', '[]']) {
      const { enc, ct } = await suite.seal(
        { recipientPublicKey, info: sealInfo(where) },
        new TextEncoder().encode(held),
        sealAad(install),
      );
      const text = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64url');
      const sealed: SealedAuth = { type: 'sealed', epoch: where.epoch, enc: text(enc), ciphertext: text(ct) };
      const refused = openAuth(sealed, key, where, install).catch((error: Error) => error.message);
      expect(await refused).not.toContain(held);
      await expect(openAuth(sealed, key, where, install)).rejects.toMatchObject({
        details: { reason: 'no_credentials' },
      });
    }
  });
});

describe('what a secret is bound to', () => {
  it('is the same for the same request, however its config is ordered, and with or without an empty one', () => {
    const text = (into: SealedInto) => Buffer.from(sealAad(into)).toString('utf8');
    expect(text({ ...install, config: { b: 1, a: 2 } })).toBe(text({ ...install, config: { a: 2, b: 1 } }));
    expect(text({ verb: 'connector.update', target: 'cn_1' })).toBe(
      '{"config":{},"name":null,"target":"cn_1","verb":"connector.update"}',
    );
    expect(Buffer.from(sealInfo(where)).toString('utf8')).toBe(
      'fibric-edge sealed 1\nhttps://hub.example.com\nagt_1\nAAAAAAAAAAAAAAAAAAAAAA',
    );
  });

  it('differs for different requests', () => {
    fc.assert(
      fc.property(anyInto, anyInto, (left, right) => {
        const normal = ({ verb, target, name, config }: SealedInto) =>
          JSON.stringify([
            verb,
            target,
            name ?? null,
            Object.entries(config ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
          ]);
        const same = Buffer.from(sealAad(left)).equals(Buffer.from(sealAad(right)));
        expect(same).toBe(normal(left) === normal(right));
      }),
    );
  });
});
