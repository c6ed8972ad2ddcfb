import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptySealedFile, openEntry, provesKey, type SealedFile, withEntry } from './sealed-file.ts';

const key = randomBytes(32);
const id = 'in_test';
const empty = emptySealedFile(key, id, null);

it('gives back every secret under every name, and the others stay', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (secrets) => {
      let file = empty;
      for (const [entry, secret] of Object.entries(secrets)) file = withEntry(file, key, id, entry, secret);
      const reread: SealedFile = JSON.parse(JSON.stringify(file));
      for (const [entry, secret] of Object.entries(secrets)) expect(openEntry(reread, key, id, entry)).toBe(secret);
    }),
  );
});

it('opens nothing that was altered anywhere', () => {
  const file = withEntry(empty, key, id, 'a', 'secret');
  const sealed = file.entries['a'] ?? { nonce: '', text: '' };
  fc.assert(
    fc.property(fc.constantFrom('nonce', 'text'), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, place, flip) => {
      const bytes = Buffer.from(part === 'nonce' ? sealed.nonce : sealed.text, 'base64');
      const index = place % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const altered = { ...file, entries: { a: { ...sealed, [part]: bytes.toString('base64') } } };
      expect(() => openEntry(altered, key, id, 'a')).toThrow(expect.objectContaining({ code: 'vault_unavailable' }));
    }),
  );
});

it('opens nothing under another name or in another installation', () => {
  const { entries } = withEntry(empty, key, id, 'a', 'secret');
  const moved = { ...empty, entries: { b: entries['a'] ?? { nonce: '', text: '' } } };
  expect(() => openEntry(moved, key, id, 'b')).toThrow(expect.objectContaining({ code: 'vault_unavailable' }));
  expect(() => openEntry({ ...empty, entries }, key, 'in_other', 'a')).toThrow();
});

it('tells the right key from every other', () => {
  expect(provesKey(empty, key, id)).toBe(true);
  expect(provesKey(empty, randomBytes(32), id)).toBe(false);
  expect(provesKey(empty, key, 'in_other')).toBe(false);
});

it('uses a nonce once', () => {
  const nonces = Array.from({ length: 100 }, () => withEntry(empty, key, id, 'a', 's').entries['a']?.nonce);
  expect(new Set(nonces).size).toBe(100);
});
