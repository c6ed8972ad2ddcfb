import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprintOf } from '../calls/fingerprint.ts';
import { makeSlug } from '../installing/slug.ts';
import { planColumn, planToText } from './plan-text.ts';

const jsonObject = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
);

test('a plan comes back from the journal as it went in, byte for byte', () => {
  const frame = fc.record({ label: fc.string(), bytes: fc.uint8Array({ maxLength: 64 }) });
  fc.assert(
    fc.property(fc.string(), fc.array(frame, { maxLength: 4 }), jsonObject, (summary, frames, data) => {
      const back = planColumn.parse(planToText({ summary, question: `${summary}?`, notes: [summary], frames, data }));
      expect(back).toMatchObject({ question: `${summary}?`, notes: [summary] });
      expect(back.summary).toBe(summary);
      expect(back.frames.map(({ label, bytes }) => [label, [...bytes]])).toEqual(
        frames.map(({ label, bytes }) => [label, [...bytes]]),
      );
      expect(JSON.stringify(back.data)).toBe(JSON.stringify(data));
    }),
  );
});

test('a fingerprint does not see the order of keys, and sees every value', () => {
  expect(fingerprintOf('t.set', { a: 1, b: { c: 2, d: 3 } })).toBe(fingerprintOf('t.set', { b: { d: 3, c: 2 }, a: 1 }));
  expect(fingerprintOf('t.set', { a: 1 })).not.toBe(fingerprintOf('t.set', { a: '1' }));
  expect(fingerprintOf('t.set', { a: 1 })).not.toBe(fingerprintOf('u.set', { a: 1 }));
});

test('slugs are unique, short, and have single underscores only', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 30 }), (given) => {
      const taken = new Set<string>();
      for (const name of [...given, ...given]) {
        const slug = makeSlug(name, (candidate) => taken.has(candidate));
        expect(taken.has(slug)).toBe(false);
        expect(slug).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/);
        expect(slug.length).toBeLessThanOrEqual(24);
        taken.add(slug);
      }
    }),
  );
});
