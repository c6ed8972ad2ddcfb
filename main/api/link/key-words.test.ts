import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedBy, keyWords, linkProof, makeIdentityKey, openIdentityKey } from './index.ts';

const rawKey = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64url'));

describe('the words of a key', () => {
  it('are six, the same each time, and those of its fingerprint', () => {
    expect(keyWords(Buffer.alloc(32).toString('base64url'))).toBe(keyWords('A'.repeat(43)));
    fc.assert(
      fc.property(rawKey, (key) => {
        expect(keyWords(key).split(' ')).toHaveLength(6);
        expect(keyWords(key)).toBe(keyWords(key));
      }),
    );
  });

  it('differ between keys', () => {
    fc.assert(fc.property(rawKey, rawKey, (left, right) => left === right || keyWords(left) !== keyWords(right)));
  });
});

describe('a proof', () => {
  const key = openIdentityKey(makeIdentityKey());
  const parts = { nonce: 'n', origin: 'https://hub.example.com', agentId: 'agt_1' };

  it('is good for its nonce, origin and agent, and for no other', () => {
    const signature = key.sign(linkProof(parts));
    expect(isSignedBy(key.publicKey, linkProof(parts), signature)).toBe(true);
    for (const other of [{ nonce: 'm' }, { origin: 'https://elsewhere.example' }, { agentId: 'agt_2' }]) {
      expect(isSignedBy(key.publicKey, linkProof({ ...parts, ...other }), signature)).toBe(false);
    }
    expect(isSignedBy(openIdentityKey(makeIdentityKey()).publicKey, linkProof(parts), signature)).toBe(false);
  });

  it('that is none is refused, whatever it is', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (publicKey, signature) => !isSignedBy(publicKey, 'x', signature)));
  });
});
