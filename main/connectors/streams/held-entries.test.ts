import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHeldEntries, heldBytes, toEntry } from './held-entries.ts';
import type { StreamEntry } from './stream-entry.ts';

const entryOf = (seq: number, text: string): StreamEntry => ({
  ...{ seq, items: seq, at: new Date(seq * 1_000).toISOString(), deviceId: 'dev_1' },
  body: { kind: 'item', item: { text } },
});
const sizeOf = (entries: Parameters<typeof heldBytes>[0][]) =>
  entries.reduce((sum, entry) => sum + heldBytes(entry), 0);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add'), size: fc.integer({ min: 0, max: 60_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('burst'), size: fc.integer({ min: 0, max: 300 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store'), size: fc.integer({ min: 1, max: 200_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('give up'), size: fc.constant(0) }) },
);

it('holds all that waits and a bounded part of what is stored, and knows what it does not hold', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held = createHeldEntries();
      let end = 0;
      let storedSeq = 0;
      let givenUp = 0;
      const add = (size: number) => {
        end += 1;
        held.add(entryOf(end, 'x'.repeat(size)), { waits: true });
      };
      for (const { do: what, size } of steps) {
        if (what === 'add') add(size);
        else if (what === 'burst') for (let count = 0; count < 300; count += 1) add(size);
        else if (what === 'store') {
          const batch = held.next(size);
          storedSeq = batch.at(-1)?.seq ?? storedSeq;
          if (batch.length > 1) expect(sizeOf([...batch])).toBeLessThanOrEqual(size);
          held.stored(storedSeq);
        } else {
          givenUp = held.waiting()[Math.ceil(held.waiting().length / 4) - 1]?.seq ?? givenUp;
          held.giveUpSome();
        }
        givenUp = Math.max(givenUp, (held.waiting()[0]?.seq ?? 0) - 1, 0);
        const waiting = held.waiting();
        const all = held.all();
        expect(waiting.map(({ seq }) => seq)).toEqual(
          Array.from({ length: waiting.length }, (_, index) => end - waiting.length + 1 + index),
        );
        if (givenUp <= storedSeq) expect(waiting).toHaveLength(end - storedSeq);
        expect(held.waitingBytes()).toBe(sizeOf([...waiting]));
        expect(waiting.length).toBeLessThanOrEqual(5_000);
        const stored = all.slice(0, all.length - waiting.length);
        if (all.length > 1 && stored.length > 0) {
          expect(all.length).toBeLessThanOrEqual(256);
          expect(sizeOf([...all])).toBeLessThanOrEqual(131_072);
        }
        const first = all[0]?.seq ?? end + 1;
        expect(held.behind(first - 2)).toBeNull();
        if (all.length > 0) expect(held.behind(first - 1)).toHaveLength(end - first + 1);
      }
    }),
  );
});

it('gives back what it was given', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const held = createHeldEntries();
      const plain = JSON.parse(JSON.stringify(value));
      const entry: StreamEntry = { ...entryOf(1, ''), body: { kind: 'item', item: { value: plain } } };
      held.add(entry, { waits: true });
      expect(held.all().map(toEntry)).toEqual([entry]);
    }),
  );
});

it('holds the newest, however large and whatever happened to it', () => {
  const held = createHeldEntries();
  held.add(entryOf(1, 'x'.repeat(500_000)), { waits: true });
  held.stored(1);
  expect(held.behind(0)).toHaveLength(1);
  held.add(entryOf(2, 'y'), { waits: true });
  held.stored(2);
  expect(held.behind(1)).toHaveLength(1);
  expect(held.behind(0)).toBeNull();
});
