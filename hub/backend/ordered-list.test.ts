import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOrderedList } from './ordered-list.ts';

interface Item {
  readonly at: number;
  readonly text: string;
}

const byPlace = (left: { readonly at: number }, right: { readonly at: number }) => left.at - right.at;

it('is what a sorted array is, also with more items than one part takes', () => {
  const at = fc.nat(3_000);
  const step = fc.oneof(
    // Whole stretches, so that parts are cut in two and become empty again.
    fc.record({ do: fc.constantFrom('add', 'remove'), from: at, count: fc.integer({ min: 1, max: 1_200 }) }),
    fc.record({ do: fc.constantFrom('add', 'remove'), from: at, count: fc.constant(1) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.array(at, { maxLength: 5 }), (steps, places) => {
      const list = createOrderedList<{ readonly at: number }, Item>(byPlace);
      const plain = new Map<number, Item>();
      for (const [turn, { do: what, from, count }] of steps.entries()) {
        for (let each = from; each < from + count; each += 1) {
          const item = { at: each, text: `${turn}` };
          if (what === 'add') {
            list.add(item);
            plain.set(each, item);
          } else expect(list.remove({ at: each })).toBe(plain.delete(each));
        }
      }
      const sorted = [...plain.values()].sort(byPlace);
      expect(list.size).toBe(sorted.length);
      expect([...list.items()]).toEqual(sorted);
      for (const place of places) {
        expect([...list.items({ at: place })]).toEqual(sorted.filter((item) => item.at > place));
      }
    }),
    { numRuns: 50 },
  );
});
