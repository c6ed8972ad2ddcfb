import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSigned, signEntry } from './signature.ts';

function keys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    priv: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pub: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
const own = keys();
const text = fc.string({ minLength: 1 });
const entries = fc.record({
  version: text,
  files: fc.array(fc.record({ url: text, sha512: text, size: fc.nat() }), { minLength: 1, maxLength: 3 }),
});

describe('the signature of an update', () => {
  it('holds for what was signed, and for nothing that is another version, name, content or key', () => {
    fc.assert(
      fc.property(entries, text, (entry, other) => {
        const signed = { ...entry, signature: signEntry(entry, own.priv) };
        expect(isSigned(signed, own.pub)).toBe(true);
        expect(isSigned({ ...signed, releaseDate: 'whenever' }, own.pub)).toBe(true);
        const [first, ...rest] = entry.files;
        const changed = [
          { ...signed, version: `${entry.version}${other}` },
          { ...signed, files: [{ ...first, url: `${first?.url}${other}` }, ...rest] },
          { ...signed, files: [{ ...first, sha512: `${other}${first?.sha512}` }, ...rest] },
          { ...signed, files: [...entry.files, { url: other, sha512: other }] },
          { ...signed, files: [] },
        ];
        for (const each of changed) expect(isSigned(each, own.pub)).toBe(false);
      }),
      { numRuns: 30 },
    );
    expect(isSigned({ ...sample, signature: signEntry(sample, keys().priv) }, own.pub)).toBe(false);
  });

  const sample = { version: '1.0.0', files: [{ url: 'a', sha512: 'b' }] };

  it('is missing from whatever is no feed, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (anything, key) => {
        expect(isSigned(anything, own.pub)).toBe(false);
        expect(isSigned({ ...sample, signature: 'AAAA' }, key)).toBe(false);
      }),
    );
    expect(isSigned(sample, own.pub)).toBe(false);
    expect(() => signEntry({ version: '1.0.0' }, own.priv)).toThrow('latest*.yml');
  });
});
